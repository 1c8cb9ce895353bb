"""How the server sends."""

import socket

import pytest
from streamlit.web.server.starlette import starlette_server

from scheduler.ui import server


def test_what_is_sent_does_not_wait_for_the_receipt_of_what_was_sent_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    server.send_at_once()
    server.send_at_once()
    with (
        starlette_server._bind_socket("127.0.0.1", 0, 5) as listening,
        socket.create_connection(listening.getsockname()[:2]),
    ):
        listening.setblocking(True)
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
