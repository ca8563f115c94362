"""A file as a stream: the redirect to the host that stores it is followed without the credentials."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import anyio

from twilio_async._answer import Answer, Failure, Interrupted
from twilio_async._call import Caller, checked_timeout, failed, may_repeat, refused
from twilio_async.errors import TwilioError, UnreadableAnswer

if TYPE_CHECKING:
    from types import TracebackType

    from twilio_async._request import Request

_HOPS = 4
_ERROR_BYTES = 64 << 10
LARGEST_FILE = 64 << 20
"""Bytes that a file may have; a media item has 5 MB at most, and a day's deactivated numbers take some."""


class Download:
    """The content of a file, while its ``async with`` block is open; see `Media.download` and `Deactivations.fetch`."""

    def __init__(self, caller: Caller, request: Request, url: str, timeout: float) -> None:
        self._caller = caller
        self._request = request
        self._url = url
        self._timeout = checked_timeout(timeout, request.name)
        self._stack = contextlib.AsyncExitStack()
        self._chunks: AsyncIterator[bytes] | None = None
        self.content_type: str | None = None
        """MIME type without parameters, in lower case, as the storing host says; known once entered."""

    async def __aenter__(self) -> Self:
        """Find the content; retried as any read is.

        Raises:
            NotFound: there is no such file (20404).
            TwilioError: see `twilio_async.errors`.
        """
        began, attempt, renewed = self._caller.clock(), 0, False
        while True:
            attempt += 1
            error = await self._opened()
            if error is None:
                return self
            error.attempts = attempt
            if self._caller.may_renew(error) and not renewed:
                renewed = True
                continue
            again = may_repeat(self._request, error)
            delay = self._caller.retry.delay(attempt, error, self._caller.clock() - began) if again else None
            if delay is None or not self._caller.budget.allows(error):
                raise error
            await anyio.sleep(delay)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go of the connection, whether all was read or not."""
        self._chunks = None
        await self._stack.aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The content in chunks.

        Raises:
            UnreadableAnswer: it broke off, or is larger than 64 MiB.
            RuntimeError: outside the ``async with`` block.
        """
        if self._chunks is None:
            raise RuntimeError("a download is read inside its block: async with twilio.media.download(…) as stream")
        size = 0
        try:
            async for chunk in self._chunks:
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise self._unreadable(f"it is larger than {LARGEST_FILE:,} bytes")
                yield chunk
        except Interrupted as interrupted:
            reason = str(interrupted)
        else:
            return
        raise self._unreadable(f"it was {reason}")

    async def read(self) -> bytes:
        """All of the content, at most 64 MiB.

        Raises:
            UnreadableAnswer: it broke off, or is larger than that.
        """
        return b"".join([chunk async for chunk in self])

    async def lines(self) -> AsyncIterator[str]:
        """The content line by line, where it is text in UTF-8; without the ends of lines, and without empty ones.

        Raises:
            UnreadableAnswer: it broke off, or is larger than 64 MiB.
            RuntimeError: outside the ``async with`` block.
        """
        begun: list[bytes] = []
        async for chunk in self:
            *ends, rest = chunk.split(b"\n")
            for end in ends:
                line = b"".join([*begun, end]).strip()
                begun.clear()
                if line:
                    yield line.decode(errors="replace")
            begun.append(rest)
        if last := b"".join(begun).strip():
            yield last.decode(errors="replace")

    async def _opened(self) -> TwilioError | None:
        """Follow the redirects to the content; return the error if there is none."""
        request, url, sent_at = self._request, self._url, dt.datetime.now(dt.UTC)
        if not self._caller.concurrency.try_acquire():
            await self._caller.turn(request.name, "concurrency", self._caller.concurrency.acquire())
        try:
            headers = {**await self._caller.headers(), "Accept": "*/*"}
            transport = self._caller.open_transport()
            for _ in range(_HOPS):
                opened = await self._stack.enter_async_context(transport.stream(url, headers, timeout=self._timeout))
                if isinstance(opened, Failure):
                    return failed(request, opened, sent_at)
                answer, chunks = opened
                if answer.status == 200:
                    self._chunks = chunks
                    self.content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() or None
                    return None
                if not 300 <= answer.status < 400:
                    error = refused(request, await _with_body(answer, chunks), sent_at)
                    self._caller.give_up(headers, error)
                    return error
                await self._stack.aclose()
                place = self._next_place(url, answer.headers.get("Location", ""))
                if place is None:
                    return self._unreadable("its redirect leads nowhere that is safe")
                url = place
                headers.pop("Authorization", None)  # from here on it is another host's, and stays so
            return self._unreadable(f"it is more than {_HOPS - 1} redirects away")
        finally:
            self._caller.concurrency.release()
            if self._chunks is None:
                await self._stack.aclose()

    def _next_place(self, url: str, location: str) -> str | None:
        """Where a redirect leads; only by a public scheme, and none weaker than the one that we were configured with."""
        place = urljoin(url, location)
        parts = urlsplit(place)
        allowed = {"https", urlsplit(self._url).scheme}
        if not location or parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc:
            return None
        return place

    def _unreadable(self, reason: str) -> UnreadableAnswer:
        return UnreadableAnswer(f"the content cannot be had: {reason}", operation=self._request.name, outcome="rejected")


async def _with_body(answer: Answer, chunks: AsyncIterator[bytes]) -> Answer:
    """An error's words, as many as fit."""
    with contextlib.suppress(Interrupted):
        async for chunk in chunks:
            answer.body += chunk
            if len(answer.body) > _ERROR_BYTES:
                break
    return answer
