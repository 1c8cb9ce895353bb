"""Real calendar clients, an identity provider and a proxy, as tests/clients/install brings them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.libical import LIBRARY, library
from tests.serving_app import free_port, wait_for

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / os.environ.get("ESRO_TEST_CLIENTS", ".venv/clients")
SECRETS = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "a secret of the tests"
client_id = "esro"
client_secret = "of-the-tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login", code_challenge_method = "S256" }}
"""
SECONDS = 30
"""No client may take longer."""


def python_client(name: str) -> Path:
    """A program of the clients' virtual environment; skips the test where it is missing."""
    found = FOLDER / "python" / "bin" / name
    if not found.exists():
        pytest.skip(f"{name} is not installed; `make test` installs it where it has a network.")
    return found


def run(
    command: Sequence[object], env: Mapping[str, str] | None = None, text: str = "", chatty: bool = False
) -> str:
    """What a program prints; one that fails, or (unless it is chatty) says anything on the side, fails the
    test."""
    words = [str(w) for w in command]
    done = subprocess.run(
        words, input=text, capture_output=True, text=True, timeout=SECONDS, env=env, cwd=ROOT
    )
    assert (done.returncode, "" if chatty else done.stderr) == (0, ""), (words, done.stdout, done.stderr)
    return done.stdout


def ical_js(files: Sequence[Path]) -> list[dict[str, Any]]:
    """What ical.js, strict, makes of calendar files."""
    node, module = shutil.which("node"), FOLDER / "node" / "node_modules" / "ical.js" / "dist" / "ical.js"
    if node is None or not module.exists():
        pytest.skip("Node.js or ical.js is not installed; `make test` installs them where it has a network.")
    return json.loads(run([node, Path(__file__).with_name("parse.mjs"), module, *files]))


def write_secrets(folder: Path, address: str, provider: str) -> None:
    """Has the app at an address, run in a folder, ask a provider who someone is."""
    (folder / ".streamlit").mkdir()
    text = SECRETS.format(address=address, provider=provider)
    (folder / ".streamlit" / "secrets.toml").write_text(text)


@contextmanager
def reverse_proxy(folder: Path, config: str, https: bool = False) -> Iterator[str]:
    """The address of an nginx that runs in a folder with this inside of its server; by https with a
    certificate of its own making."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or (https and shutil.which("openssl") is None):
        pytest.skip("nginx or openssl is not installed; `make test` installs them as root on Debian.")
    port = free_port()
    paths = "".join(f"{n}_temp_path {folder}/{n}; " for n in
                    ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    file, tls = folder / "nginx.conf", ""
    if https:
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-subj", "/CN=127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            chatty=True)  # fmt: skip
        tls = f" ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem"
    file.write_text(
        f"pid {folder}/nginx.pid; events {{}} http {{ {paths} access_log {folder}/access.log; "
        f"server {{ listen 127.0.0.1:{port}{tls};\n{config}\n}} }}"
    )
    command = [nginx, "-e", folder / "error.log", "-p", folder, "-c", file, "-g", "daemon off;"]
    with subprocess.Popen(command) as running:
        try:
            wait_for(lambda: (folder / "nginx.pid").exists(), bool)
            yield f"{'https' if https else 'http'}://127.0.0.1:{port}"
        finally:
            running.terminate()


@contextmanager
def identity_provider(*redirect_uris: str) -> Iterator[str]:
    """The address of an OpenID Connect provider on loopback that signs in whoever names an e-mail address
    (client `esro`, secret `of-the-tests`)."""
    node, modules = shutil.which("node"), FOLDER / "node" / "node_modules"
    module = modules / "oidc-provider" / "lib" / "index.js"
    if node is None or not module.exists():
        pytest.skip("Node.js or oidc-provider is not installed; `make test` installs them with a network.")
    port = free_port()
    script = Path(__file__).with_name("provider.mjs")
    command = [node, script, module, str(port), *redirect_uris]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        try:
            assert "is at" in running.stdout.readline(), "the provider does not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()


def libical(files: Sequence[Path]) -> list[dict[str, Any]]:
    """What libical makes of calendar files: complaints, broken restrictions and events of each."""
    try:
        library()
    except OSError:
        pytest.skip(f"{LIBRARY} is not installed; `make test` installs it as root on Debian.")
    return json.loads(run([sys.executable, Path(__file__).with_name("libical.py"), *files]))
