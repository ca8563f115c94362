"""The one loop that every worker runs: claim, wait for a turn, note the intent, send behind the fence, note what came of it.

It never decides whether a row may be sent: the ledger does, when it commits the intent.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import heapq
import itertools
import math
import os
import secrets
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import anyio
import msgspec

from twilio_async._fence import boot_clock, fenced
from twilio_async.errors import (
    CertificateError,
    ConfigError,
    QueueFull,
    RateLimited,
    ServerError,
    SessionClosed,
    TransportError,
    TwilioError,
)
from twilio_async.outbox.arrears import Arrears
from twilio_async.outbox.errors import OutboxFull, OutboxLocked
from twilio_async.outbox.ledger import (
    QUEUE_FULL_DELAY,
    REFUSES_ACCOUNT,
    Settlement,
    Verb,
    settlement,
    with_reference,
)
from twilio_async.outbox.plan import LEASE, Plan
from twilio_async.outbox.store import Row, Store
from twilio_async.retry import Retry

if TYPE_CHECKING:
    from twilio_async.resources.messages import Message
    from twilio_async.session import AsyncSession

BATCH: Final = 200
"""Rows in one claim at most: what a worker that dies holds up until its lease is over."""
AHEAD: Final = 5.0
"""Seconds of sending that are claimed ahead of their turn at most."""
LINE: Final = 0.05
"""Seconds of sending that have their turns booked."""
MOST_IN_LINE: Final = 64
SWEEP_EVERY: Final = 15.0
RECENT: Final = 200
"""Rows whose rejections are counted against *max_rejected*."""
ENOUGH: Final = 50
"""Rows before their share of rejections means something."""
LONGEST_BREAK: Final = 30.0
ROOM_AFTER: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds after which a ledger that had no room for an answer is asked again."""
LOST_TO_US: Final = Settlement(event="lose", reason="cancelled while it was on the wire")
NEVER_LEFT: Final = Settlement(event="put_back", reason="stopped before it was written")
ONCE: Final = Retry.never()
ASKED_TO: Final = "asked to"
PAST_DEADLINE: Final = "the deadline has passed"


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What a drain did."""

    events: dict[Verb, int]
    """Tries by what the ledger noted of them."""
    throttled: int
    """Answers that said "too many at once"; each was tried again."""
    stopped: str | None
    """Why it ended before everything was sent, if it did."""
    elapsed: float
    """Seconds."""


async def drain(store: Store, twilio: AsyncSession, plan: Plan, *, stop: asyncio.Event | None = None) -> Drained:
    """Send what is pending, until there is nothing left to send or a reason to stop.

    Args:
        store: the ledger.
        twilio: the account.
        plan: how.
        stop: set it to begin nothing more; what is on the wire is waited for.

    Raises:
        TwilioError: the ledger or the session cannot be used. What was in hand is settled as far as that is possible.
    """
    drain = Drain(store, twilio, plan)
    watch = None if stop is None else asyncio.ensure_future(_watch(stop, drain))
    try:
        return await drain.run()
    finally:
        if watch is not None:
            watch.cancel()


async def _watch(stop: asyncio.Event, drain: Drain) -> None:
    await stop.wait()
    drain.stop(ASKED_TO)


class Drain:
    """One drain, which `run` runs once; its counters may be looked at meanwhile.

    Attributes:
        events: tries so far by what the ledger noted of them.
        throttled: answers so far that said "too many at once".
    """

    def __init__(
        self,
        store: Store,
        twilio: AsyncSession,
        plan: Plan,
        *,
        arrears: Arrears | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.events: Counter[Verb] = Counter()
        self.throttled: int = 0
        self._held: set[tuple[int, int]] = set()
        """Rows, each with its epoch, that hold a place of the session's: one that was lost and claimed again holds two."""
        self._store = store
        self._twilio = twilio
        self._plan = plan
        self._arrears = Arrears() if arrears is None else arrears
        self._clock = clock
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._bucket = "all" if plan.campaign is None else f"campaign {plan.campaign}"
        self._buffer: list[tuple[float, int, Row]] = []
        """Rows in hand by when they are due, a heap."""
        self._line: deque[tuple[float, Row]] = deque()
        """The next of them, by when their turn is."""
        self._number = itertools.count()
        self._rests: dict[str, float] = {}
        """When to claim of a sender again; its next rows are in hand until then."""
        self._claiming: asyncio.Task[None] | None = None
        self._ask_at = -math.inf
        self._last_look = False
        self._swept_at = time.monotonic()
        self._flying: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._dispatcher: asyncio.Task[None] | None = None
        self._recent: deque[bool] = deque(maxlen=RECENT)
        self._breaks = 0
        self._break_until = -math.inf
        self._stopped: str | None = None
        self._stopping = False
        self._failure: BaseException | None = None

    @property
    def plan(self) -> Plan:
        """What it goes by."""
        return self._plan

    @property
    def in_flight(self) -> int:
        """Rows that may be with Twilio now."""
        return len(self._held)

    @property
    def concurrency(self) -> int:
        """Rows that may be with Twilio at once, at present."""
        current = self._twilio.concurrency.current
        return current if self._plan.concurrency is None else min(current, self._plan.concurrency)

    def stop(self, reason: str) -> None:
        """Begin nothing more; `run` returns when what is on the wire has its answer."""
        if self._stopping:
            return
        self._stopping = True
        self._stopped = reason
        if self._dispatcher is not None:
            self._dispatcher.cancel()

    async def run(self) -> Drained:
        """See `drain`. Cancelled, it begins nothing more and waits for the answers; cancelled again, it waits no longer."""
        began = time.monotonic()
        await self._arrears.pay(self._store)
        timer = self._set_deadline()
        self._dispatcher = asyncio.ensure_future(self._dispatch())
        if self._stopping:
            self._dispatcher.cancel()
        try:
            await self._see_out(self._dispatcher)
        finally:
            if timer is not None:
                timer.cancel()
        if self._failure is not None:
            raise self._failure
        if self._stopped == PAST_DEADLINE:
            await self._expire()
        return Drained(
            events=dict(self.events), throttled=self.throttled, stopped=self._stopped, elapsed=time.monotonic() - began
        )

    def _set_deadline(self) -> asyncio.TimerHandle | None:
        if self._plan.deadline is None:
            return None
        left = self._plan.deadline - self._clock()
        return asyncio.get_running_loop().call_later(max(left, 0.0), self.stop, PAST_DEADLINE)

    async def _expire(self) -> None:
        """Let what is left of what it might have sent be too late."""
        for campaign in await self._store.campaigns():
            if not campaign.paused and self._plan.campaign in {None, campaign.name}:
                await self._store.withdraw(campaign.name, "expired")

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self.stop("failed")

    # --- row after row ---------------------------------------------------------------------------------------------------

    async def _dispatch(self) -> None:
        while (found := await self._next()) is not None:
            due, row = found
            try:
                may_go = await self._turn(due, row)
            except BaseException:
                self._keep(row, 0.0)
                raise
            if not may_go:
                self._keep(row, 0.0)
                continue
            self._held.add((row.id, row.epoch))
            task = asyncio.create_task(self._carry(row))
            self._flying.add(task)
            task.add_done_callback(functools.partial(self._landed, row))

    async def _next(self) -> tuple[float, Row] | None:
        """The next row, and when its turn is; ``None`` when there will be none."""
        while True:
            self._wake.clear()
            now = time.monotonic()
            closed = self._closed_for()
            if closed > 0:
                await self._put_back_buffer()
                await self._rest(min(closed, 60.0))  # a clock that is set meanwhile is noticed
                continue
            if self._break_until > now:
                await self._rest(self._break_until - now)
                continue
            self._claim_ahead(now)
            if self._has_room():
                await self._line_up(now)
                if self._line:
                    return self._line.popleft()
            idle = not (self._buffer or self._line or self._flying or self._claiming)
            if idle and self._ask_at == math.inf:
                if self._last_look:
                    return None
                self._last_look, self._ask_at, self._swept_at = True, -math.inf, -math.inf
                continue
            due = self._buffer[0][0] if self._buffer and self._has_room() else math.inf
            ask = self._ask_at if self._claiming is None and self._wants_more() else math.inf
            await self._rest(min(due, ask) - now)

    def _has_room(self) -> bool:
        """Whether another row may be begun; those that wait for their settling count as half."""
        limit = self._twilio.concurrency.limit
        most = limit if self._plan.concurrency is None else min(limit, self._plan.concurrency)
        return len(self._held) < most and len(self._flying) < 2 * limit + BATCH

    async def _line_up(self, now: float) -> None:
        """Book turns for the next few rows: whoever books each only when the one before has gone, falls behind the rate."""
        rate = self._plan.rate
        most = 1 if rate is None else max(min(math.ceil(rate * LINE), MOST_IN_LINE), 1)
        while len(self._line) < most and self._buffer and self._buffer[0][0] <= now:
            row = heapq.heappop(self._buffer)[2]
            self._line.append((now if rate is None else now + await self._booked(row, rate), row))

    async def _booked(self, row: Row, rate: float) -> float:
        """Seconds until the row's turn by the rate of all."""
        try:
            return await self._store.reserve(self._bucket, rate=rate, burst=1.0, cost=max(row.segments, 1))
        except BaseException:
            self._keep(row, 0.0)
            raise

    async def _turn(self, due: float, row: Row) -> bool:
        """Wait for the row's turn, and for a place among the requests in flight; whether the window is open still."""
        wait = due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        if self._twilio.rate is not None:
            await self._twilio.rate.acquire(row.segments)
        if not self._twilio.concurrency.try_acquire():
            await self._twilio.concurrency.acquire()
        if self._closed_for() > 0:
            self._twilio.concurrency.release()
            return False
        return True

    async def _rest(self, seconds: float) -> None:
        """Wait, unless something happens before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == math.inf else max(seconds, 0.0)):
                await self._wake.wait()

    def _closed_for(self) -> float:
        return 0.0 if self._plan.window is None else self._plan.window.opens_in(self._clock())

    # --- claiming --------------------------------------------------------------------------------------------------------

    def _wants_more(self) -> bool:
        return len(self._buffer) <= self._batch() // 2

    def _batch(self) -> int:
        """As many as will have their turn soon."""
        soon = BATCH if self._plan.rate is None else math.ceil(self._plan.rate * AHEAD)
        return max(min(BATCH, soon, 4 * self._twilio.concurrency.current), 1)

    def _claim_ahead(self, now: float) -> None:
        if self._claiming is None and self._ask_at <= now and self._wants_more():
            self._claiming = asyncio.ensure_future(self._claim())

    async def _claim(self) -> None:
        try:
            await self._claim_batch()
        except Exception as error:  # noqa: BLE001 - raised by `run`, when all is settled
            self._fail(error)
        finally:
            self._claiming = None
            self._wake.set()

    async def _claim_batch(self) -> None:
        began = time.monotonic()
        if began - self._swept_at >= SWEEP_EVERY:
            self._swept_at = began
            await self._store.sweep()
        batch = self._batch()
        claimed = await self._store.claim(
            self._owner,
            campaign=self._plan.campaign,
            limit=batch,
            lease=LEASE + self._plan.patience(batch),
            quota=self._quota(self._plan.per_sender_rate) if isinstance(self._plan.per_sender_rate, (int, float)) else None,
            quotas=self._quotas(began),
        )
        now = time.monotonic()
        unkept = deque(claimed.rows)
        try:
            while unkept:
                self._keep(unkept[0], await self._sender_delay(unkept[0], now))
                unkept.popleft()
        except BaseException:
            self._arrears.owe(unkept)
            raise
        if claimed.rows:
            self._last_look = False
            self._ask_at = now
        elif claimed.next_in is None:
            self._ask_at = math.inf
        else:
            busy = min(self._rests.values(), default=0.0)
            self._ask_at = max(now + max(claimed.next_in, 0.05), busy if claimed.next_in == 0 else 0.0)

    def _quotas(self, now: float) -> dict[str, int]:
        """For each sender with a rate, as many rows as it may send in about a second; none while it has such."""
        self._rests = {sender: until for sender, until in self._rests.items() if until > now}
        rates = self._plan.per_sender_rate
        named = {sender: self._quota(rate) for sender, rate in rates.items()} if isinstance(rates, Mapping) else {}
        return named | dict.fromkeys(self._rests, 0)

    def _quota(self, rate: float) -> int:
        return max(int(rate), 1)

    async def _sender_delay(self, row: Row, now: float) -> float:
        rate = self._plan.sender_rate(row.sender)
        if rate is None:
            return 0.0
        burst = max(rate * self._plan.queue_lead, 1.0)
        cost = max(row.segments, 1)
        delay = await self._store.reserve(f"sender {row.sender}", rate=rate, burst=burst, cost=cost)
        if delay > 0:
            self._rests[row.sender] = max(self._rests.get(row.sender, 0.0), now + delay)
        return delay

    def _keep(self, row: Row, delay: float) -> None:
        heapq.heappush(self._buffer, (time.monotonic() + delay if delay else 0.0, next(self._number), row))

    async def _put_back_buffer(self) -> None:
        rows = [row for _, _, row in self._buffer] + [row for _, row in self._line]
        self._buffer.clear()
        self._line.clear()
        if rows:
            await self._give_back(rows)

    async def _give_back(self, rows: Sequence[Row]) -> None:
        try:
            await self._store.release(rows)
        except BaseException:
            self._arrears.owe(rows)
            raise

    # --- one row ---------------------------------------------------------------------------------------------------------

    async def _carry(self, row: Row) -> None:
        """Carry a row from its intent to its settlement, holding a place of the session's until its answer is there."""
        try:
            result = await self._tried(row)
        finally:
            self._let_go(row)
        if result is None:  # the ledger did not let it begin
            await self._give_back([row])
            self._ask_at = min(self._ask_at, time.monotonic() + 0.05)
            return
        noted = result if isinstance(result, Settlement) else settlement(result, row.attempt + 1)
        await self._settle(row, noted)
        if isinstance(result, TwilioError):
            await self._learn(row, result, noted)
        else:
            self._breaks = 0

    def _let_go(self, row: Row) -> bool:
        """Give the row's place back; whether it still had one."""
        if (row.id, row.epoch) not in self._held:
            return False
        self._held.discard((row.id, row.epoch))
        self._twilio.concurrency.release()
        self._wake.set()
        return True

    async def _tried(self, row: Row) -> Message | TwilioError | Settlement | None:
        """What came of a try; ``None`` if the ledger did not let it begin."""
        until = boot_clock() + self._plan.fence
        try:
            begun = await self._store.begin([row], lease=LEASE)
        except BaseException:
            self._arrears.owe([row], NEVER_LEFT)
            raise
        if row.id not in begun:
            return None
        try:
            with fenced(until):
                return await self._create(row)
        except asyncio.CancelledError:
            return LOST_TO_US
        except TwilioError as error:
            return error
        except Exception as error:  # noqa: BLE001 - a bug anywhere behind create() is not to lose the row
            return Settlement(event="lose", reason=f"failed with {type(error).__name__}")

    async def _create(self, row: Row) -> Message:
        given = row.arguments
        if "status_callback" in given:
            given["status_callback"] = with_reference(given["status_callback"], row.ref)
        return await self._twilio.messages.create(**given, timeout=self._plan.timeout, retry=ONCE)

    async def _settle(self, row: Row, noted: Settlement) -> None:
        """Note what a try came to; if that cannot be now, it is owed."""
        try:
            kept = await self._noted(row, noted)
        except BaseException:
            self._arrears.owe([row], noted)
            raise
        self._count(noted, kept=kept)

    async def _noted(self, row: Row, noted: Settlement) -> bool:
        """While the ledger has no room, wait for some: this is worth more than anything else."""
        for delay in ROOM_AFTER:
            try:
                return await self._store.settle(row, noted)
            except (OutboxFull, OutboxLocked) as error:
                self._fail(error)
                await asyncio.sleep(delay)
        return await self._store.settle(row, noted)

    def _count(self, noted: Settlement, *, kept: bool) -> None:
        if not kept:
            return
        self.events[noted.event] += 1
        if noted.event == "put_back":
            self._ask_at = min(self._ask_at, time.monotonic() + noted.delay)
            return
        self._recent.append(noted.event == "reject")
        share = self._plan.max_rejected
        if share is not None and len(self._recent) >= ENOUGH and sum(self._recent) > share * len(self._recent):
            self.stop(f"{sum(self._recent)} of the last {len(self._recent)} were rejected, the last with {noted.code}")

    async def _learn(self, row: Row, error: TwilioError, noted: Settlement) -> None:
        """Draw the consequences of an error for the rows to come."""
        if isinstance(error, RateLimited):
            self.throttled += 1
        elif isinstance(error, QueueFull):
            await self._store.rest(row.sender, QUEUE_FULL_DELAY)
        elif isinstance(error, (SessionClosed, ConfigError, CertificateError)):
            self._fail(error)
        elif isinstance(error, REFUSES_ACCOUNT) and noted.event == "put_back":
            self.stop(f"refused: {error}")
        elif isinstance(error, (TransportError, ServerError)) and error.outcome == "not_sent":
            self._take_a_break()
        if self._plan.stops(error):
            self.stop(f"stop_on: {error}")

    def _take_a_break(self) -> None:
        """Nobody could be reached: let everything rest, longer each time. Those that fail meanwhile count once."""
        now = time.monotonic()
        if now >= self._break_until:
            self._break_until = now + min(0.25 * 2.0**self._breaks, LONGEST_BREAK)
            self._breaks += 1

    def _landed(self, row: Row, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if self._let_go(row):  # cancelled before it could do anything
            self._keep(row, 0.0)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    # --- the end ---------------------------------------------------------------------------------------------------------

    async def _see_out(self, dispatcher: asyncio.Task[None]) -> None:
        """Wait for the end and leave the ledger in order: what was not begun is put back, what is on the wire waited for."""
        cancelled: list[asyncio.CancelledError] = []
        while True:
            try:
                with anyio.CancelScope(shield=bool(cancelled)):
                    await asyncio.wait([dispatcher])
                    self._stopping = True
                    await self._tidy()
                break
            except asyncio.CancelledError as error:
                cancelled.append(error)
                self.stop("cancelled")
                if len(cancelled) == 2:
                    for task in self._flying:
                        task.cancel()
                elif len(cancelled) > 2:
                    raise
        if cancelled:
            raise cancelled[0]
        if not dispatcher.cancelled():
            self._failure = self._failure or dispatcher.exception()

    async def _tidy(self) -> None:
        while self._claiming is not None or self._flying:
            await asyncio.wait([task for task in (self._claiming, *self._flying) if task is not None])
        try:
            await self._put_back_buffer()
            await self._arrears.pay(self._store)
        except Exception as error:  # noqa: BLE001 - it is owed still
            self._failure = self._failure or error
