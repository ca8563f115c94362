"""A TCP server that does what a test tells it with each connection, and keeps account of every byte that reached it.

It knows no HTTP library and no event loop's streams: a socket is read, written, closed or reset when a script says so, and
never before.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import functools
import importlib.util
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import anyio
import pytest
from anyio.abc import ByteStream
from anyio.streams.tls import TLSStream

LOOPS = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(
        ("asyncio", {"use_uvloop": True}),
        id="uvloop",
        marks=pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="uvloop is not installed"),
    ),
]
"""Parameters of an ``anyio_backend`` for tests that are to hold on either event loop."""

_PATIENCE = 10.0


class Received(NamedTuple):
    """A request that arrived completely."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def parsed(stream: bytes) -> tuple[list[Received], bytes]:
    """The complete requests that *stream* begins with, and the rest."""
    found: list[Received] = []
    while True:
        head, blank, rest = stream.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if not blank or len(rest) < length:
            return found, stream
        method, target, _ = first.split(" ")
        found.append(Received(method, target, headers, rest[:length]))
        stream = rest[length:]


class Peer:
    """One connection, seen from the server."""

    def __init__(self, server: RawServer, connection: socket.socket) -> None:
        self.server = server
        self.received = bytearray()
        """All that came, decrypted; what was meant for a proxy alone is in `tunnel`."""
        self.tunnel: Received | None = None
        self.was_reset = False
        """Whether the client ended it with a RST."""
        self._socket = _Socket(connection)
        self._stream: ByteStream = self._socket

    @property
    def closed(self) -> bool:
        """Whether the server has closed it."""
        return self._socket.connection.fileno() == -1

    @property
    def requests(self) -> list[Received]:
        """The complete requests that came here."""
        return parsed(bytes(self.received))[0]

    @property
    def tries(self) -> int:
        """How many requests came here, one that was cut included."""
        whole, rest = parsed(bytes(self.received))
        return len(whole) + bool(rest)

    async def some(self, size: int = 1) -> None:
        """Wait until *size* bytes have come in all, and leave the rest where it is."""
        while len(self.received) < size:
            await self._take(size - len(self.received))

    async def head(self) -> None:
        """Wait for the headers of the first request."""
        while b"\r\n\r\n" not in self.received:
            await self._take()

    async def request(self) -> Received:
        """Wait for one more complete request."""
        known = len(self.requests)
        while len(self.requests) == known:
            await self._take()
        return self.requests[known]

    async def connect(self) -> None:
        """Wait for a proxy's ``CONNECT``, which is none of the server's requests."""
        self.tunnel = await self.request()
        self.received.clear()

    async def start_tls(self) -> None:
        """Speak TLS from here on."""
        context = self.server.tls
        self._stream = await TLSStream.wrap(self._stream, server_side=True, ssl_context=context, standard_compatible=False)

    async def say(self, data: bytes) -> None:
        """Send *data*, and let the client, who may live in the same loop, have it."""
        await self._stream.send(data)
        await asyncio.sleep(0)

    async def gone(self) -> None:
        """Read until the client has ended the connection."""
        while True:
            await self._take()

    def close(self) -> None:
        """Close the connection at once, and count what had come unread."""
        if self._stream is self._socket:  # nobody can tell what TLS holds
            with contextlib.suppress(OSError):
                self.received += self._socket.connection.recv(1 << 24, socket.MSG_PEEK)
        self._socket.connection.close()

    def reset(self) -> None:
        """Close the connection at once, with a RST."""
        self._socket.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    async def _take(self, size: int = 1 << 16) -> None:
        try:
            self.received += await self._stream.receive(size)
        except ConnectionResetError:
            self.was_reset = True
            raise
        finally:
            self.server.news.set()


Script = Callable[[Peer], Awaitable[object]]


class RawServer:
    """A server on a loopback port of its own.

    Args:
        *scripts: what to do with the first connection, the second…; the last serves all that follow. A connection that its
            script leaves open is read until the client ends it.
        listening: whether connections are taken at all; otherwise they are refused.
        accepting: whether they are accepted before `settled`; until then they wait in the system's queue.
        queue: how many can wait there.
        window: bytes that the system takes for a connection before they are read; ``None`` leaves it to the system.
        tls: what scripts speak TLS with.
    """

    def __init__(
        self,
        *scripts: Script,
        listening: bool = True,
        accepting: bool = True,
        queue: int = 100,
        window: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.peers: list[Peer] = []
        self.client_closed = anyio.Event()
        """Set by `settled`; for scripts that read on only then."""
        self.news = asyncio.Event()
        """Set whenever something has come."""
        self.tls = tls or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._scripts = scripts or (Peer.gone,)
        self._accepting = accepting
        self._listener = socket.socket()
        if window is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.setblocking(False)
        if listening:
            self._listener.listen(queue)
        self._listening = listening
        self.port: int = self._listener.getsockname()[1]
        self._waiting: list[socket.socket] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._mistakes: list[BaseException] = []

    async def __aenter__(self) -> Self:
        if self._listening and self._accepting:
            asyncio.get_running_loop().add_reader(self._listener, self._accept)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.refuse()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for waiting in self._waiting:
            waiting.close()
        for peer in self.peers:
            peer.close()
        if self._mistakes and error is None:
            raise self._mistakes[0]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def secure_url(self) -> str:
        """Where it is, for a client that is to speak TLS."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Received]:
        """All complete requests, by connection."""
        return [request for peer in self.peers for request in peer.requests]

    @property
    def received(self) -> bytes:
        """All bytes, by connection."""
        return b"".join(peer.received for peer in self.peers)

    @property
    def tries(self) -> int:
        """Requests that arrived, those that were cut included."""
        return sum(peer.tries for peer in self.peers)

    def fill_queue(self) -> None:
        """Take all places in the system's queue, so that whoever else wants to connect gets no answer at all."""
        for _ in range(2):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(waiting)

    async def sees(self, true: Callable[[], object]) -> None:
        """Wait until what has come makes *true* so."""
        with anyio.fail_after(_PATIENCE):
            while not true():
                self.news.clear()
                await self.news.wait()

    async def hung_up(self) -> None:
        """Wait until it has closed its first connection, and the client, who may live in the same loop, can have noticed."""
        while not (self.peers and self.peers[0].closed):
            await anyio.lowlevel.checkpoint()
        await anyio.sleep(0.01)

    def refuse(self) -> None:
        """Refuse connections from now on."""
        if self._listener.fileno() != -1:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()

    async def settled(self) -> None:
        """Wait until all connections have ended, so that nothing more can arrive: call it when the client is closed."""
        self.client_closed.set()
        for waiting in self._waiting:
            waiting.close()
        with anyio.fail_after(_PATIENCE):
            self._accept()
            while self._serving:
                await asyncio.wait(self._serving)

    def _accept(self) -> None:
        """Take whoever waits; not through the loop, which may take one and not tell."""
        with contextlib.suppress(OSError):
            while True:
                self._begin(self._listener.accept()[0])

    def _begin(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        peer = Peer(self, connection)
        script = self._scripts[min(len(self.peers), len(self._scripts) - 1)]
        self.peers.append(peer)
        task = asyncio.create_task(_serve(peer, script))
        self._serving.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        mistake = None if task.cancelled() else task.exception()
        if mistake is not None:  # a script's own, which the test is to hear of
            self._mistakes.append(mistake)


async def _serve(peer: Peer, script: Script) -> None:
    with contextlib.suppress(anyio.EndOfStream, anyio.BrokenResourceError, OSError):
        await script(peer)
        if not peer.closed:
            await peer.gone()
    peer.close()


class _Socket(ByteStream):
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    async def receive(self, max_bytes: int = 1 << 16) -> bytes:
        data = await asyncio.get_running_loop().sock_recv(self.connection, max_bytes)
        if not data:
            raise anyio.EndOfStream
        return data

    async def send(self, item: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, item)

    async def send_eof(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)

    async def aclose(self) -> None:
        self.connection.close()


# --- what a server may do ------------------------------------------------------------------------------------------------


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; the names of headers are written with underscores."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Script:
    """Answer the server's first request with the first of *answers*, and so on; the last is for all that follow."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.say(answers[min(len(peer.server.requests), len(answers)) - 1])

    return script


def saying(data: bytes = b"", then: Callable[[Peer], None] | None = None) -> Script:
    """Read one request and say *data*; then ``Peer.close``, or ``Peer.reset``, or leave the client waiting."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.say(data)
        if then is not None:
            then(peer)

    return script


# --- what Twilio might say -----------------------------------------------------------------------------------------------

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "the-t0ken-that-nobody-may-see"
SID = "SM" + "a" * 32
MESSAGE = f'{{"sid":"{SID}","account_sid":"{ACCOUNT}","status":"queued","direction":"outbound-api"}}'.encode()
CREATED = http(201, MESSAGE)

_SECRETS = (TOKEN, base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode(), base64.b64encode(TOKEN.encode()).decode()[4:-4])


def problem(status: int, code: int | None = None, **headers: str) -> bytes:
    """An error in Twilio's words; without a code, in those of a proxy."""
    if code is None:
        return http(status, b"<html><h1>Oh no</h1></html>", Content_Type="text/html", **headers)
    return http(status, f'{{"code": {code}, "message": "No.", "status": {status}}}'.encode(), **headers)


def shows_secret(text: str) -> bool:
    """Whether the token can be read in *text*."""
    return any(secret in text for secret in _SECRETS)


# --- certificates --------------------------------------------------------------------------------------------------------


@functools.cache
def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that is its own authority: the file to trust, and what a server speaks TLS with."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command to make a certificate with")
    made, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-addext", "keyUsage=critical,digitalSignature,keyCertSign", "-keyout", key, "-out", made,
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context
