"""The journey of one request: noted, admitted, perhaps struck by a fault, done, and answered when its time has come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

import anyio
from aiohttp import web

from twilio_async.emulator.api import sabotage
from twilio_async.emulator.api.calls import Answer
from twilio_async.emulator.api.dispatch import Dispatcher
from twilio_async.emulator.api.faults import Fault, Faults
from twilio_async.emulator.api.rendering import Circumstances, Rendered, error_answer, render
from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.api.routing import product_at
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.state import State
from twilio_async.emulator.events import Events

Write: TypeAlias = Callable[[Answer], Rendered]

NOTHING = Answer(content={})
"""What is left to be spoiled of the answer to a request that is not processed."""


class Gateway:
    """Answers requests.

    Args:
        state: what the operations read and change.
        faults: what goes wrong.
        events: is told of the requests.
        concurrency_limit: requests in flight, beyond which others are refused with 429. `None` for no limit.
        latency: seconds until an answer; what is asked for is done at once.
        strict: refuse parameters that the operation does not know.
        max_requests: how many are remembered; the oldest go first. `None` for all.

    Attributes:
        requests: what came in, the oldest first.
        in_flight: how many requests are being worked on.
        in_flight_peak: the most there have been.
        rejected: how many were refused because there were too many.
    """

    def __init__(
        self,
        state: State,
        faults: Faults,
        events: Events,
        *,
        concurrency_limit: int | None,
        latency: float,
        strict: bool,
        max_requests: int | None,
    ) -> None:
        self._state = state
        self._faults = faults
        self._events = events
        self._dispatcher = Dispatcher(state, strict=strict)
        self._limit = concurrency_limit
        self._latency = latency
        self._closing = asyncio.Event()
        self.requests: deque[ReceivedRequest] = deque(maxlen=max_requests)
        self.in_flight: int = 0
        self.in_flight_peak: int = 0
        self.rejected: int = 0

    def open(self) -> None:
        """Make ready, in the loop that requests will come in."""
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let no answer wait any longer."""
        self._closing.set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        try:
            if self._limit is not None and self.in_flight >= self._limit:
                return await self._reject(request)
            self.in_flight += 1
            self.in_flight_peak = max(self.in_flight_peak, self.in_flight)
            try:
                return await self._serve(request)
            finally:
                self.in_flight -= 1
        except ConnectionError:  # the caller went away before he had said everything
            return sabotage.hang_up(request)

    async def _reject(self, request: web.BaseRequest) -> web.StreamResponse:
        write = self._writer(request, self._state.unique())
        received = await self._receive(request)
        self.rejected += 1
        response = _send(received, write(error_answer(errors.TOO_MANY_REQUESTS.error(), received.path)))
        self._events.tell("request", received)
        return response

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        unique = self._state.unique()
        write = self._writer(request, unique)
        received = await self._receive(request)
        try:
            return await self._answer(request, received, unique, write)
        finally:
            self._events.tell("request", received)

    async def _answer(
        self, request: web.BaseRequest, received: ReceivedRequest, unique: str, write: Write
    ) -> web.StreamResponse:
        strike = self._faults.strike(received)
        processed = strike.spoiler is None or strike.spoiler.processed
        answer = self._process(received, unique) if processed and strike.in_time else NOTHING
        await self._wait(self._latency + strike.delay)
        if processed and not strike.in_time:
            answer = self._process(received, unique)
        if strike.spoiler is None:
            return _send(received, write(answer))
        return await _spoil(request, received, strike.spoiler, answer, write)

    def _process(self, received: ReceivedRequest, unique: str) -> Answer:
        answer = self._dispatcher.answer(received, unique)
        received.processed = answer.status < HTTPStatus.BAD_REQUEST
        return answer

    async def _receive(self, request: web.BaseRequest) -> ReceivedRequest:
        received = ReceivedRequest(request.method, request.raw_path, request.headers, await request.read())
        with self._state.lock:
            self.requests.append(received)
        return received

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with anyio.move_on_after(seconds):
                await self._closing.wait()

    def _writer(self, request: web.BaseRequest, unique: str) -> Write:
        began, concurrent = time.perf_counter(), self.in_flight

        def write(answer: Answer) -> Rendered:
            circumstances = Circumstances(
                unique=unique,
                product=product_at(request.raw_path),
                concurrent=concurrent,
                duration=time.perf_counter() - began,
                now=self._state.clock(),
            )
            return render(answer, request.raw_path, circumstances)

        return write


async def _spoil(
    request: web.BaseRequest, received: ReceivedRequest, fault: Fault, answer: Answer, write: Write
) -> web.StreamResponse:
    match fault.kind:
        case "reset":
            return sabotage.reset(request.transport)
        case "accept_then_drop":
            return sabotage.hang_up(request)
        case "truncated":
            rendered = write(answer)
            received.status = rendered.status if rendered.body else None
            return await sabotage.cut_off(request, rendered)
        case "html":
            return _send(received, sabotage.proxy_page(fault))
        case "malformed":
            return _send(received, sabotage.malformed(write(answer), fault))
        case "gzip_bomb":
            return _send(received, sabotage.exploding(write(answer), fault))
        case _:
            return _send(received, write(sabotage.error_of(fault, received.path)))


def _send(received: ReceivedRequest, answer: Rendered) -> web.Response:
    received.status, received.code = answer.status, answer.code
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
