"""Cookies of who signed in, kept to https."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.ui import access


class SecureCookies:
    """Middleware: where people sign in by https, browsers send every cookie by https alone. Streamlit
    leaves that open, since it does not know of the proxy in front of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, with cookies that are marked."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (n, _secure(v) if n.lower() == b"set-cookie" else v) for n, v in message["headers"]
                ]
            await send(message)

        by_https = scope["type"] == "http" and access.is_by_https()
        await self._app(scope, receive, marked if by_https else send)


def _secure(cookie: bytes) -> bytes:
    parts = {p.strip().lower() for p in cookie.split(b";")}
    return cookie if b"secure" in parts else cookie + b"; Secure"
