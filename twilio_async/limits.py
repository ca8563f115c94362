"""How fast and how many at once: `RateLimit` spaces starts in time, `Concurrency` bounds what is in flight.

Both decide by arithmetic first and wait afterwards. They are built without an event loop and belong to none: the same
object serves one ``asyncio.run`` after another, as long as nobody is left waiting in between. Neither is thread-safe.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class RateLimit:
    """At most so much per second, spaced evenly: a reservation GCRA (the leaky bucket as a meter).

    In any window of time, the cost started is at most ``rate * window + max(burst, the largest single cost)``: at 100 a
    second the worst second holds 101. This is true of the booked times; an event loop that stalls starts late, and then
    together, what it had booked apart.

    Args:
        rate: cost per second, above 0. A message costs as many as it has segments.
        burst: cost that may start at once after a rest, at least 1. Default 1, which spaces every start.
        clock: seconds, never going back. Default `time.monotonic`.

    Raises:
        ValueError: *rate* or *burst* is out of its range or not finite.
    """

    __slots__ = ("_bookings", "_burst", "_clock", "_free_at", "_paused", "_rate", "_resume_at", "_waiting")

    def __init__(self, rate: float, *, burst: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        if not 0 < rate < math.inf:
            raise ValueError(f"rate={rate!r}: give a finite number per second, above 0; for no limit use no RateLimit")
        if not 1 <= burst < math.inf:
            raise ValueError(f"burst={burst!r}: give a finite number, at least 1; 1 spaces every start")
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._free_at = -math.inf  # when everything booked so far will have been paid for
        self._resume_at = -math.inf
        self._paused = 0.0  # seconds that pauses have put everything off, in all
        self._bookings = 0
        self._waiting = 0

    def __repr__(self) -> str:
        return f"<RateLimit {self._rate:g}/s burst={self._burst:g} waiting={self._waiting}>"

    @property
    def waiting(self) -> int:
        """How many calls of `acquire` wait for their time."""
        return self._waiting

    def reserve(self, cost: float = 1.0) -> float:
        """Book the next free time, which is never before one that is booked already. Waits for nothing itself.

        Args:
            cost: what starts then, 0 or more. Default 1. 0 books nothing and need not wait.

        Returns:
            Seconds from now until that time; 0.0 for at once. A later `pause` does not change it.

        Raises:
            ValueError: *cost* is negative or not finite.
        """
        if _checked("cost", cost) == 0:
            return 0.0
        now = self._clock()
        earliest = max(now, self._resume_at)
        ahead = max(self._burst - cost, 0.0) / self._rate
        start = max(earliest, self._free_at - ahead)
        self._free_at = max(earliest, self._free_at) + cost / self._rate
        self._bookings += 1
        return start - now

    async def acquire(self, cost: float = 1.0) -> None:
        """Wait for the next free time, first come, first served.

        Args:
            cost: what starts then, 0 or more. Default 1. 0 does not wait.

        Raises:
            ValueError: *cost* is negative or not finite.
        """
        paused = self._paused
        wait = self.reserve(cost)
        if wait == 0:
            return
        booking = self._bookings
        self._waiting += 1
        try:
            while wait > 0:
                await asyncio.sleep(wait)
                wait, paused = self._paused - paused, self._paused
        except BaseException:
            # Only the latest booking can be undone. Those after any other have been told their times, which do not
            # move; taking its cost back would let the next newcomer start together with the last of them.
            if booking == self._bookings:
                self._bookings -= 1
                self._free_at -= cost / self._rate
            raise
        finally:
            self._waiting -= 1

    def pause(self, seconds: float) -> None:
        """Start nothing for a while. Whoever waits in `acquire` is put off by as much, so no crowd starts at the end.

        Args:
            seconds: from now, 0 or more. A pause within a longer one changes nothing.

        Raises:
            ValueError: *seconds* is negative or not finite.
        """
        now = self._clock()
        put_off = now + _checked("seconds", seconds) - max(now, self._resume_at)
        if put_off > 0:
            self._resume_at = now + seconds
            self._free_at += put_off
            self._paused += put_off


class Concurrency:
    """So many at once, as many as the server takes: a fair semaphore whose size follows the answers.

    It begins small, doubles with each round trip until the first answer that says "too many", and then stays just below
    what was refused, trying more now and then. Who holds a place reports its answer with `succeeded` or `throttled`
    *before* `release`, since an answer tells something about the size only while all of it is in use.

    Args:
        limit: places at most, 1 or more. Default 100.
        start: places to begin with, 1 or more; *limit* if that is less. Default 10.
        clock: seconds, never going back. Default `time.monotonic`.

    Raises:
        ValueError: *limit* or *start* is no whole number of at least 1.
    """

    __slots__ = ("_clock", "_in_flight", "_limit", "_resume_at", "_waiters", "_window")

    def __init__(self, limit: int = 100, *, start: int = 10, clock: Callable[[], float] = time.monotonic) -> None:
        for name, value in (("limit", limit), ("start", start)):
            if not (value >= 1 and value % 1 == 0):
                raise ValueError(f"{name}={value!r}: give a whole number, at least 1")
        self._limit = limit
        self._window = _Window(limit, min(start, limit))
        self._clock = clock
        self._in_flight = 0
        self._resume_at = -math.inf
        self._waiters: deque[asyncio.Future[None]] = deque()

    def __repr__(self) -> str:
        return f"<Concurrency {self.current}/{self._limit} in_flight={self._in_flight} waiting={self.waiting}>"

    @property
    def limit(self) -> int:
        """Places at most."""
        return self._limit

    @property
    def current(self) -> int:
        """Places at present, from 1 to `limit`."""
        return self._window.size

    @property
    def in_flight(self) -> int:
        """Places taken. Above `current` only for as long as it takes to end what began before the size fell."""
        return self._in_flight

    @property
    def waiting(self) -> int:
        """How many calls of `acquire` wait for a place."""
        return len(self._waiters)

    def try_acquire(self) -> bool:
        """Take a place if one is free and nobody was there before.

        Returns:
            Whether a place was taken; it is given back with `release`.
        """
        if self._waiters or not self._has_room():
            return False
        self._in_flight += 1
        return True

    async def acquire(self) -> None:
        """Take a place, to be given back with `release`. Waits only if none is free; first come, first served."""
        if self.try_acquire():
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(place)
        if len(self._waiters) == 1:
            self._wait_out_pause()
        try:
            await place
        except BaseException:
            if place.done() and not place.cancelled():
                self.release()  # given in the very moment it was no longer wanted: the next one has it
            else:
                with contextlib.suppress(ValueError):  # `_admit` has already passed over it
                    self._waiters.remove(place)
            raise

    def release(self) -> None:
        """Give a place back.

        Raises:
            RuntimeError: there is none to give back.
        """
        if self._in_flight == 0:
            raise RuntimeError("release() without acquire(): give each place back once")
        self._in_flight -= 1
        self._admit()

    def succeeded(self) -> None:
        """Report an answer that was not "too many", whatever else it said. The size grows if all of it was in use."""
        self._window.succeeded(full=self._in_flight >= self._window.size)
        self._admit()

    def throttled(self, retry_after: float | None = None, in_flight: int | None = None) -> None:
        """Report an answer that said "too many". The size falls, at most once per 100 ms and round trip.

        Args:
            retry_after: seconds, 0 or more, for which nobody starts, if the answer asked for that.
            in_flight: how many the server had in flight, if the answer told. Makes the fall more exact; it is never to
                less than half.

        Raises:
            ValueError: *retry_after* is negative or not finite.
        """
        now = self._clock()
        if retry_after is not None:
            self._resume_at = max(self._resume_at, now + _checked("retry_after", retry_after))
            self._wait_out_pause()
        self._window.throttled(now, self._in_flight, in_flight)

    def _has_room(self) -> bool:
        return self._in_flight < self._window.size and self._clock() >= self._resume_at

    def _admit(self) -> None:
        """Give what is free to those who have waited longest."""
        while self._waiters and self._has_room():
            place = self._waiters.popleft()
            if not place.done():
                self._in_flight += 1
                place.set_result(None)

    def _wait_out_pause(self) -> None:
        """Admit when the pause is over.

        The timer is kept nowhere: it lives in the loop of those who wait for it, and does nothing if they are gone.
        """
        if not self._waiters:
            return
        left = self._resume_at - self._clock()
        if left > 0:
            self._waiters[0].get_loop().call_later(left, self._wait_out_pause)
        else:
            self._admit()


class _Window:
    """The arithmetic behind `Concurrency`: answers in, a number of places out. No clock, no waiting.

    Slow start, then CUBIC (RFC 9438) counted in round trips: after a fall the size soon comes near what was refused,
    stays there for long and then tries more, ever faster while that goes well. Delay tells nothing here, since the
    server refuses instead of queueing.
    """

    BACKOFF = 0.9
    """What a fall leaves. Nothing is lost but a quick refusal, so it can be gentler than TCP's 0.7."""
    REGAIN = 30.0
    """Round trips from there until the size is back just below what was refused."""
    STEEPNESS = (1.0 - BACKOFF) / REGAIN**3
    INTERVAL = 0.1
    """Seconds between two falls at least."""
    STRAGGLERS = 1.5
    """Answers come out of order: after this many times what was in flight at a fall, hardly one is from before it."""

    __slots__ = ("_ceiling", "_exact", "_fell_at", "_held", "_limit", "_regained_at", "_rounds", "_stale", "size")

    def __init__(self, limit: int, start: int) -> None:
        self.size = start
        self._exact = float(start)
        self._limit = limit
        self._ceiling: float | None = None  # the most that was not refused; None during slow start
        self._rounds = 0.0  # round trips since the last fall
        self._regained_at = 0.0  # and how many of them it takes to be at the ceiling again
        self._fell_at = -math.inf
        self._held = 0  # answers to come until it may grow again
        self._stale = 0.0  # answers to come that may be about the size before the last fall

    def succeeded(self, *, full: bool) -> None:
        """Grow, unless there was room to spare: then the answer does not show that more would be taken."""
        self._stale -= 1
        self._held -= 1
        if not full or self._held > 0:
            return
        if self._ceiling is None:
            self._resize(self._exact + 1)
        else:
            self._rounds += 1 / self.size
            self._resize(self._ceiling * (1 + self.STEEPNESS * (self._rounds - self._regained_at) ** 3))

    def throttled(self, now: float, in_flight: int, reported: int | None) -> None:
        """Fall, unless this answer is about a size that has been given up already.

        Args:
            now: seconds.
            in_flight: places taken.
            reported: what the server says was in flight there; other clients of the same account count too.
        """
        self._stale -= 1
        if self._stale >= 0:
            return
        if now - self._fell_at < self.INTERVAL:
            self._held = self.size  # it may not fall yet, but it need not grow for a round trip either
            return
        refused, half = self.size, self.size / 2
        taken = refused if reported is None else min(refused, reported)
        # Slow start has doubled since the last size that is known to be good: undo that, unless the server says more.
        kept = half if self._ceiling is None and reported is None else self.BACKOFF * taken
        self._resize(max(half, min(kept, refused - 1)))
        self._ceiling = max(self._exact, min(taken, refused - 1))
        self._regained_at = ((1 - self._exact / self._ceiling) / self.STEEPNESS) ** (1 / 3)
        self._rounds = 0.0
        self._fell_at = now
        self._stale = self.STRAGGLERS * in_flight

    def _resize(self, exact: float) -> None:
        self._exact = min(max(exact, 1.0), self._limit)
        self.size = int(self._exact + 0.5)


def _checked(name: str, value: float) -> float:
    if not 0 <= value < math.inf:
        raise ValueError(f"{name}={value!r}: give a finite number, 0 or more")
    return value
