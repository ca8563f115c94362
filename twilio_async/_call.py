"""The journey of one call: wait for a turn, send, decode; or try again; or raise.

Policies decide, with numbers; this file is the only one that sleeps between tries.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import anyio

from twilio_async import _wire
from twilio_async._answer import Answer, Failure
from twilio_async._fence import fence
from twilio_async.errors import (
    AmbiguousOutcome,
    AuthenticationError,
    CertificateError,
    ConnectError,
    InvalidArgument,
    NotFound,
    Outcome,
    RateLimited,
    TimedOut,
    TransportError,
    TwilioError,
    UnreadableAnswer,
    error_class,
)
from twilio_async.events import Event, Hook, RequestEnded, RequestStarted, Retrying, Waited

if TYPE_CHECKING:
    from twilio_async._request import Request
    from twilio_async._transport import Transport
    from twilio_async.limits import Concurrency, RateLimit
    from twilio_async.retry import Retry, RetryBudget

T = TypeVar("T")

logger = logging.getLogger("twilio_async")

LARGEST_RESOURCE = 2 << 20
"""Bytes that the answer about one resource may have, decompressed."""
LARGEST_PAGE = 32 << 20
"""Bytes that a page may have: 1,000 messages of 1,600 characters, each written as an escape, with room to spare."""


class Response(Generic[T]):
    """An answer with what came around it; see `AsyncSession.response`.

    Attributes:
        data: what the operation returns.
        status: HTTP status.
        headers: the answer's headers; names in any case.
        request_id: Twilio's id of the request (``RQ…``).
        attempts: tries it took.
        elapsed: seconds from the first try to the answer.
    """

    __slots__ = ("attempts", "data", "elapsed", "headers", "request_id", "status")

    data: T
    status: int
    headers: Mapping[str, str]
    request_id: str | None
    attempts: int
    elapsed: float

    def __init__(self, data: T, answer: Answer, attempts: int, elapsed: float) -> None:
        self.data = data
        self.status = answer.status
        self.headers = answer.headers
        self.request_id = answer.request_id
        self.attempts = attempts
        self.elapsed = elapsed

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.request_id} of {type(self.data).__name__}>"


responses: ContextVar[list[Response[Any]] | None] = ContextVar("responses", default=None)
"""Where `AsyncSession.response` collects the answers of the call it makes. Other tasks have their own, so none can mix."""


@dataclass(slots=True)
class Caller:
    """What all the calls of a session share: the pool, the credentials, the limits and the policies."""

    open_transport: Callable[[], Transport]
    headers: Callable[[], Awaitable[dict[str, str]]]
    timeout: float
    rate: RateLimit | None
    concurrency: Concurrency
    retry: Retry
    budget: RetryBudget
    hooks: Sequence[Hook]
    forget: Callable[[str], None] | None = None
    """Is told of an ``Authorization`` that was refused, if another can be had instead."""
    clock: Callable[[], float] = time.monotonic
    on_wire: set[asyncio.Task[Any] | None] = field(default_factory=set[Any])
    """Tasks whose request may be with Twilio at this moment, so that it is not the time to cancel them."""

    async def call(
        self,
        request: Request,
        url: str,
        decode: Callable[[bytes], T],
        *,
        cost: float = 0.0,
        timeout: float | None = None,
        retry: Retry | None = None,
        largest: int = LARGEST_RESOURCE,
    ) -> T:
        """Make the call and return its decoded answer.

        Args:
            request: what to do.
            url: where; encoded, without the query that a GET's arguments make.
            decode: reads the body of a good answer.
            cost: what it takes of the session's rate.
            timeout: seconds for one try.
            retry: when to try again.
            largest: bytes that the answer may have.

        Raises:
            InvalidArgument: *timeout* is no time to wait.
            TwilioError: see `twilio_async.errors` for which and when.
        """
        policy, seconds = retry or self.retry, checked_timeout(self.timeout if timeout is None else timeout, request.name)
        if self.rate is not None and cost > 0 and fence.get() is None:
            await self.turn(request.name, "rate", self.rate.acquire(cost))
        began, attempt, lost, renewed = self.clock(), 0, False, False
        while True:
            attempt += 1
            try:
                tried, result = await self._try(request, url, decode, attempt, seconds, largest)
            except TwilioError as error:  # there was nothing to send it with
                error.outcome = "unknown" if lost else error.outcome  # this try was not sent, an earlier one may have been
                raise
            lost = lost or (isinstance(tried, Answer) and tried.sends > 1)
            if lost and request.method == "DELETE" and isinstance(result, NotFound):
                result = decode(b"")  # a try whose answer was lost had deleted it
            if not isinstance(result, TwilioError):
                self.budget.succeeded()
                collected = responses.get()
                if collected is not None and isinstance(tried, Answer):
                    collected.append(Response(result, tried, attempt, self.clock() - began))
                return result
            result.attempts = attempt
            lost = lost or result.outcome == "unknown"
            if lost and result.outcome == "not_sent":
                result.outcome = "unknown"  # the same
            delay: float | None
            if self.may_renew(result) and not renewed:
                renewed, delay = True, 0.0
            else:
                delay = policy.delay(attempt, result, self.clock() - began) if may_repeat(request, result) else None
                if delay is None or not self.budget.allows(result):
                    raise result
            self.tell(Retrying(operation=request.name, attempt=attempt, delay=delay, error=type(result).__name__))
            await anyio.sleep(delay)

    async def _try(
        self, request: Request, url: str, decode: Callable[[bytes], T], attempt: int, timeout: float, largest: int
    ) -> tuple[Answer | Failure, T | TwilioError]:
        until = fence.get()
        if until is None and not self.concurrency.try_acquire():
            await self.turn(request.name, "concurrency", self.concurrency.acquire())
        try:
            headers = {**await self.headers(), **request.headers}
            if self.hooks:
                started = RequestStarted(operation=request.name, method=request.method, path=request.path, attempt=attempt)
                self.tell(started)
            query, body, content_type = request.encoded()
            if content_type is not None:
                headers["Content-Type"] = content_type
            transport = self.open_transport()
            sent_at, began = dt.datetime.now(dt.UTC), self.clock()
            task = asyncio.current_task()
            self.on_wire.add(task)
            try:
                tried = await transport.send(
                    request.method, url + query, headers, body, timeout=timeout, largest=largest, fence=until
                )
            finally:
                self.on_wire.discard(task)
            result = judged(request, tried, decode, sent_at)
            self._learn(tried, result)
            self.give_up(headers, result)
        finally:
            if until is None:  # else the place is its holder's
                self.concurrency.release()
        if self.hooks or logger.isEnabledFor(logging.DEBUG):
            self._report(request, tried, result, attempt, self.clock() - began)
        return tried, result

    def _learn(self, tried: Answer | Failure, result: object) -> None:
        """Let the concurrency limit know how it went."""
        if isinstance(tried, Failure):
            return
        if isinstance(result, RateLimited):
            # What no call would wait for, the next ones are to hear themselves: a session must not stand still for an hour.
            pause = None if result.retry_after is None else min(result.retry_after, self.retry.max_retry_after)
            self.concurrency.throttled(pause, tried.concurrent_requests)
        else:
            self.concurrency.succeeded()

    def give_up(self, headers: Mapping[str, str], result: object) -> None:
        """Let the credentials know if the header that they made was refused."""
        if self.forget is not None and isinstance(result, AuthenticationError) and "Authorization" in headers:
            self.forget(headers["Authorization"])

    def may_renew(self, error: TwilioError) -> bool:
        """Whether another header may do: what was refused with 401 was not processed, whatever it was."""
        return self.forget is not None and isinstance(error, AuthenticationError)

    async def turn(self, operation: str, limit: Literal["rate", "concurrency"], waiting: Awaitable[object]) -> None:
        """Wait for a limit, and tell the hooks how long it took."""
        began = self.clock()
        await waiting
        if self.hooks:
            self.tell(Waited(operation=operation, limit=limit, seconds=self.clock() - began))

    def _report(self, request: Request, tried: Answer | Failure, result: object, attempt: int, elapsed: float) -> None:
        outcome: Outcome = result.outcome if isinstance(result, TwilioError) else "accepted"
        request_id = tried.request_id if isinstance(tried, Answer) else None
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s %s %s%s → %s, %s in %.3f s (try %d, %s)",
                request.name, request.method, request.path, _spoken(request), tried.status or "no answer", outcome, elapsed,
                attempt, request_id or "no request id",
            )  # fmt: skip
        self.tell(
            RequestEnded(
                operation=request.name, attempt=attempt, outcome=outcome, status=tried.status,
                code=getattr(result, "code", None), request_id=request_id, elapsed=elapsed,
                concurrent_requests=tried.concurrent_requests if isinstance(tried, Answer) else None,
            )
        )  # fmt: skip

    def tell(self, event: Event) -> None:
        """Hand an event to every hook."""
        for hook in self.hooks:
            try:
                hook(event)
            except Exception:
                # An answer must not be lost, nor a message counted as failed, because somebody's counter has a bug.
                logger.exception("hook %r failed", hook)


def checked_timeout(seconds: float, operation: str) -> float:
    """*seconds*, if it is a time to wait; to aiohttp, less than that is no limit at all."""
    if not 0 < seconds < math.inf:
        raise InvalidArgument("timeout: expected seconds, more than 0", argument="timeout", operation=operation)
    return seconds


def may_repeat(request: Request, error: TwilioError) -> bool:
    """Whether doing it again cannot do it twice: by outcome, not by status."""
    return error.outcome == "not_sent" or (error.outcome == "unknown" and request.repeatable)


def judged(request: Request, tried: Answer | Failure, decode: Callable[[bytes], T], sent_at: dt.datetime) -> T | TwilioError:
    """The decoded answer, or the error that it amounts to."""
    if isinstance(tried, Failure):
        return failed(request, tried, sent_at)
    if not 200 <= tried.status < 300:
        return refused(request, tried, sent_at)
    if tried.defect is not None:
        return _unreadable(request, tried, f"its body was {tried.defect}")
    try:
        return decode(tried.body)
    except (ValueError, TypeError, RecursionError) as error:
        return _unreadable(request, tried, f"its body cannot be read: {_wire.mask(str(error))}")


def failed(request: Request, failure: Failure, sent_at: dt.datetime) -> TwilioError:
    """The error for a try without an answer."""
    if failure.status is not None and 200 <= failure.status < 300:
        return _unreadable(request, Answer(failure.status, {}), failure.text)
    if failure.sent and not request.repeatable:
        return _ambiguous(request, failure.text, sent_at, status=failure.status)
    kind = {"connect": ConnectError, "certificate": CertificateError, "timeout": TimedOut, "lost": TransportError}[failure.kind]
    return kind(failure.text, operation=request.name, outcome="unknown" if failure.sent else "not_sent")


def refused(request: Request, answer: Answer, sent_at: dt.datetime) -> TwilioError:
    """The error for an answer that is no success."""
    status = answer.status
    if 300 <= status < 400:
        return _unreadable(request, answer, "redirects are never followed")
    said = _wire.read_error(status, b"" if answer.defect else answer.body)
    # 408 comes from proxies that gave up waiting; what Twilio did meanwhile they do not know. Below 200 nothing is final.
    lost = status >= 500 or status == 408 or status < 200
    if lost and not request.repeatable:
        return _ambiguous(
            request, f"HTTP {status}: {said.message}", sent_at, status=status, code=said.code, request_id=answer.request_id
        )
    not_processed = status == 429 and said.code == 20429
    return error_class(status, said.code)(
        said.message,
        operation=request.name,
        outcome="unknown" if lost else "not_sent" if not_processed else "rejected",
        status=status,
        code=said.code,
        more_info=said.more_info,
        details=said.details,
        request_id=answer.request_id,
        retry_after=_wire.retry_after(answer.headers, dt.datetime.now(dt.UTC)),
        headers={name.lower(): value for name, value in answer.headers.items()},
    )


def _unreadable(request: Request, answer: Answer, defect: str) -> UnreadableAnswer:
    """A 2xx says that a create was accepted, whatever became of its body; a read is made again for its body's sake."""
    outcome: Outcome = "rejected" if answer.status >= 300 else "unknown" if request.repeatable else "accepted"
    return UnreadableAnswer(
        f"HTTP {answer.status}, and {defect}", operation=request.name, outcome=outcome,
        status=answer.status, request_id=answer.request_id,
    )  # fmt: skip


def _ambiguous(
    request: Request,
    text: str,
    sent_at: dt.datetime,
    *,
    status: int | None = None,
    code: int | None = None,
    request_id: str | None = None,
) -> AmbiguousOutcome:
    return AmbiguousOutcome(
        f"{text}; it may have happened, so it is not repeated", operation=request.name, attempts=1,
        parameters=request.parameters, sent_at=sent_at, lost_at=dt.datetime.now(dt.UTC),
        status=status, code=code, request_id=request_id,
    )  # fmt: skip


_SPOKEN = frozenset({"To", "From", "MessagingServiceSid", "PageSize"})


def _spoken(request: Request) -> str:
    """The parameters that a log may show; bodies, names and URLs stay out of it."""
    return "".join(f" {name}={_wire.mask(value)}" for name, value in request.pairs if name in _SPOKEN)
