"""Many messages in memory: N workers pull rows from one iterator, and each row's result comes out as it ends."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import difflib
import inspect
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Container,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import msgspec

from twilio_async.errors import InvalidArgument, Outcome, TwilioError
from twilio_async.limits import RateLimit

if TYPE_CHECKING:
    from twilio_async.resources.messages import Message

Row: TypeAlias = Mapping[str, Any]
Task: TypeAlias = "asyncio.Task[Any] | None"
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
        leftover: results of rows that were in flight when the loop was left; complete after `aclose`.
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
        on_wire: Container[Task] | None = None,
    ) -> None:
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise InvalidArgument(f"concurrency={concurrency!r}: at least 1", argument="concurrency", operation=_NAME)
        if isinstance(rows, (str, bytes, Mapping)) or not (hasattr(rows, "__aiter__") or hasattr(rows, "__iter__")):
            raise InvalidArgument("rows: expected an iterable of mappings", argument="rows", operation=_NAME)
        if not isinstance(stop_on, Iterable) or not all(map(_is_reason, stop_on)):
            raise InvalidArgument(
                "stop_on: expected Twilio's codes and TwilioError classes", argument="stop_on", operation=_NAME
            )
        self._create = create
        self._fields = fields
        self._required = [
            name for name, argument in inspect.signature(create).parameters.items()
            if argument.default is argument.empty and argument.kind is argument.KEYWORD_ONLY
        ]  # fmt: skip
        self._cost = cost
        self._source = _Source(rows)
        self._concurrency = concurrency
        self._rate = rate if rate is None or isinstance(rate, RateLimit) else _limit("rate", rate)
        self._per_sender = _SenderRates(per_sender_rate)
        self._codes = frozenset(reason for reason in stop_on if isinstance(reason, int))
        self._classes = tuple(reason for reason in stop_on if not isinstance(reason, int))
        self._room = asyncio.Semaphore(2 * concurrency)  # for rows that were taken and whose results were not
        self._results: asyncio.Queue[SendResult | None] = asyncio.Queue()
        self._on_wire = on_wire
        self._waiting: set[Task] = set()
        self._stopped: set[Task] = set()
        self._stopping = False
        self._left = False
        self._started = False
        self._workers: list[asyncio.Task[None]] = []
        self._finished: asyncio.Task[None] | None = None
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
        self._workers = [asyncio.ensure_future(self._work()) for _ in range(self._concurrency)]
        self._finished = asyncio.ensure_future(self._all_done())
        try:
            while (result := await self._results.get()) is not None:
                self._room.release()
                yield result
            await self._finished  # what the source of the rows raised, is raised here
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Begin no further row, and wait for those in flight; `leftover` then holds what became of them. Safe to repeat.

        Leaving the loop does the same, but only when the interpreter lets go of the loop's iterator: await this before looking
        at `leftover`. Cancelled while it waits, it cuts the rows in flight short, and their outcome is unknown.
        """
        self._started = True
        self._stop()
        if self._finished is not None:
            await self._drain(self._finished)

    # --- the workers -----------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while not self._stopping:
            with self._interruptible():
                await self._room.acquire()
                taken = await self._source.next()
            if taken is None:
                return
            result = await self._sent(*taken)
            self.counts[result.outcome] += 1
            if self._stops(result.error):
                self.stopped_by = self.stopped_by or result
                self._stop()
            if self._left:
                self.leftover.append(result)
            else:
                self._results.put_nowait(result)

    async def _sent(self, index: int, row: Row) -> SendResult:
        outcome: Outcome = "not_sent"
        try:
            self._check(row)
            with self._interruptible():
                await self._turn(row)
            outcome = "unknown"
            with contextlib.nullcontext() if self._on_wire is None else self._interruptible():
                message = await self._create(**row)
        except TwilioError as caught:
            error = caught
        except asyncio.CancelledError:
            outcome = "not_sent" if asyncio.current_task() in self._stopped else outcome
            self._stop()  # it was, or the program ends: nothing more is to begin
            error = TwilioError(_CUT_SHORT[outcome], operation=_NAME, outcome=outcome)
        except Exception as caught:  # noqa: BLE001 - a bug anywhere behind create() is not to lose the row
            error = TwilioError(f"failed with {type(caught).__name__}", operation=_NAME, outcome=outcome)
            error.__cause__ = caught
        else:
            return SendResult(index=index, row=row, outcome="accepted", message=message)
        return SendResult(index=index, row=row, outcome=error.outcome, error=error)

    def _check(self, row: Row) -> None:
        """A misspelt column, or one that lacks, is to be named before it costs a turn."""
        if not isinstance(row, Mapping):
            raise InvalidArgument(f"row: expected a mapping, got {type(row).__name__}", argument="row", operation=_NAME)
        for field in row:
            if field not in self._fields:
                close = difflib.get_close_matches(str(field), self._fields, 1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise InvalidArgument(f"{field}: no such argument of create(){hint}", argument=str(field), operation=_NAME)
        for field in self._required:
            if row.get(field) is None:
                raise InvalidArgument(f"{field}: missing", argument=field, operation=_NAME)

    async def _turn(self, row: Row) -> None:
        if self._stopping:
            raise TwilioError(_CUT_SHORT["not_sent"], operation=_NAME)
        sender = self._per_sender.limit(row)
        if self._rate is None and sender is None:
            return
        cost = self._cost(row)
        if sender is not None:
            await sender.acquire(cost)
        if self._rate is not None:
            await self._rate.acquire(cost)

    async def _all_done(self) -> None:
        """Mark the end of the results, and raise what a worker raised: only the source of the rows can make it."""
        await asyncio.wait(self._workers)
        self._results.put_nowait(None)
        for worker in self._workers:
            if not (worker.cancelled() and self._stopping):
                worker.result()

    # --- stopping --------------------------------------------------------------------------------------------------------

    def _stops(self, error: TwilioError | None) -> bool:
        return isinstance(error, self._classes) or (getattr(error, "code", None) in self._codes)

    @contextlib.contextmanager
    def _interruptible(self) -> Generator[None, None, None]:
        """Mark what stopping may end at once: waiting, and a call while it is not on the wire."""
        task = asyncio.current_task()
        self._waiting.add(task)
        try:
            yield
        finally:
            self._waiting.discard(task)

    def _stop(self) -> None:
        self._stopping = True
        for task in self._waiting - {asyncio.current_task()}:
            if task is not None and task not in (self._on_wire or ()):
                self._waiting.discard(task)  # once is enough: it may be cleaning up
                self._stopped.add(task)
                task.cancel()

    async def _drain(self, finished: asyncio.Task[None]) -> None:
        """Let the rows in flight end and keep what becomes of them: an answer thrown away is a text sent again later."""
        self._left = True
        while not self._results.empty():
            if (result := self._results.get_nowait()) is not None:
                self.leftover.append(result)
        self._results.put_nowait(None)  # whoever still iterates is to come to an end
        try:
            await _ended(finished)
        except asyncio.CancelledError:
            for worker in self._workers:
                worker.cancel()
            await _ended(finished)
            raise


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for *task* in a cancelled scope, too, and look at its error, which mattered in the loop only."""
    with anyio.CancelScope(shield=True):
        await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def _is_reason(reason: object) -> bool:
    if isinstance(reason, type):
        return issubclass(reason, TwilioError)
    return isinstance(reason, int) and not isinstance(reason, bool)


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
_CUT_SHORT: dict[Outcome, str] = {"not_sent": "stopped before its turn", "unknown": "cancelled before its answer came"}
