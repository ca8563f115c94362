"""A reverse proxy that terminates TLS, and tells the application behind it what a proxy is wont to tell."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator

import trustme

_AUTHORITY = trustme.CA()


def trusting() -> ssl.SSLContext:
    """What a client needs to trust these proxies."""
    context = ssl.create_default_context()
    _AUTHORITY.configure_trust(context)
    return context


def certified() -> trustme.LeafCert:
    """A certificate of ``localhost``."""
    return _AUTHORITY.issue_cert("localhost")


class ReverseProxy:
    """Takes requests at `url` and gives them to the server that it was told."""

    def __init__(self, port: int) -> None:
        self.url = f"https://localhost:{port}"
        self.upstream = ""
        """``http://127.0.0.1:…``, set before the first request."""
        self.trust = trusting()
        """For the client: trusts this proxy."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one request on, and its answer back."""
        with contextlib.closing(writer):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length: *(\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            host, port = self.upstream.removeprefix("http://").split(":")
            from_app, to_app = await asyncio.open_connection(host, int(port))
            with contextlib.closing(to_app):
                to_app.write(self._rewritten(head, f"{host}:{port}") + body)
                writer.write(await from_app.read())
                await writer.drain()

    def _rewritten(self, head: bytes, upstream: str) -> bytes:
        told = f"X-Forwarded-Proto: https\r\nX-Forwarded-Host: {self.url.removeprefix('https://')}\r\n\r\n"
        kept = re.sub(rb"(?im)^(host|connection):.*\r\n", b"", head).removesuffix(b"\r\n")
        return kept + f"Host: {upstream}\r\nConnection: close\r\n".encode() + told.encode()


@contextlib.asynccontextmanager
async def reverse_proxy() -> AsyncIterator[ReverseProxy]:
    """A proxy that runs, and waits to be told its upstream."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certified().configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = ReverseProxy(listener.getsockname()[1])
        server = await asyncio.start_server(proxy.serve, sock=listener, ssl=context)
        async with server:
            yield proxy
