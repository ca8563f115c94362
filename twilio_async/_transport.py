"""The only file of the client that knows aiohttp: bytes out, bytes back, and whether a byte was written.

It raises nothing but cancellation. Every other end is a value, an `Answer` or a `Failure`, because aiohttp's exceptions hold
the request with its credentials, and whatever is raised ends in somebody's log.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
import sys
import urllib.request
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from twilio_async._answer import Answer, Failure, Interrupted
from twilio_async._fence import boot_clock

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

    from twilio_async._pool import PoolOptions

CONNECT_TIMEOUT = 10.0
"""Seconds for name, connection and TLS together."""
SOCKET_CONNECT_TIMEOUT = 5.0
"""Seconds for one address; the next is tried after it."""
KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: shorter than servers keep theirs, since a POST on a connection that the server
closes at that moment has an unknown outcome."""
DNS_TTL = 10
"""Seconds that an address is remembered."""


class Transport:
    """Connections that live in the loop in which this was made."""

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}
        self._headers: dict[tuple[tuple[str, str], ...], CIMultiDict[str]] = {}
        self._client = aiohttp.ClientSession(
            connector=options.connector
            or aiohttp.TCPConnector(
                limit=options.size, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=DNS_TTL, socket_factory=_socket
            ),
            connector_owner=options.connector is None,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trace_configs=list(options.trace_configs),
        )

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        timeout: float,
        largest: int,
        fence: float | None = None,
    ) -> Answer | Failure:
        """Send one request and read its answer; redirects are not followed.

        Args:
            method: in capitals.
            url: encoded.
            headers: all that are to be sent.
            body: `None` sends none.
            timeout: seconds for all of it.
            largest: bytes of the answer, decompressed, beyond which it is given up.
            fence: the moment of `boot_clock` after which it is not written; for requests with a body.
        """
        own_socket = self._options.connector is None
        payload = _Payload(body or b"", own_socket=own_socket, fence=fence) if method != "GET" else None
        watch, answer = _Watch(), None
        try:
            async with self._client.request(
                method, URL(url, encoded=True), headers=self._prepared(headers), data=payload, timeout=self._timeout(timeout),
                allow_redirects=False, proxy=self._proxy(url), ssl=self._options.tls,
                middlewares=() if payload else (watch,),
            ) as response:  # fmt: skip
                answer = Answer(response.status, response.headers, sends=(payload or watch).sends)
                try:
                    answer.body = await _read(response, largest)
                except (aiohttp.ClientError, OSError, ValueError) as error:
                    answer.defect = _defect(error, timeout)
                    response.close()
                return answer
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if payload and payload.held_back and not payload.sends:
                return Failure("timeout", "held back: the moment until which it could be written had passed", sent=False)
            return _failure(error, timeout, sent=(payload or watch).sends > 0)
        finally:
            if payload and answer is None:
                payload.give_up()

    @contextlib.asynccontextmanager
    async def stream(
        self, url: str, headers: Mapping[str, str], *, timeout: float
    ) -> AsyncGenerator[tuple[Answer, AsyncIterator[bytes]] | Failure, None]:
        """GET something large; redirects are not followed. The body comes in chunks, as it was sent, while the context is open.

        Args:
            url: encoded.
            headers: all that are to be sent.
            timeout: seconds between two chunks, and until the first.
        """
        limits = aiohttp.ClientTimeout(
            total=None, connect=CONNECT_TIMEOUT, sock_connect=SOCKET_CONNECT_TIMEOUT, sock_read=timeout
        )
        watch = _Watch()
        async with contextlib.AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(
                    self._client.get(
                        URL(url, encoded=True), headers=headers, timeout=limits, allow_redirects=False,
                        proxy=self._proxy(url), ssl=self._options.tls, middlewares=(watch,),
                    )
                )  # fmt: skip
            except (aiohttp.ClientError, OSError, ValueError) as error:
                failure = _failure(error, timeout, sent=watch.sends > 0)
            else:
                yield Answer(response.status, response.headers), _chunks(response)
                return
        yield failure

    async def close(self) -> None:
        """Close the connections that are ours; a user's connector stays open."""
        await self._client.close()

    def discard(self) -> None:
        """Let go of connections whose loop is gone: nothing can be awaited there. aiohttp warns of what was left open."""
        self._client.detach()

    def _prepared(self, headers: Mapping[str, str]) -> CIMultiDict[str]:
        """The same headers as before, in the form that aiohttp would make of them anew for each request."""
        key = tuple(headers.items())
        found = self._headers.get(key)
        if found is None:
            if len(self._headers) >= 100:  # credentials that change make new ones
                self._headers.clear()
            found = self._headers[key] = CIMultiDict(headers)
        return found

    def _timeout(self, total: float) -> aiohttp.ClientTimeout:
        found = self._timeouts.get(total)
        if found is None:
            found = aiohttp.ClientTimeout(
                total=total, connect=min(CONNECT_TIMEOUT, total), sock_connect=min(SOCKET_CONNECT_TIMEOUT, total)
            )
            if len(self._timeouts) < 100:  # a program uses a few; one that computes them is not to fill the memory
                self._timeouts[total] = found
        return found

    def _proxy(self, url: str) -> str | None:
        """The proxy for *url*. aiohttp's own ``trust_env`` would also read ``.netrc`` and send what it finds there."""
        if self._options.proxy is not None or not self._options.trust_env:
            return self._options.proxy
        target = URL(url)
        if urllib.request.proxy_bypass(target.host or ""):
            return None
        found = urllib.request.getproxies().get(target.scheme)
        return found if found is None or "://" in found else f"http://{found}"


class _Payload(aiohttp.BytesPayload):
    """A body that knows whether it was written.

    aiohttp holds the headers back to send them with the body, so the moment before this writes is the last in which nothing
    has left; a trace hook tells the same at eight times the cost.
    """

    def __init__(self, body: bytes, *, own_socket: bool, fence: float | None = None) -> None:
        super().__init__(body, content_type="application/x-www-form-urlencoded")
        self.sends = 0
        self.held_back = False
        self._own_socket = own_socket
        self._fence = fence
        self._transport: asyncio.WriteTransport | None = None

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write it, and remember so; not to a connection that has closed since it was chosen, nor after its fence."""
        self._transport = getattr(writer, "transport", None)
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        if not self._own_socket:
            _prevent_late_delivery(self._transport)
        if self._fence is not None and boot_clock() >= self._fence:
            self.held_back = True
            raise ConnectionResetError
        self.sends += 1
        await super().write_with_length(writer, content_length)

    def give_up(self) -> None:
        """Drop what has not left yet: a closed connection would still deliver what waits in its buffer."""
        if self._transport is not None:
            self._transport.abort()


class _Watch:
    """Counts how often a request without a body may have gone out, by what came of it.

    aiohttp repeats such a request by itself when its connection breaks, and shows what became of the second try alone.
    """

    def __init__(self) -> None:
        self.sends = 0

    async def __call__(self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        self.sends += 1
        try:
            return await handler(request)
        except (aiohttp.ClientError, OSError) as error:
            self.sends -= _before_sending(error)
            raise


# --- the socket ----------------------------------------------------------------------------------------------------------

_LINGER_NOT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_UNACKNOWLEDGED_MS = 30_000


def _socket(address: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.settimeout(0.0)
    _configure(made)
    return made


def _configure(made: socket.socket) -> None:
    """Make sure that a request we gave up is not delivered later, when the network heals: its text would come twice.

    Without lingering, closing a socket drops what the kernel has not sent yet.
    """
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MS)


def _prevent_late_delivery(transport: asyncio.BaseTransport) -> None:
    """The same for a connection that a user's connector made."""
    found = transport.get_extra_info("socket")
    if found is not None and found.family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError):  # closed meanwhile: then nothing will be delivered
            _configure(found)


# --- reading, with a bound -----------------------------------------------------------------------------------------------


class _TooLarge(ValueError):
    pass


async def _read(response: aiohttp.ClientResponse, largest: int) -> bytes:
    encoding = response.headers.get("Content-Encoding", "").lower()
    if not encoding and response.content_length is not None and response.content_length <= largest:
        return await response.read()
    parts: list[bytes] = []
    size = 0
    async for part in _decoded(response, encoding):
        size += len(part)
        if size > largest:
            raise _TooLarge(f"larger than {largest:,} bytes")
        parts.append(part)
    return b"".join(parts)


async def _decoded(response: aiohttp.ClientResponse, encoding: str) -> AsyncIterator[bytes]:
    """The chunks of a body, decompressed at most 256 KiB at a time: 300 kB of gzip can hold 300 MB."""
    if encoding in ("", "identity"):
        async for part in response.content.iter_any():
            yield part
        return
    if encoding not in ("gzip", "x-gzip"):
        raise ValueError(f"encoded as {encoding[:20]!r}, which was not asked for")
    unzip, left = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), None
    try:
        async for part in response.content.iter_any():
            left = part
            while left:
                yield unzip.decompress(left, 1 << 18)
                left = unzip.unconsumed_tail
            if unzip.unused_data:  # it would be gathered without a bound
                raise ValueError("gzip with something behind it")
    except zlib.error as error:
        raise ValueError(f"no gzip: {error}") from None
    if left is not None and not unzip.eof:  # a 204 is empty, whatever its headers say
        raise ValueError("gzip cut off")


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    encoding = response.headers.get("Content-Encoding", "").lower()
    parts = _decoded(response, encoding)
    while True:
        try:
            part = await anext(parts, None)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            defect = _defect(error, None)
        else:
            if part is None:
                return
            yield part
            continue
        raise Interrupted(defect)


# --- aiohttp's exceptions to words ---------------------------------------------------------------------------------------


def _before_sending(error: Exception) -> bool:
    """Whether *error* is one that aiohttp raises only while it has no connection yet. For requests without a body."""
    return isinstance(
        error,
        (
            aiohttp.ClientConnectorError,
            aiohttp.ClientConnectorCertificateError,
            aiohttp.ClientHttpProxyError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
            aiohttp.ServerFingerprintMismatch,
        ),
    )


def _failure(error: Exception, timeout: float, *, sent: bool) -> Failure:
    if isinstance(error, TimeoutError):
        text = f"no answer within {timeout:g} s" if sent else "no connection in time"
        return Failure("timeout", text, sent)
    if not sent:
        if isinstance(error, (aiohttp.ClientConnectorCertificateError, aiohttp.ServerFingerprintMismatch)):
            return Failure("certificate", _words(error), sent)
        return Failure("connect", _words(error), sent)
    return Failure("lost", _words(error), sent, status=_status_line(error))


def _status_line(error: Exception) -> int | None:
    """The client puts a half-read answer into `ServerDisconnectedError.message`; its code may be half-read, too."""
    code = getattr(getattr(error, "message", None), "code", None)
    return code if isinstance(code, int) and code >= 100 else None


def _defect(error: Exception, timeout: float | None) -> str:
    if isinstance(error, TimeoutError):
        return f"not complete within {timeout:g} s" if timeout else "stopped coming"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "cut off"
    return _words(error)


def _words(error: Exception) -> str:
    """A description in our own words: aiohttp's may hold headers, addresses with passwords, whole requests."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = getattr(error.certificate_error, "verify_message", "") or type(error.certificate_error).__name__
        return f"the certificate of {error.host} is not trusted: {reason}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"no address for {error.host}"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"TLS with {error.host} failed: {getattr(error.os_error, 'reason', None) or type(error.os_error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorError):
        where = "proxy" if isinstance(error, aiohttp.ClientProxyConnectionError) else f"{error.host}:{error.port}"
        return f"no connection to {where}: {_os_reason(error.os_error)}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return f"the server closed the connection {'amid its' if _status_line(error) else 'without an'} answer"
    if isinstance(error, aiohttp.ClientResponseError):
        return "the answer is no HTTP"
    if isinstance(error, OSError):
        return _os_reason(error)
    if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError):
        return str(error)
    return type(error).__name__


def _os_reason(error: OSError) -> str:
    if error.errno in (None, errno.ECONNRESET, errno.EPIPE):
        return "the connection was reset"
    return os.strerror(error.errno)
