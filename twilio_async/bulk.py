"""Many messages in memory: N workers pull rows from one iterator, and each row's result comes out as it ends."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import difflib
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import anyio
import msgspec

from twilio_async.errors import InvalidArgument, Outcome, TwilioError
from twilio_async.limits import RateLimit

if TYPE_CHECKING:
    from twilio_async.resources.messages import Message

Row: TypeAlias = Mapping[str, Any]
StopReason: TypeAlias = int | type[TwilioError]


class SendResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row."""

    index: int
    """The row's place in the input, from 0."""
    row: Row
    outcome: Outcome
    message: Message | None = None
    """What Twilio made of it, when it was accepted."""
    error: TwilioError | None = None
    """Why it was not, or why that is unknown."""

    def __repr__(self) -> str:
        """Without the row, which holds a number and a text."""
        return f"<SendResult {self.index} {self.outcome} {self.message or type(self.error).__name__}>"


class SendMany:
    """A bulk send, which begins when it is iterated; see `Messages.send_many`.

    Attributes:
        counts: results so far by outcome, those in `leftover` included.
        leftover: results of rows that were in flight when the loop was left.
        stopped_by: the result that stopped the sending through *stop_on*, if one did.
    """

    def __init__(
        self,
        create: Callable[..., Awaitable[Message]],
        rows: Iterable[Row] | AsyncIterable[Row],
        *,
        concurrency: int,
        rate: float | RateLimit | None,
        per_sender_rate: float | Mapping[str, float] | None,
        stop_on: Collection[StopReason],
        cost: Callable[[Row], float],
        fields: Collection[str],
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InvalidArgument(f"concurrency={concurrency!r}: at least 1", argument="concurrency", operation=_NAME)
        if isinstance(rows, (str, bytes, Mapping)) or not (hasattr(rows, "__aiter__") or hasattr(rows, "__iter__")):
            raise InvalidArgument("rows: expected an iterable of mappings", argument="rows", operation=_NAME)
        self._create = create
        self._fields = fields
        self._cost = cost
        self._source = _Source(rows)
        self._concurrency = concurrency
        self._rate = rate if rate is None or isinstance(rate, RateLimit) else _limit("rate", rate)
        self._per_sender = _SenderRates(per_sender_rate)
        self._codes = frozenset(reason for reason in stop_on if isinstance(reason, int))
        self._classes = tuple(reason for reason in stop_on if not isinstance(reason, int))
        self._results: asyncio.Queue[SendResult | None] = asyncio.Queue(concurrency)
        self._waiting: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._started = False
        self.counts: collections.Counter[Outcome] = collections.Counter()
        self.leftover: list[SendResult] = []
        self.stopped_by: SendResult | None = None

    def __repr__(self) -> str:
        counts = " ".join(f"{outcome}={count}" for outcome, count in sorted(self.counts.items()))
        return f"<SendMany {counts or 'nothing sent yet'}>"

    async def __aiter__(self) -> AsyncGenerator[SendResult, None]:
        """Send, and give each result as it comes.

        Raises:
            RuntimeError: it is iterated a second time, which would send everything again.
        """
        if self._started:
            raise RuntimeError("a bulk send runs once; call send_many() again for other rows")
        self._started = True
        workers = [asyncio.ensure_future(self._work()) for _ in range(self._concurrency)]
        finished = asyncio.ensure_future(self._all_done(workers))
        try:
            while (result := await self._results.get()) is not None:
                yield result
            await finished  # what the source of the rows raised, is raised here
        finally:
            self._stop()
            await self._drain(workers, finished)

    # --- the workers -----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._stopping:
            with self._interruptible():
                taken = await self._source.next()
            if taken is None:
                return
            result = await self._sent(*taken)
            self.counts[result.outcome] += 1
            if self._stops(result.error):
                self.stopped_by = self.stopped_by or result
                self._stop()
            await self._results.put(result)

    async def _sent(self, index: int, row: Row) -> SendResult:
        try:
            self._check(row)
            with self._interruptible():
                await self._turn(row)
            message = await self._create(**row)
        except TwilioError as error:
            return SendResult(index=index, row=row, outcome=error.outcome, error=error)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            return SendResult(
                index=index, row=row, outcome="not_sent", error=TwilioError("stopped before its turn", operation=_NAME)
            )
        return SendResult(index=index, row=row, outcome="accepted", message=message)

    def _check(self, row: Row) -> None:
        """A misspelt column is to be named before it costs a turn."""
        if not isinstance(row, Mapping):
            raise InvalidArgument(f"row: expected a mapping, got {type(row).__name__}", argument="row", operation=_NAME)
        for field in row:
            if field not in self._fields:
                close = difflib.get_close_matches(str(field), self._fields, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise InvalidArgument(f"{field}: no such argument of create(){hint}", argument=str(field), operation=_NAME)

    async def _turn(self, row: Row) -> None:
        sender = self._per_sender.limit(row)
        if self._rate is None and sender is None:
            return
        cost = self._cost(row)
        if sender is not None:
            await sender.acquire(cost)
        if self._rate is not None:
            await self._rate.acquire(cost)

    async def _all_done(self, workers: list[asyncio.Task[None]]) -> None:
        """Mark the end of the results, and raise what a worker raised: only the source of the rows can make it."""
        await asyncio.wait(workers)
        await self._results.put(None)
        for worker in workers:
            if not worker.cancelled() and (error := worker.exception()) is not None:
                raise error

    # --- stopping --------------------------------------------------------------------------------------------------------

    def _stops(self, error: TwilioError | None) -> bool:
        return isinstance(error, self._classes) or (getattr(error, "code", None) in self._codes)

    @contextlib.contextmanager
    def _interruptible(self) -> Generator[None, None, None]:
        """Mark a wait before anything is sent: stopping ends it at once."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._waiting.add(task)
        try:
            yield
        finally:
            self._waiting.discard(task)

    def _stop(self) -> None:
        self._stopping = True
        for task in [*self._waiting]:
            if task is not asyncio.current_task():
                task.cancel()

    async def _drain(self, workers: list[asyncio.Task[None]], finished: asyncio.Task[None]) -> None:
        """Let the rows in flight end and keep what becomes of them: an answer thrown away is a text sent again later.

        It is shielded from the cancellation that may have ended the loop; a second one ends it, and then the rows still in
        flight have an unknown outcome.
        """
        try:
            with anyio.CancelScope(shield=True):
                while not finished.done() or not self._results.empty():
                    getting = asyncio.ensure_future(self._results.get())
                    await asyncio.wait([getting, finished], return_when=asyncio.FIRST_COMPLETED)
                    if not getting.done():
                        getting.cancel()
                    elif (result := getting.result()) is not None:
                        self.leftover.append(result)
        finally:
            for task in (*workers, finished):
                task.cancel()
            if finished.done() and not finished.cancelled():
                finished.exception()  # looked at: it was raised in the loop, or the loop was left before it mattered


class _Source:
    """Rows from either kind of iterable, numbered, one at a time."""

    def __init__(self, rows: Iterable[Row] | AsyncIterable[Row]) -> None:
        self._rows: Iterator[Row] | AsyncIterator[Row] = aiter(rows) if isinstance(rows, AsyncIterable) else iter(rows)
        self._turn = asyncio.Lock()
        self._taken = 0
        self._ended = False

    async def next(self) -> tuple[int, Row] | None:
        """The next row and its number; ``None`` at the end, and after an error that the iterable raised to somebody else."""
        async with self._turn:
            if self._ended:
                return None
            try:
                row = await anext(self._rows) if isinstance(self._rows, AsyncIterator) else next(self._rows)
            except (StopIteration, StopAsyncIteration):
                self._ended = True
                return None
            except BaseException:
                self._ended = True
                raise
            self._taken += 1
            return self._taken - 1, row


class _SenderRates:
    """A limit for each sender that has one, made when it first appears."""

    def __init__(self, rates: float | Mapping[str, float] | None) -> None:
        self._rates = (
            {sender: _limit("per_sender_rate", rate) for sender, rate in rates.items()} if isinstance(rates, Mapping) else {}
        )
        self._default = None if rates is None or isinstance(rates, Mapping) else rates
        if self._default is not None:
            _limit("per_sender_rate", self._default)

    def limit(self, row: Row) -> RateLimit | None:
        """The limit of the row's sender."""
        sender = str(row.get("from_") or row.get("messaging_service_sid"))
        if sender not in self._rates and self._default is not None:
            self._rates[sender] = RateLimit(self._default)
        return self._rates.get(sender)


def _limit(argument: str, rate: float) -> RateLimit:
    try:
        return RateLimit(rate)
    except (ValueError, TypeError) as error:
        raise InvalidArgument(f"{argument}: {error}", argument=argument, operation=_NAME) from None


_NAME = "messages.send_many"
