"""Brings events to applications over HTTP, with Twilio's patience and persistence."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

import aiohttp
from msgspec.structs import replace
from yarl import URL

from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications import debugger, outgoing
from twilio_async.emulator.applications.diagnosis import diagnose
from twilio_async.emulator.applications.errands import Attempt, Errand, Method
from twilio_async.emulator.applications.journey import Journey
from twilio_async.emulator.applications.outgoing import Letter, OutgoingRequest
from twilio_async.emulator.applications.overrides import TWILIOS, Failure, Overrides, split
from twilio_async.emulator.domain.credentials import Key

MAX_BODY: Final = 64 * 1024
"""Bytes of an answer that Twilio accepts."""

Judge: TypeAlias = Callable[[Attempt], int | None]
"""Says what is wrong with a successful answer, as a code of Twilio's debugger."""

_LEAST: Final = 0.02
"""Seconds that must be left for another try; timers may end a little early."""
_AUTOMATIC: Final = ("Accept-Encoding", "Content-Type", "User-Agent")
_NO_CONNECTION: Final = frozenset(
    {
        debugger.CONNECT_TIMEOUT,
        debugger.CONNECTION_REFUSED,
        debugger.CONNECTION_FAILURE,
        debugger.BAD_HOST_NAME,
        debugger.TLS_HANDSHAKE,
        debugger.CERTIFICATE_DOMAIN,
        debugger.CERTIFICATE_EXPIRED,
        debugger.CERTIFICATE_UNTRUSTED,
    }
)
_NO_ANSWER: Final = frozenset({debugger.RETRIEVAL_FAILURE, debugger.TOTAL_TIMEOUT, debugger.PROTOCOL_VIOLATION})


@dataclass(frozen=True, slots=True)
class _Destination:
    """One of an errand's two URLs, with what is to be brought there."""

    url: str
    method: Method
    fields: Pairs
    fallback: bool


@dataclass(frozen=True, slots=True)
class _Try:
    """One try of a destination."""

    number: int
    fallback: bool
    overrides: Overrides
    deadline: float


class _BrokenError(aiohttp.ClientError):
    """A connection that failed, in words that aiohttp does not know."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET again by itself when its connection breaks: how often is ours to say."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokenError(error) from error


class Courier:
    """Calls applications. Opens its connections one by one, and keeps none.

    Args:
        clock: what time it is in the emulator.
        policy: what holds for URLs that do not say otherwise. Default: as at Twilio.
        trust: makes what certificates are judged by, once they are needed. Default: the system's authorities.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        policy: Overrides = TWILIOS,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._clock = clock
        self._policy = policy
        self._trust = trust
        self._contexts: dict[bool, ssl.SSLContext] = {}
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Break off what is on its way, and call nobody any more."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def deliver(
        self,
        errand: Errand,
        key: Key,
        *,
        judge: Judge | None = None,
        on_attempt: Callable[[Attempt], None] | None = None,
    ) -> list[Attempt]:
        """Bring one event to its application, or to the fallback URL if the first fails for good.

        Args:
            errand: what to bring where.
            key: signs each request.
            judge: asked about each answer that is a success; a code makes it a failure, after which there is no second try, but
                the fallback.
            on_attempt: told of each attempt as it ends.

        Returns:
            All attempts, at least one. The errand is done if the last is `ok`.

        Raises:
            RuntimeError: the courier is closed.
        """
        if self._closed:
            raise RuntimeError("the courier is closed")
        attempts: list[Attempt] = []

        def note(attempt: Attempt) -> Attempt:
            code = judge(attempt) if judge is not None and attempt.ok else None
            if code is not None:
                attempt = replace(attempt, code=code, error=debugger.title(code))
            attempts.append(attempt)
            if on_attempt is not None:
                on_attempt(attempt)
            return attempt

        primary = _Destination(errand.url, errand.method, errand.fields, fallback=False)
        last = await self._visit(primary, errand, key, note)
        if last.code is not None and errand.fallback_url is not None and not self._closed:
            reasons = (("ErrorCode", str(last.code)), ("ErrorUrl", _without_secrets(errand.url)))
            fields = (*errand.fields, *reasons)
            fallback = _Destination(errand.fallback_url, errand.fallback_method, fields, fallback=True)
            await self._visit(fallback, errand, key, note)
        return attempts

    async def _visit(self, destination: _Destination, errand: Errand, key: Key, note: Callable[[Attempt], Attempt]) -> Attempt:
        bare, overrides = split(destination.url, self._policy)
        deadline = time.monotonic() + overrides.total_timeout
        try:
            address = outgoing.address(bare)
        except ValueError as error:
            return note(self._uncalled(destination, str(error)))
        letter = Letter(address.url, destination.method, destination.fields, errand.json, errand.token, key)
        number = 0
        while True:
            number += 1
            this = _Try(number, destination.fallback, overrides, deadline)
            last = await self._travel(Journey(letter, address.login), this, note)
            if number > overrides.retries or _kind(last) not in overrides.retry_on:
                return last
            if self._closed or deadline - time.monotonic() < _LEAST:
                return last

    async def _travel(self, journey: Journey, this: _Try, note: Callable[[Attempt], Attempt]) -> Attempt:
        request = journey.first
        while True:
            attempt, following = journey.answered(request, await self._exchange(request, this))
            attempt = note(attempt)
            if following is None:
                return attempt
            request = following

    async def _exchange(self, request: OutgoingRequest, this: _Try) -> Attempt:
        """Send one request and read what is answered, as far as it goes."""
        found: dict[str, Any] = {}
        at, began = self._clock(), time.perf_counter()
        secure = request.url.startswith("https:")
        try:
            async with self._open(request, this) as response:
                found["status"] = response.status
                found["headers"] = _decoded(response.raw_headers)
                found["body"] = body = await _read(response.content)
            if len(body) > MAX_BODY and response.ok:
                found |= {"code": debugger.BODY_TOO_LARGE, "error": f"the answer has more than {MAX_BODY} bytes"}
        except (aiohttp.ClientError, OSError, ValueError) as error:
            cause = error.cause if isinstance(error, _BrokenError) else error
            found["code"], found["error"] = diagnose(cause, this.overrides, secure=secure, first=this.number == 1)
        return Attempt(
            at=at,
            url=request.url,
            method=request.method,
            request_headers=_masked(request.headers),
            request_body=request.body,
            latency=time.perf_counter() - began,
            fallback=this.fallback,
            number=this.number,
            **found,
        )

    def _open(self, request: OutgoingRequest, this: _Try) -> Any:
        timeout = aiohttp.ClientTimeout(
            total=max(this.deadline - time.monotonic(), 0.001),  # zero would mean for ever
            sock_connect=this.overrides.connect_timeout,
            sock_read=this.overrides.read_timeout,
        )
        secure = request.url.startswith("https:")
        return self._connected().request(
            request.method,
            URL(request.url, encoded=True),
            headers=request.headers,
            data=request.body if request.method == "POST" else None,
            allow_redirects=False,
            timeout=timeout,
            ssl=self._context(verify_sni=this.overrides.verify_sni) if secure else True,
        )

    def _connected(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConnectionAbortedError("the courier was closed on the way")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, force_close=True, use_dns_cache=False),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_AUTOMATIC,
                auto_decompress=False,
                middlewares=(_once,),
            )
        return self._session

    def _context(self, *, verify_sni: bool) -> ssl.SSLContext:
        if verify_sni not in self._contexts:
            context = self._trust()
            context.check_hostname = verify_sni
            self._contexts[verify_sni] = context
        return self._contexts[verify_sni]

    def _uncalled(self, destination: _Destination, why: str) -> Attempt:
        return Attempt(
            at=self._clock(),
            url=_without_secrets(destination.url),
            method=destination.method,
            request_headers=(),
            request_body=b"",
            error=why,
            code=debugger.INVALID_URL,
            fallback=destination.fallback,
        )


def _kind(attempt: Attempt) -> Failure | None:
    """What kind of failure an attempt was, in the words of the overrides."""
    if attempt.code in _NO_CONNECTION:
        return "ct"
    if attempt.code in _NO_ANSWER:
        return "rt"
    if attempt.code != debugger.ERROR_RESPONSE or attempt.status is None:
        return None
    return "4xx" if attempt.status < 500 else "5xx"


async def _read(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) <= MAX_BODY and (chunk := await content.read(MAX_BODY + 1 - len(body))):
        body += chunk
    return bytes(body)


def _decoded(headers: tuple[tuple[bytes, bytes], ...]) -> Pairs:
    return tuple((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in headers)


def _masked(headers: Pairs) -> Pairs:
    return tuple((name, value.partition(" ")[0] + " ***" if name == "Authorization" else value) for name, value in headers)


def _without_secrets(url: str) -> str:
    bare = url.partition("#")[0]
    with suppress(ValueError):
        return outgoing.address(bare).url
    scheme, separator, rest = bare.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
