"""Carries webhooks to applications: those of one message one after another, those of different messages side by side."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from threading import RLock
from typing import TypeAlias

from twilio_async.emulator.applications.courier import Courier
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.applications.errands import Attempt
from twilio_async.emulator.applications.webhook_faults import WebhookFaults
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain.credentials import Key
from twilio_async.emulator.events import Events

AT_ONCE = 100
"""Webhooks under way at the same time."""

Judge: TypeAlias = Callable[[Attempt], int | None]


@dataclass(slots=True, kw_only=True)
class Parcel:
    """A delivery, and what only the post office needs to know of it.

    Attributes:
        delivery: what is carried.
        key: signs it.
        last: whether nothing more will follow about the same message.
        judge: says what is wrong with an answer; a code makes the attempt a failure.
        done: is awaited when it is delivered, or failed for good, or dropped.
    """

    delivery: Delivery
    key: Key
    last: bool = False
    judge: Judge | None = None
    done: Callable[[Delivery], Awaitable[None]] | None = None

    @property
    def lane(self) -> str:
        """Parcels of one lane are carried one after another."""
        return self.delivery.message_sid or self.delivery.errand.token


class PostOffice:
    """Takes webhooks from any thread, and carries them in the loop that it was opened in.

    Args:
        clock: what time it is.
        lock: held by whoever posts.
        faults: what goes wrong on the way.
        events: is told what becomes of deliveries.
        max_deliveries: how many are remembered; the oldest go first. `None` for all.
        trust: makes what the certificates of applications are judged by. Default: the system's authorities.

    Attributes:
        deliveries: what was posted, the oldest first.
        alerts: what Twilio's debugger would show, the oldest first.
    """

    def __init__(
        self,
        clock: Clock,
        lock: RLock,
        faults: WebhookFaults,
        events: Events,
        *,
        max_deliveries: int | None = None,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=max_deliveries)
        self.alerts: deque[Alert] = deque(maxlen=max_deliveries)
        self._clock = clock
        self._lock = lock
        self._faults = faults
        self._events = events
        self._lanes: dict[str, deque[Parcel]] = {}
        self._held: dict[str, list[Parcel]] = {}
        self._put_off: list[tuple[float, int, Parcel]] = []
        self._serials = count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trust = trust
        self._courier = Courier(clock, trust=trust)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._carriers: set[asyncio.Task[None]] = set()

    @property
    def due(self) -> float | None:
        """When the next delivery that was put off is due, in seconds since 1970."""
        return self._put_off[0][0] if self._put_off else None

    def open(self) -> None:
        """Begin to carry, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._courier = Courier(self._clock, trust=self._trust)
        self._places = asyncio.Semaphore(AT_ONCE)
        for lane in self._lanes:
            self._start(lane)

    async def close(self) -> None:
        """Carry nothing any more; what is under way is broken off."""
        self._loop = None
        for carrier in self._carriers:
            carrier.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)
        await self._courier.aclose()

    def post(self, parcel: Parcel) -> None:
        """Take a parcel, which the faults may strike. The caller holds the lock."""
        struck = self._faults.strike(parcel.delivery)
        self.deliveries.append(parcel.delivery)
        if "drop" in struck:
            parcel.delivery.state = "dropped"
            self._queue(parcel)  # those in front of it are told of first
        elif "delay" in struck:
            self._put_off_by(struck["delay"].seconds, parcel)
        elif "reorder" in struck and not parcel.last:
            self._held.setdefault(parcel.lane, []).append(parcel)
        else:
            self._queue(parcel)
            for late in self._held.pop(parcel.lane, ()):
                self._queue(late)
        if "duplicate" in struck:
            for _ in range(struck["duplicate"].copies):
                self._post_again(parcel)

    def settle(self, now: datetime) -> None:
        """Let go what was put off until *now*. The caller holds the lock."""
        while self._put_off and self._put_off[0][0] <= now.timestamp():
            self._queue(heappop(self._put_off)[2])

    def alert(self, code: int, detail: str, url: str, message_sid: str | None) -> None:
        """Note what Twilio's debugger would show."""
        alert = Alert(code=code, at=self._clock(), detail=detail, url=url, message_sid=message_sid)
        self.alerts.append(alert)
        self._events.tell("alert", alert)

    async def idle(self) -> None:
        """Wait until nothing is left to be carried now; what was held back to be reordered goes too."""
        while True:
            with self._lock:
                for parcels in [*self._held.values()]:
                    for parcel in parcels:
                        self._queue(parcel)
                self._held.clear()
                if not self._lanes or self._loop is None:
                    return
            await asyncio.sleep(0)  # a lane that was opened from another thread gets its carrier
            if self._carriers:
                await asyncio.wait(self._carriers)

    def _post_again(self, parcel: Parcel) -> None:
        original = parcel.delivery
        again = Delivery(
            kind=original.kind,
            account_sid=original.account_sid,
            message_sid=original.message_sid,
            errand=original.errand,
            created_at=original.created_at,
        )
        self.deliveries.append(again)
        self._queue(Parcel(delivery=again, key=parcel.key, judge=parcel.judge, done=parcel.done))

    def _put_off_by(self, seconds: float, parcel: Parcel) -> None:
        heappush(self._put_off, (self._clock().timestamp() + seconds, next(self._serials), parcel))

    def _queue(self, parcel: Parcel) -> None:
        if parcel.lane in self._lanes:
            self._lanes[parcel.lane].append(parcel)
            return
        self._lanes[parcel.lane] = deque([parcel])
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended this moment
                self._loop.call_soon_threadsafe(self._start, parcel.lane)

    def _start(self, lane: str) -> None:
        if self._loop is not None:
            carrier = self._loop.create_task(self._serve(lane), name=f"webhooks of {lane}")
            self._carriers.add(carrier)
            carrier.add_done_callback(self._carriers.discard)

    async def _serve(self, lane: str) -> None:
        try:
            while parcel := self._next(lane):
                async with self._places:
                    await self._carry(parcel)
        except BaseException:
            with self._lock:
                self._lanes.pop(lane, None)  # else whoever waits until all is carried would wait for ever
            raise

    def _next(self, lane: str) -> Parcel | None:
        """The next parcel of a lane; there is no lane any more when there is none."""
        with self._lock:
            if not self._lanes[lane]:
                del self._lanes[lane]
                return None
            return self._lanes[lane].popleft()

    async def _carry(self, parcel: Parcel) -> None:
        delivery = parcel.delivery
        try:
            if delivery.state != "dropped":
                await self._deliver(parcel)
        finally:
            if parcel.done is not None:
                await parcel.done(delivery)
        self._events.tell("delivery", delivery)

    async def _deliver(self, parcel: Parcel) -> None:
        delivery, attempts = parcel.delivery, parcel.delivery.attempts
        delivery.state = "under way"
        await self._courier.deliver(delivery.errand, parcel.key, judge=parcel.judge, on_attempt=attempts.append)
        delivery.state = "failed" if attempts[-1].code else "delivered"
        for attempt in attempts:
            if attempt.code:
                self.alert(attempt.code, attempt.error or "", attempt.url, delivery.message_sid)
