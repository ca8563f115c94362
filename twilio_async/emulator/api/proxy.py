"""Proxy mode: programs that know nothing of an emulator are led to it by environment variables alone.

A forward proxy opens tunnels to Twilio's hosts, and to no other. What is at the end of a tunnel is the emulator itself, with a
certificate of an authority that is made for one proxy and trusted by nobody else. It needs trustme, which is an extra.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

from aiohttp import web

from twilio_async.emulator.api.sabotage import Refusal
from twilio_async.emulator.api.server import BACKLOG, LOOPBACK, PATIENCE, Handler

try:
    import trustme
except ImportError as _missing:
    raise ImportError('proxy mode is an extra: pip install "twilio_async[proxy]"', name=_missing.name) from _missing

MAX_HEAD: Final = 16 * 1024
"""Bytes that a request to the proxy may have."""
MAX_HOSTS: Final = 64
"""Certificates that are kept; those of other hosts are made again when they are asked for."""
HANDSHAKE_PATIENCE: Final = 10.0
"""Seconds that a client gets to say where it wants to go, and as many again for its TLS handshake."""

# Programs differ in which spelling they read, and in which wins if both are set.
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
_DIRECT = ("NO_PROXY", "no_proxy")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "TWILIO_CA_BUNDLE")

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_END_OF_LINE = re.compile(r"\r?\n")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # the word is HTTP's, for a method or the name of a header
_REQUEST_LINE = re.compile(rf"({_TOKEN}) (\S+) HTTP/1\.[01]")
_FIELD = re.compile(rf"{_TOKEN}:[^\x00\r\n]*")
_ADDRESS = re.compile(r"([^:/?#@\[\]]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})")
_LABEL = r"(?=[a-z0-9-]{1,63}\.)[a-z0-9]+(?:-[a-z0-9]+)*"
_TWILIO = re.compile(rf"(?:{_LABEL}\.)+twilio\.com")


class Refused(Exception):
    """A client cannot have what it wants.

    Args:
        status: HTTP status of the answer.
        reason: said in the status line as well as in the body, because most clients show nothing but the former.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status: int = status
        self.reason: str = reason

    @property
    def answer(self) -> bytes:
        """The whole of what the client gets."""
        head = f"HTTP/1.1 {self.status} {self.reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(self.reason) + 1}"
        return f"{head}\r\nConnection: close\r\n\r\n{self.reason}\n".encode("ascii")


_MALFORMED = (400, "This is no request to a proxy")
_TOO_EARLY = (400, "Nothing may follow a CONNECT before it is answered")
_ELSEWHERE = (403, "An emulated Twilio is here: CONNECT to *.twilio.com:443 and nowhere else")
_TOO_SLOW = (408, "The request did not come in time")
_TOO_LARGE = (431, f"The request has more than {MAX_HEAD} bytes")


def wanted_host(received: bytes) -> str | None:
    """Which of Twilio's hosts a client of the proxy wants a tunnel to, in lower case.

    Args:
        received: all that it has said so far.

    Returns:
        `None` as long as it has not said everything.

    Raises:
        Refused: it is malformed (400), too large (431), or wants something else (403).
    """
    if len(received) > MAX_HEAD:
        raise Refused(*_TOO_LARGE)
    if not received[:1].isalpha():  # such as TLS, by a client that takes this for an HTTPS proxy: it would wait for ever
        raise Refused(*_MALFORMED)
    end = _END_OF_HEAD.search(received)
    if end is None:
        return None
    host = _host_in(received[: end.start()].decode("latin-1"))
    if end.end() < len(received):
        raise Refused(*_TOO_EARLY)
    return host


def _host_in(head: str) -> str:
    first, *fields = _END_OF_LINE.split(head)
    line = _REQUEST_LINE.fullmatch(first)
    if line is None or not all(map(_FIELD.fullmatch, fields)):
        raise Refused(*_MALFORMED)
    method, target = line.groups()
    if method != "CONNECT":
        raise Refused(*_ELSEWHERE)
    address = _ADDRESS.fullmatch(target)
    if address is None:
        raise Refused(*_MALFORMED)
    host = address[1].lower()
    if int(address[2]) != 443 or len(host) > 253 or not _TWILIO.fullmatch(host):
        raise Refused(*_ELSEWHERE)
    return host


class CertificateAuthority:
    """Vouches for Twilio's hosts before those who choose to trust it, and is thrown away with its proxy.

    Its private key stays in memory. The key of a host is on the disk, in a folder that is this user's alone, for as long as it
    takes to load it.

    Attributes:
        pem: the file with its certificate.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="twilio_async emulator")
        self._folder = TemporaryDirectory(prefix="twilio_async-")
        self.pem: Path = Path(self._folder.name, "ca.pem")
        self._authority.cert_pem.write_to_path(self.pem)
        self.context: Callable[[str], ssl.SSLContext] = lru_cache(MAX_HOSTS)(self._context)
        """What a host answers a TLS handshake with."""

    def _context(self, host: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        with self._authority.issue_cert(host).private_key_and_cert_chain_pem.tempfile(self._folder.name) as file:
            context.load_cert_chain(file)
        return context

    def close(self) -> None:
        """Remove its file."""
        self._folder.cleanup()


class _Tunnel(asyncio.Protocol):
    """A connection from its first byte to its last before the emulator's HTTP server takes it over."""

    def __init__(self, http: web.Server, authority: CertificateAuthority, patience: float, unfinished: set[_Tunnel]) -> None:
        self._http = http
        self._authority = authority
        self._patience = patience
        self._unfinished = unfinished
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._take: Callable[[bytes], object] = self._read_head
        self._handover: asyncio.Task[None] | None = None
        self._lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for its head, for a while."""
        self._transport = cast("asyncio.Transport", transport)
        self._timer = self._loop.call_later(self._patience, self._refuse, Refused(*_TOO_SLOW))
        self._unfinished.add(self)

    def data_received(self, data: bytes) -> None:
        """Take what came as what is expected now."""
        self._take(data)

    def eof_received(self) -> None:
        """Say why a head that will never be complete leads nowhere."""
        if self._take == self._read_head and self._received:
            self._refuse(Refused(*_MALFORMED))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the signature is asyncio's
        """Forget it."""
        self._lost = True
        self._timer.cancel()
        self._unfinished.discard(self)

    async def hang_up(self) -> None:
        """End it at once, whatever it is about."""
        self._timer.cancel()
        self._transport.abort()
        if self._handover is not None:
            self._handover.cancel()
            await asyncio.wait([self._handover])

    def _read_head(self, data: bytes) -> None:
        self._received += data
        try:
            host = wanted_host(bytes(self._received))
        except Refused as refused:
            self._refuse(refused)
        else:
            if host is not None:
                self._accept(host)

    def _refuse(self, refused: Refused) -> None:
        self._timer.cancel()
        self._take = _ignore  # but read on: a client that has not said everything would see a reset instead of the answer
        self._transport.write(refused.answer)
        self._transport.write_eof()
        self._timer = self._loop.call_later(self._patience, self._transport.abort)

    def _accept(self, host: str) -> None:
        self._timer.cancel()
        self._transport.pause_reading()  # the next byte is for TLS
        self._received.clear()
        self._take = self._received.extend
        self._handover = self._loop.create_task(self._hand_over(self._authority.context(host)))

    async def _hand_over(self, context: ssl.SSLContext) -> None:
        self._transport.write(_ESTABLISHED)
        try:
            encrypted = await self._loop.start_tls(
                self._transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self._patience,
                ssl_shutdown_timeout=self._patience,
            )
        except OSError:  # the client does not trust us, speaks no TLS, is too slow or has gone: its connection is closed
            return
        finally:
            self._unfinished.discard(self)
        if encrypted is None or self._lost:
            return
        server = self._http()
        encrypted.set_protocol(server)
        server.connection_made(encrypted)
        # What came together with the end of the handshake came before there was a server to take it.
        server.data_received(bytes(self._received))


def _ignore(data: bytes) -> None:
    del data


class Proxy:
    """A forward proxy to the emulator. Made and closed in the loop that serves it.

    Attributes:
        url: where it listens.
        ca_pem: the file with the certificate of its authority. It vouches for nobody but this emulator: a program that is
            given it instead of its usual certificates can reach no other site by TLS, which a test should not anyway. It is
            removed when the proxy is closed.
    """

    def __init__(self, http: web.Server, authority: CertificateAuthority, patience: float, refuses: Callable[[], bool]) -> None:
        self._http = http
        self._authority = authority
        self._patience = patience
        self._refuses = refuses
        self._unfinished: set[_Tunnel] = set()
        self._closed = False
        self.url: str = ""
        self.ca_pem: Path = authority.pem

    @classmethod
    async def open(
        cls,
        handler: Handler,
        port: int = 0,
        refuses: Callable[[], bool] = lambda: False,
        *,
        patience: float = HANDSHAKE_PATIENCE,
    ) -> Proxy:
        """Listen from now on.

        Args:
            handler: answers each request that comes through a tunnel; its ``Host`` is one of Twilio's.
            port: 0 for any that is free.
            refuses: whether a connection that is being opened is reset at once.
            patience: seconds that a client gets to say where it wants to go, and as many again for its TLS handshake.
                Default 10.

        Raises:
            OSError: the port is taken.
        """
        authority = CertificateAuthority()
        proxy = cls(web.Server(handler, access_log=None), authority, patience, refuses)
        try:
            await proxy._listen(port)
        except BaseException:
            authority.close()
            raise
        return proxy

    async def _listen(self, port: int) -> None:
        socket_ = socket.create_server((LOOPBACK, port), backlog=BACKLOG)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._protocol, sock=socket_, backlog=BACKLOG)
        self.url = f"http://{LOOPBACK}:{socket_.getsockname()[1]}"

    def _protocol(self) -> asyncio.BaseProtocol:
        if self._closed or self._refuses():
            return Refusal()
        return _Tunnel(self._http, self._authority, self._patience, self._unfinished)

    async def close(self) -> None:
        """Listen no more, close what is open, and remove the certificate."""
        self._closed = True
        self._listener.close()
        for tunnel in [*self._unfinished]:
            await tunnel.hang_up()
        transports = [connection.transport for connection in self._http.connections]
        await self._http.shutdown(PATIENCE)
        for transport in transports:
            if transport is not None:
                transport.abort()  # TLS would wait for the peer to agree to the end
        await self._listener.wait_closed()
        self._authority.close()

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead an unmodified program here, whatever it is written in.

        They are those that libcurl, Python's requests, httpx and OpenSSL, Node.js and Twilio's client for it read. The latter
        looks for its proxy in ``HTTP_PROXY``, so that plain HTTP to other machines is refused as well. What is on this machine
        is reached directly.
        """
        return {
            **dict.fromkeys(_PROXIES, self.url),
            **dict.fromkeys(_DIRECT, f"{LOOPBACK},localhost"),
            **dict.fromkeys(_BUNDLES, str(self.ca_pem)),
        }
