"""The nginx of this machine as a reverse proxy that terminates TLS."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio

from tests.webhooks.reverse_proxy import certified

MISSING = "nginx is not on PATH: apt-get install nginx-light"

_CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/certificate.pem;
        location / {{ proxy_pass {upstream}; }}
        location /stripped/ {{ proxy_pass {upstream}/; }}
    }}
}}
"""


class Nginx:
    """Will take requests at `url`, once it `runs`; until then they wait. Behind ``/stripped`` it takes that away."""

    def __init__(self, listener: socket.socket, folder: Path) -> None:
        self._listener = listener
        self._folder = folder
        self._port: int = listener.getsockname()[1]
        self.url = f"https://localhost:{self._port}"

    @contextlib.asynccontextmanager
    async def runs(self, upstream: str) -> AsyncIterator[None]:
        """Nginx in front of the server at *upstream*, until the block ends."""
        certified().private_key_and_cert_chain_pem.write_to_path(str(self._folder / "certificate.pem"))
        configuration = self._folder / "nginx.conf"
        configuration.write_text(_CONFIGURATION.format(folder=self._folder, port=self._port, upstream=upstream))
        # It takes over a socket that listens already, as from an nginx that it replaces, so that nobody waits for it to start.
        descriptor = self._listener.fileno()
        async with await anyio.open_process(
            ["nginx", "-e", "stderr", "-p", str(self._folder), "-c", str(configuration)],
            env=os.environ | {"NGINX": f"{descriptor};"},
            pass_fds=[descriptor],
            stdin=None,
            stdout=None,
            stderr=None,
        ) as process:
            try:
                yield
            finally:
                process.terminate()
                await process.wait()


def is_there() -> bool:
    """Whether this machine has nginx."""
    return shutil.which("nginx") is not None


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[Nginx]:
    """An nginx with an address, that is not running yet.

    Args:
        folder: where it may write.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Nginx(listener, folder)
