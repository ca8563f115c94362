"""The rooms of an emulator together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator import Clock, Emulator


def test_the_time_is_what_a_test_wants() -> None:
    """Real, standing still, told by a function, or a clock of the test's own."""
    assert abs((Emulator().clock() - datetime.now(UTC)).total_seconds()) < 60
    manual = Emulator(clock="manual").clock
    assert manual() == manual()
    manual.advance(60)
    assert not manual.runs
    assert Emulator(clock=lambda: NOON).clock() == NOON
    own = Clock(lambda: NOON)
    assert Emulator(clock=own).clock is own


def test_what_is_neither_is_refused() -> None:
    """The error names what there is."""
    with pytest.raises(ValueError, match="'real', 'manual' or a function"):
        Emulator(clock="slow")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'immediate', 'manual' or a Profile"):
        Emulator(lifecycle="slow")  # type: ignore[arg-type]


async def test_it_is_somewhere_only_while_it_runs() -> None:
    """Before the start there is no address and no loop; afterwards there is no loop."""
    emulator = Emulator()
    with pytest.raises(RuntimeError, match="async with"):
        _ = emulator.url
    async with emulator:
        assert emulator.url.startswith("http://127.0.0.1:")
        assert emulator.loop is not None
    assert emulator.loop is None


async def test_things_happen_though_nobody_looks(emulator: Emulator) -> None:
    """Whoever only listens hears of each step at its time."""
    with emulator.events() as events:
        await emulator.receive("Hello")
        assert (await anext(events)).name == "message.created"
