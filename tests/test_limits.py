"""The limits, in virtual time: nothing here waits, and no figure depends on the machine."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import math
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.virtual_time import VirtualTime
from twilio_async import limits
from twilio_async.limits import Concurrency, RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

ROUNDING = 1e-6


class Clock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """Async tests of this module run in virtual time."""
    return "asyncio", {"loop_factory": VirtualTime}


def run(main: Coroutine[object, object, object]) -> None:
    """`asyncio.run` in virtual time, for tests that hypothesis drives and for more than one loop in a test."""
    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        runner.run(main)


def now() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()


def assert_never_faster(starts: Sequence[tuple[float, float]], rate: float, burst: float) -> None:
    """In no window did more start than the rate allows; *starts* are (time, cost) in order of time."""
    allowance = max([burst, *(cost for _, cost in starts)])
    for first, (opened, _) in enumerate(starts):
        total = 0.0
        for closed, cost in starts[first:]:
            total += cost
            assert total <= rate * (closed - opened) + allowance + ROUNDING * rate


rates = st.floats(0.5, 1000)
bursts = st.floats(1, 50)
costs = st.one_of(st.integers(1, 10), st.floats(0.01, 20))
gaps = st.one_of(st.just(0.0), st.floats(0, 0.05), st.floats(0, 5))


@given(rate=rates, burst=bursts, arrivals=st.lists(st.tuples(gaps, costs), max_size=40))
def test_no_window_holds_more_than_the_rate_and_one_burst(
    rate: float, burst: float, arrivals: list[tuple[float, float]]
) -> None:
    """Whatever comes when, the cost started in any window stays within the rate and one burst."""
    clock = Clock()
    limit = RateLimit(rate, burst=burst, clock=clock)
    starts: list[tuple[float, float]] = []
    for gap, cost in arrivals:
        clock.now += gap
        starts.append((clock.now + limit.reserve(cost), cost))

    assert [time for time, _ in starts] == sorted(time for time, _ in starts)
    assert_never_faster(starts, rate, burst)


@given(rate=rates, burst=bursts, arrivals=st.lists(st.tuples(gaps, costs), max_size=25))
def test_nothing_waits_longer_than_it_must(rate: float, burst: float, arrivals: list[tuple[float, float]]) -> None:
    """Each start is the earliest that the starts before it leave open."""
    clock = Clock()
    limit = RateLimit(rate, burst=burst, clock=clock)
    starts: list[tuple[float, float]] = []
    for gap, cost in arrivals:
        clock.now += gap
        start = clock.now + limit.reserve(cost)
        earliest, total = clock.now, cost
        for time, earlier in reversed(starts):
            total += earlier
            earliest = max(earliest, time + (total - max(burst, cost)) / rate)
        assert start == pytest.approx(earliest, abs=ROUNDING)
        starts.append((start, cost))


@given(
    rate=rates,
    burst=bursts,
    steps=st.lists(st.tuples(gaps, st.one_of(costs, st.tuples(st.just("pause"), st.floats(0, 3)))), min_size=1, max_size=30),
)
def test_nothing_starts_in_a_pause(rate: float, burst: float, steps: list[tuple[float, float | tuple[str, float]]]) -> None:
    """Waiting or newly come, nothing starts in a pause, and the rate holds after it too."""
    starts: list[tuple[float, float]] = []
    pauses: list[tuple[float, float]] = []

    async def main() -> None:
        limit = RateLimit(rate, burst=burst, clock=now)

        async def start(cost: float) -> None:
            await limit.acquire(cost)
            starts.append((now(), cost))

        async with asyncio.TaskGroup() as group:
            for gap, step in steps:
                await asyncio.sleep(gap)
                if isinstance(step, tuple):
                    pauses.append((now(), now() + step[1]))
                    limit.pause(step[1])
                else:
                    group.create_task(start(step))
                    await asyncio.sleep(0)
        assert limit.waiting == 0

    run(main())
    assert len(starts) + len(pauses) == len(steps)
    assert not [(time, began) for time, _ in starts for began, over in pauses if began + ROUNDING < time < over - ROUNDING]
    assert_never_faster(starts, rate, burst)


@given(
    rate=rates,
    burst=bursts,
    tasks=st.lists(st.tuples(gaps, costs, st.one_of(st.none(), st.floats(0, 5))), min_size=1, max_size=30),
)
def test_cancelling_never_lets_too_much_start(
    rate: float, burst: float, tasks: list[tuple[float, float, float | None]]
) -> None:
    """Whoever gives up whenever, those who stay start, and never faster than the rate."""
    starts: list[tuple[float, float]] = []

    async def main() -> None:
        limit = RateLimit(rate, burst=burst, clock=now)

        async def start(cost: float, patience: float | None) -> None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await limit.acquire(cost)
                    starts.append((now(), cost))

        async with asyncio.TaskGroup() as group:
            for gap, cost, patience in tasks:
                await asyncio.sleep(gap)
                group.create_task(start(cost, patience))
        assert limit.waiting == 0

    run(main())
    assert len(starts) >= sum(patience is None for _, _, patience in tasks)
    assert_never_faster(starts, rate, burst)


async def test_at_100_a_second_the_worst_second_holds_101() -> None:
    """A crowd of 500 starts evenly, 10 ms apart, in the order it came."""
    limit = RateLimit(100, clock=now)
    started: list[tuple[float, int]] = []

    async def start(number: int) -> None:
        await limit.acquire()
        started.append((now(), number))

    began = now()
    async with asyncio.TaskGroup() as group:
        for number in range(500):
            group.create_task(start(number))

    assert [number for _, number in started] == list(range(500))
    times = [time for time, _ in started]
    assert times == pytest.approx([began + number / 100 for number in range(500)])
    assert max(sum(opened <= time <= opened + 1 + ROUNDING for time in times) for opened in times) == 101


async def test_a_large_cost_is_not_starved() -> None:
    """What costs more than the burst starts in its turn, and those after it pay for it."""
    limit = RateLimit(10, clock=now)
    started: list[float] = []
    began = now()
    for cost in (1, 5, 1):
        await limit.acquire(cost)
        started.append(now() - began)

    assert started == pytest.approx([0.0, 0.1, 0.6])


def test_a_burst_starts_at_once_after_a_rest() -> None:
    """With a burst of 3, three start at once, the fourth is spaced, and a rest restores the burst but no more."""
    clock = Clock()
    limit = RateLimit(10, burst=3, clock=clock)

    assert [limit.reserve() for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])
    clock.now += 100
    assert [limit.reserve() for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])


def test_no_cost_needs_no_slot() -> None:
    """A cost of 0 neither waits nor makes others wait."""
    limit = RateLimit(1, clock=Clock())
    limit.reserve(3)

    assert limit.reserve(0) == 0.0
    assert limit.reserve() == pytest.approx(3.0)


async def test_the_latest_booking_is_given_back_when_cancelled() -> None:
    """Cancelled from the last to the first, waiters leave no gap behind, whatever they cost."""
    limit = RateLimit(1, clock=now)
    await limit.acquire()
    tasks = [asyncio.create_task(limit.acquire(cost)) for cost in (0.5, 2, 7)]
    await asyncio.sleep(0.25)
    for task in reversed(tasks):
        task.cancel()
        await asyncio.wait([task])

    assert limit.reserve() == pytest.approx(0.75)


async def test_an_earlier_booking_is_not_given_back() -> None:
    """A newcomer does not start together with those who booked after the one that was cancelled."""
    limit = RateLimit(1, clock=now)
    await limit.acquire()
    first, second = (asyncio.create_task(limit.acquire()) for _ in range(2))
    await asyncio.sleep(0.25)
    first.cancel()
    await asyncio.wait([first])

    assert limit.reserve() == pytest.approx(2.75)
    await second
    assert now() == pytest.approx(2.0)


async def test_a_pause_puts_off_those_who_wait_as_well() -> None:
    """Two waiters keep their distance across a pause that is extended, and a shorter one within it changes nothing."""
    limit = RateLimit(1, clock=now)
    await limit.acquire()
    ends: list[float] = []

    async def start() -> None:
        await limit.acquire()
        ends.append(now())

    async with asyncio.TaskGroup() as group:
        group.create_task(start())
        group.create_task(start())
        await asyncio.sleep(0.5)
        limit.pause(2)
        await asyncio.sleep(1)
        limit.pause(10)
        limit.pause(3)
        assert limit.waiting == 2

    assert ends == pytest.approx([12.0, 13.0])
    assert limit.reserve() == pytest.approx(1.0)


def test_a_pause_holds_back_what_has_rested() -> None:
    """A limit that nobody used yet starts nothing in a pause either."""
    clock = Clock()
    limit = RateLimit(10, burst=2, clock=clock)
    limit.pause(5)
    clock.now += 1

    assert [limit.reserve() for _ in range(3)] == pytest.approx([4.0, 4.0, 4.1])


async def test_a_rate_limit_reads_well() -> None:
    """The repr says the rate, the burst and how many wait."""
    limit = RateLimit(100, clock=now)
    tasks = [asyncio.create_task(limit.acquire()) for _ in range(5)]
    await asyncio.sleep(0)

    assert repr(limit) == "<RateLimit 100/s burst=1 waiting=4>"
    await asyncio.wait(tasks)
    assert repr(RateLimit(0.5, burst=2.5)) == "<RateLimit 0.5/s burst=2.5 waiting=0>"


@pytest.mark.parametrize("rate", [0, -1, math.nan, math.inf])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    """The error names the argument and what to give."""
    with pytest.raises(ValueError, match=r"rate=.*: give a finite number per second, above 0"):
        RateLimit(rate)


@pytest.mark.parametrize("burst", [0.5, -1, math.nan, math.inf])
def test_an_impossible_burst_is_refused(burst: float) -> None:
    """The error names the argument and what to give."""
    with pytest.raises(ValueError, match=r"burst=.*: give a finite number, at least 1"):
        RateLimit(1, burst=burst)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
async def test_an_impossible_cost_or_time_is_refused(value: float) -> None:
    """The error names the argument, and nothing is booked."""
    limit = RateLimit(1, clock=now)
    with pytest.raises(ValueError, match=r"cost=.*: give a finite number, 0 or more"):
        limit.reserve(value)
    with pytest.raises(ValueError, match="cost="):
        await limit.acquire(value)
    with pytest.raises(ValueError, match="seconds="):
        limit.pause(value)
    with pytest.raises(ValueError, match="retry_after="):
        Concurrency().throttled(retry_after=value)

    assert limit.waiting == 0
    assert limit.reserve() == 0.0


@pytest.mark.parametrize("value", [0, -1, 2.5, math.nan, math.inf])
def test_an_impossible_size_is_refused(value: int) -> None:
    """A limit or a start that is no whole number of places is refused by name, also to those who do not check types."""
    with pytest.raises(ValueError, match=r"limit=.*: give a whole number, at least 1"):
        Concurrency(value)
    with pytest.raises(ValueError, match=r"start=.*: give a whole number, at least 1"):
        Concurrency(start=value)


def fill(limit: Concurrency) -> int:
    """Take every free place; how many that were."""
    return sum(1 for _ in iter(limit.try_acquire, False))


def answer_all(limit: Concurrency) -> None:
    """Every call in flight is answered well, and its place taken again at once."""
    for _ in range(limit.in_flight):
        limit.succeeded()
        limit.release()
        fill(limit)


def test_slow_start_doubles_per_round_trip_up_to_the_limit() -> None:
    """From 10 to 20 to 40 to 80, and no further than the limit."""
    limit = Concurrency(100, clock=Clock())
    sizes: list[int] = []
    fill(limit)
    for _ in range(5):
        sizes.append(limit.current)
        answer_all(limit)

    assert sizes == [10, 20, 40, 80, 100]
    assert repr(limit) == "<Concurrency 100/100 in_flight=100 waiting=0>"


def test_a_start_above_the_limit_is_the_limit() -> None:
    """A small limit needs no second argument."""
    assert repr(Concurrency(4)) == "<Concurrency 4/4 in_flight=0 waiting=0>"


def test_places_that_nobody_needs_do_not_grow() -> None:
    """Answers that came while there was room to spare leave the size as it is, before and after the first throttle."""
    limit = Concurrency(clock=Clock())
    for _ in range(1000):
        assert limit.try_acquire()
        limit.succeeded()
        limit.release()
    assert limit.current == 10

    fill(limit)
    limit.throttled()
    while limit.in_flight:
        limit.release()
    for _ in range(1000):
        assert limit.try_acquire()
        limit.succeeded()
        limit.release()
    assert limit.current == 5


def test_the_first_throttle_undoes_the_last_doubling() -> None:
    """From 40, the first throttle leads back to 20; the other 429s of the same crowd change nothing."""
    clock = Clock()
    limit = Concurrency(start=40, clock=clock)
    fill(limit)
    for _ in range(40):
        limit.throttled()
        limit.release()
        clock.now += 0.05

    assert limit.current == 20


def test_within_100_ms_the_size_falls_once() -> None:
    """However many answers come, a second fall needs 100 ms to pass."""
    clock = Clock()
    limit = Concurrency(start=40, clock=clock)
    limit.throttled()
    for _ in range(100):
        limit.throttled()
    assert limit.current == 20

    clock.now += 0.11
    limit.throttled()
    assert limit.current == 18


@pytest.mark.parametrize(("reported", "current"), [(30, 27), (200, 36), (1, 20), (0, 20)])
def test_the_server_s_own_count_makes_the_fall_exact(reported: int, current: int) -> None:
    """The size goes just below what the server had in flight, but never falls by more than a half."""
    limit = Concurrency(start=40, clock=Clock())
    limit.throttled(in_flight=reported)

    assert limit.current == current


@pytest.mark.parametrize(("reported", "lowest", "held_longest"), [(40, 36, 39), (30, 27, 30)])
def test_after_a_fall_the_size_comes_back_and_stays_a_while(reported: int, lowest: int, held_longest: int) -> None:
    """What was refused is regained soon, held for long, and passed in the end."""
    clock = Clock()
    limit = Concurrency(start=40, clock=clock)
    limit.throttled(in_flight=reported)
    fill(limit)
    held: Counter[int] = Counter()
    while limit.current < 100:
        held[limit.current] += 1
        answer_all(limit)

    assert min(held) == lowest
    assert held.most_common(1)[0][0] == held_longest
    assert held[held_longest] > 20


def test_a_throttle_that_comes_too_soon_stops_the_growth() -> None:
    """Within 100 ms of a fall there is no other, but for a round trip the size does not grow either."""
    limit = Concurrency(start=40, clock=Clock())
    limit.throttled()
    limit.throttled()
    fill(limit)
    sizes: list[int] = []
    for _ in range(3):
        sizes.append(limit.current)
        answer_all(limit)

    assert sizes == [20, 20, 21]


def test_one_place_is_always_left() -> None:
    """No number of throttles stops the calls altogether, and one place becomes two within about 50 round trips."""
    clock = Clock()
    limit = Concurrency(clock=clock)
    for _ in range(50):
        clock.now += 1
        limit.throttled(in_flight=0)
    assert limit.current == 1

    fill(limit)
    trips = 0
    while limit.current < 2:
        answer_all(limit)
        trips += 1
    assert limit.in_flight == 2
    assert 30 < trips < 60


def test_a_place_is_given_back_once() -> None:
    """One release too many is an error, not a place out of nowhere."""
    limit = Concurrency(1)
    assert limit.try_acquire()
    limit.release()

    with pytest.raises(RuntimeError, match="release\\(\\) without acquire\\(\\)"):
        limit.release()
    assert limit.in_flight == 0


async def test_nobody_starts_before_retry_after_has_passed() -> None:
    """Those who wait and those who come meanwhile start when the longest wait is over, in their order."""
    limit = Concurrency(4, clock=now)
    fill(limit)
    started: list[tuple[int, float]] = []

    async def start(number: int) -> None:
        await limit.acquire()
        started.append((number, now()))

    async with asyncio.TaskGroup() as group:
        group.create_task(start(0))
        await asyncio.sleep(0)
        for seconds in (2.0, 5.0, 1.0):
            limit.throttled(retry_after=seconds)
        for _ in range(4):
            limit.release()
        assert not limit.try_acquire()
        await asyncio.sleep(3)
        group.create_task(start(1))
        await asyncio.sleep(0)
        assert repr(limit) == "<Concurrency 2/4 in_flight=0 waiting=2>"

    assert [number for number, _ in started] == [0, 1]
    assert [time for _, time in started] == pytest.approx([5.0, 5.0])


async def test_a_pause_outlives_the_one_who_waited_first() -> None:
    """Those who come after a cancelled waiter are woken when the pause is over."""
    limit = Concurrency(clock=now)
    limit.throttled(retry_after=2)
    first, second = (asyncio.create_task(limit.acquire()) for _ in range(2))
    await asyncio.sleep(1)
    first.cancel()
    await second
    assert now() == pytest.approx(2.0)

    limit.throttled(retry_after=0.5)
    third = asyncio.create_task(limit.acquire())
    await asyncio.sleep(0.25)
    third.cancel()
    await asyncio.wait([third])
    await limit.acquire()
    assert now() == pytest.approx(2.5)


async def test_nobody_slips_in_before_those_who_wait() -> None:
    """When a pause is over and its timer has yet to run, a newcomer queues behind those who waited it out."""
    clock = Clock()
    limit = Concurrency(clock=clock)
    limit.throttled(retry_after=2)
    first = asyncio.create_task(limit.acquire())
    await asyncio.sleep(0)
    clock.now += 2

    assert not limit.try_acquire()
    await first
    assert limit.try_acquire()


async def test_a_place_that_growth_adds_is_given_at_once() -> None:
    """Those who wait need no release: a good answer that makes room lets the next one in."""
    limit = Concurrency(start=2, clock=now)
    fill(limit)
    first = asyncio.create_task(limit.acquire())
    await asyncio.sleep(0)
    limit.succeeded()
    await first

    assert repr(limit) == "<Concurrency 3/100 in_flight=3 waiting=0>"


async def test_a_place_given_to_someone_just_cancelled_goes_to_the_next() -> None:
    """Cancelled between being given the place and running, a waiter hands it on."""
    limit = Concurrency(1, clock=now)
    await limit.acquire()
    first, second = (asyncio.create_task(limit.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    limit.release()
    first.cancel()
    await second

    assert first.cancelled()
    assert repr(limit) == "<Concurrency 1/1 in_flight=1 waiting=0>"


async def test_a_waiter_cancelled_before_its_turn_is_passed_over() -> None:
    """A place freed between the cancelling and the leaving goes to the next, and none is lost."""
    limit = Concurrency(1, clock=now)
    await limit.acquire()
    first, second = (asyncio.create_task(limit.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    limit.release()
    await second

    assert first.cancelled()
    assert repr(limit) == "<Concurrency 1/1 in_flight=1 waiting=0>"


class Crowd(RuleBasedStateMachine):
    """Workers that come, are answered and give up in any order, at any moment, also within one step of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualTime)
        self.loop = self.runner.get_loop()
        self.limit = Concurrency(6, start=2, clock=self.loop.time)
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.admitted: list[int] = []
        self.holding: list[int] = []
        self.paused_until = 0.0

    async def work(self, number: int) -> None:
        await self.limit.acquire()
        self.admitted.append(number)
        self.holding.append(number)

    def advance(self, seconds: float) -> None:
        self.runner.run(asyncio.sleep(seconds))

    def checked(self, action: Callable[[], None], leaving: int = 0) -> None:
        """Do something by which nobody may be let in above the size of that moment, or in a pause."""
        before = self.limit.in_flight
        action()
        admitted = self.limit.in_flight - (before - leaving)
        if admitted > 0:
            assert self.limit.in_flight <= self.limit.current
            assert self.loop.time() >= self.paused_until

    @rule(count=st.integers(1, 4))
    def arrive(self, count: int) -> None:
        for _ in range(count):
            number = len(self.tasks)
            self.tasks[number] = self.loop.create_task(self.work(number))

    @rule()
    def try_it(self) -> None:
        ahead = self.limit.waiting
        if self.limit.try_acquire():
            assert ahead == 0
            assert self.limit.in_flight <= self.limit.current
            assert self.loop.time() >= self.paused_until
            self.limit.release()

    @precondition(lambda self: self.tasks)
    @rule(choice=st.integers(0, 1000))
    def cancel(self, choice: int) -> None:
        self.tasks[choice % len(self.tasks)].cancel()

    @precondition(lambda self: self.holding)
    @rule(choice=st.integers(0, 1000))
    def lose(self, choice: int) -> None:
        """A call ends without an answer."""
        self.holding.pop(choice % len(self.holding))
        self.checked(self.limit.release, leaving=1)

    @precondition(lambda self: self.holding)
    @rule(choice=st.integers(0, 1000))
    def succeed(self, choice: int) -> None:
        self.checked(self.limit.succeeded)
        self.lose(choice)

    @precondition(lambda self: self.holding)
    @rule(choice=st.integers(0, 1000), wait=st.one_of(st.none(), st.floats(0, 2)))
    def throttle(self, choice: int, wait: float | None) -> None:
        self.paused_until = max(self.paused_until, self.loop.time() + (wait or 0.0))
        self.checked(lambda: self.limit.throttled(retry_after=wait))
        self.lose(choice)

    @rule(seconds=st.sampled_from([0.0, 0.0, 0.05, 1.0]))
    def wait(self, seconds: float) -> None:
        self.checked(lambda: self.advance(seconds))

    @rule()
    def settle(self) -> None:
        """When all is still, the books agree, nobody waits beside a free place, and nobody was overtaken."""
        for _ in range(5):
            self.advance(0)
        assert self.limit.in_flight == len(self.holding)
        if self.loop.time() > self.paused_until:
            assert self.limit.waiting == 0 or self.limit.in_flight >= self.limit.current
        waiting = [number for number, task in self.tasks.items() if not task.done()]
        assert len(waiting) == self.limit.waiting
        assert not (waiting and self.admitted) or waiting[0] > max(self.admitted)

    @invariant()
    def places_are_within_bounds(self) -> None:
        assert self.limit.in_flight >= len(self.holding)
        assert 1 <= self.limit.current <= self.limit.limit

    def teardown(self) -> None:
        """Everybody who did not give up is served in the end, and every place comes back."""
        with contextlib.closing(self.runner):
            self.drain()

    def drain(self) -> None:
        self.advance(max(0.0, self.paused_until - self.loop.time()) + 1)
        for _ in self.tasks:
            while self.holding:
                self.lose(0)
            self.settle()
        assert repr(self.limit).endswith("in_flight=0 waiting=0>")
        assert sorted(self.admitted) == [number for number, task in self.tasks.items() if not task.cancelled()]


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=50, stateful_step_count=30)


def test_limits_serve_one_event_loop_after_another() -> None:
    """Built before any loop runs, the same objects work in a second loop, even if the first ended while some waited."""
    clock = Clock()
    rate, concurrency = RateLimit(10, clock=clock), Concurrency(1, clock=clock)

    async def main() -> None:
        await rate.acquire()
        await concurrency.acquire()
        for wait in (rate.acquire, concurrency.acquire):
            asyncio.get_running_loop().create_task(wait())
        await asyncio.sleep(0)
        assert (rate.waiting, concurrency.waiting) == (1, 1)
        concurrency.throttled(retry_after=1)
        concurrency.release()

    for _ in range(2):
        run(main())
        assert repr(rate) == "<RateLimit 10/s burst=1 waiting=0>"
        assert repr(concurrency) == "<Concurrency 1/1 in_flight=0 waiting=0>"
        clock.now += 2


@dataclass
class Outcome:
    """What a simulated run came to."""

    goodput: float
    """Share of the calls that the server could have served in that time."""
    throttled: float
    """Share of the answers that were 429s."""
    served: list[int]
    """Calls served, by client."""


def simulate(
    capacity: Callable[[int], int],
    *,
    seed: int,
    calls: int = 3000,
    clients: int = 1,
    latency: tuple[float, float] = (0.02, 0.1),
    reports: bool = False,
) -> Outcome:
    """Clients with endless work against a server that answers 429 above its capacity, in virtual time.

    Every 429 is repeated at once. *capacity* is given the number of calls served so far; a server that *reports* says
    in its 429s how many it has in flight.
    """
    draw = random.Random(seed)
    clock = Clock()
    windows = [Concurrency(100, clock=clock) for _ in range(clients)]
    order = itertools.count()
    answers: list[tuple[float, int, int, bool]] = []
    served, refused, possible, in_flight = [0] * clients, 0, 0.0, 0
    while sum(served) < calls:
        room = capacity(sum(served))
        for client, limit in enumerate(windows):
            for _ in range(fill(limit)):
                taken = in_flight < room
                in_flight += taken
                heapq.heappush(answers, (clock.now + draw.uniform(*latency), next(order), client, taken))
        at, _, client, taken = heapq.heappop(answers)
        possible += (at - clock.now) * min(room, 100 * clients) / (sum(latency) / 2)
        clock.now = at
        if taken:
            in_flight -= 1
            served[client] += 1
            windows[client].succeeded()
        else:
            refused += 1
            windows[client].throttled(in_flight=room if reports else None)
        windows[client].release()
    return Outcome(calls / possible, refused / (calls + refused), served)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize("capacity", [3, 10, 30, 100, 300])
def test_from_cold_it_finds_what_the_server_takes(capacity: int, reports: bool, seed: int) -> None:
    """Within 3,000 calls, slow start included: at least 90 % of what was possible, and less than 2 % refused."""
    outcome = simulate(lambda _: capacity, seed=seed, reports=reports)

    assert outcome.goodput >= 0.9
    assert outcome.throttled < 0.02


@pytest.mark.parametrize("capacity", [10, 30, 60, 100])
def test_in_the_long_run_next_to_nothing_is_refused(capacity: int) -> None:
    """Over 20,000 calls: at least 97 % of what was possible, and at most 0.4 % refused."""
    outcome = simulate(lambda _: capacity, seed=1, calls=20_000)

    assert outcome.goodput >= 0.97
    assert outcome.throttled < 0.004


@pytest.mark.parametrize("latency", [(0.01, 0.05), (0.1, 0.5), (1.0, 2.0)])
def test_it_works_at_any_distance(latency: tuple[float, float]) -> None:
    """Whether a round trip takes 30 ms or 1.5 s, the size is found as well: it counts answers rather than time."""
    outcome = simulate(lambda _: 30, seed=1, latency=latency)

    assert outcome.goodput >= 0.9
    assert outcome.throttled < 0.02


def test_it_follows_a_server_that_takes_less_and_then_more() -> None:
    """When the account is shared for a while, the size falls with what is left, and comes back afterwards."""
    outcome = simulate(lambda served: 20 if 4_000 <= served < 8_000 else 60, seed=1, calls=32_000)

    assert outcome.goodput >= 0.85
    assert outcome.throttled < 0.02


def test_two_clients_share_what_there_is() -> None:
    """Each adapts alone; together they use what the server takes, and neither starves."""
    outcome = simulate(lambda _: 30, seed=1, calls=20_000, clients=2)

    assert outcome.goodput >= 0.95
    assert outcome.throttled < 0.02
    assert min(outcome.served) > 20_000 / 4


def test_the_module_needs_only_the_standard_library() -> None:
    """By itself it imports nothing of the client's machine, so that it costs next to nothing."""
    code = f"import runpy, sys; runpy.run_path({limits.__file__!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)

    assert not {"aiohttp", "anyio", "msgspec", "twilio_async", "yarl"} & set(done.stdout.split())
