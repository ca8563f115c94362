"""What makes things happen while nobody looks."""

from __future__ import annotations

from datetime import datetime, timedelta

import anyio

from tests.emulator.conftest import NOON, until
from tests.tasks import no_task_left
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.pulse import Pulse


class Beats:
    """Counts the beats, and says when something is due."""

    def __init__(self) -> None:
        self.count = 0
        self.due: float | None = None

    def __call__(self) -> float | None:
        self.count += 1
        return self.due


async def test_it_beats_when_something_is_due_by_the_real_time() -> None:
    """A step that is due in a moment is taken in a moment, though nobody asks."""
    clock, beats = Clock(), list[datetime]()
    due = clock() + timedelta(seconds=0.02)

    def beat() -> float | None:
        beats.append(clock())
        return due.timestamp() if len(beats) == 1 else None

    pulse = Pulse(clock, beat)
    pulse.open()
    await until(lambda: len(beats) == 2)
    assert beats[1] >= due - timedelta(milliseconds=1)
    await pulse.close()


async def test_it_beats_when_the_clock_is_advanced_and_when_it_is_nudged() -> None:
    """A clock that stands still makes no time pass by itself, but whoever winds it on wakes the pulse; from any thread."""
    beats, clock = Beats(), Clock(lambda: NOON, runs=False)
    beats.due = NOON.timestamp() + 0.001
    pulse = Pulse(clock, beats)
    pulse.open()
    await until(lambda: beats.count == 1)
    await anyio.sleep(0.03)
    assert beats.count == 1
    clock.advance(1)
    await until(lambda: beats.count == 2)
    await anyio.to_thread.run_sync(clock.advance, 1)
    await until(lambda: beats.count == 3)
    pulse.nudge()
    await until(lambda: beats.count == 4)
    await pulse.close()


async def test_a_clock_that_is_stuck_just_before_a_moment_makes_no_race() -> None:
    """A source of a test's own may stand still: the pulse asks again now and then, and not all the time."""

    def stuck() -> datetime:
        return NOON

    beats = Beats()
    beats.due = NOON.timestamp() + 1e-6
    pulse = Pulse(Clock(stuck), beats)
    pulse.open()
    await anyio.sleep(0.05)
    await pulse.close()
    assert 1 <= beats.count <= 12


async def test_it_leaves_nothing_behind() -> None:
    """Closed once or twice, or never opened: no task is left, and a nudge does nothing."""
    beats = Beats()
    pulse = Pulse(Clock(), beats)
    pulse.nudge()
    await pulse.close()
    async with no_task_left():
        pulse.open()
        await until(lambda: beats.count == 1)
        await pulse.close()
        await pulse.close()
    pulse.nudge()
    assert beats.count == 1
