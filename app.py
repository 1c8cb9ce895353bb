"""The app as one process: `python app.py`, or any ASGI server with `app:app`."""

from scheduler.ui.server import app, run

__all__ = ["app"]

if __name__ == "__main__":
    run("127.0.0.1", 8501)
