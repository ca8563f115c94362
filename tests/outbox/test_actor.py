"""Group commit: many share one, none is told before it is durable, and one that fails harms no other."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.tasks import settle
from twilio_async.outbox.actor import Actor
from twilio_async.outbox.errors import OutboxClosed, OutboxError


class Bench:
    """An actor on a table of numbers, with an account of its transactions."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        self.other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.commits = 0
        self.undone = 0
        self.actor = Actor(
            self.connection,
            begin="BEGIN IMMEDIATE",
            before_commit=self.count,
            after_rollback=self.undo,
            translate=lambda error: OutboxError(f"translated: {error}"),
        )

    def count(self) -> None:
        """A commit."""
        self.commits += 1

    def undo(self) -> None:
        """A rollback."""
        self.undone += 1

    def insert(self, number: int) -> Callable[[], int]:
        """A step."""
        return lambda: self.connection.execute("INSERT INTO numbers VALUES (?)", (number,)).rowcount

    def kept(self) -> set[int]:
        """What another connection sees: what is committed."""
        return {number for (number,) in self.other.execute("SELECT number FROM numbers")}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A bench, closed afterwards."""
    bench = Bench(tmp_path / "numbers.db")
    yield bench
    await bench.actor.aclose()
    bench.connection.close()
    bench.other.close()


async def test_closing_it_can_be_given_up_and_asked_for_again(bench: Bench) -> None:
    """What was asked for is done, and its thread ends."""
    adding = asyncio.ensure_future(bench.actor.run(bench.insert(1)))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(bench.actor.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await bench.actor.aclose()
    assert await adding == 1
    assert bench.kept() == {1}


async def test_a_result_is_told_when_it_is_committed(bench: Bench) -> None:
    """Not before."""
    for number in range(5):
        assert await bench.actor.run(bench.insert(number), is_long=bool(number % 2)) == 1
        assert number in bench.kept()


async def test_what_is_asked_together_is_committed_together(bench: Bench) -> None:
    """A hundred steps take one or two."""
    await asyncio.gather(*[bench.actor.run(bench.insert(number)) for number in range(100)])
    assert bench.kept() == set(range(100))
    assert bench.commits <= 2


async def test_small_steps_run_in_the_loop_and_long_ones_elsewhere(bench: Bench) -> None:
    """And both in the order in which they were asked."""
    here = threading.get_ident()
    assert await bench.actor.run(threading.get_ident) == here
    assert await bench.actor.run(threading.get_ident, is_long=True) != here
    order: list[int] = []
    await asyncio.gather(
        *[bench.actor.run(lambda number=number: order.append(number), is_long=number == 3) for number in range(6)]  # type: ignore[misc]
    )
    assert order == sorted(order)


@pytest.mark.parametrize("is_long", [False, True])
async def test_one_that_fails_spoils_no_other(bench: Bench, is_long: bool) -> None:
    """It is told its error, in the outbox's own words; the others are kept."""
    await bench.actor.run(bench.insert(3))
    found = await asyncio.gather(
        *[bench.actor.run(bench.insert(number), is_long=is_long) for number in range(6)], return_exceptions=True
    )
    assert [isinstance(result, OutboxError) for result in found] == [False, False, False, True, False, False]
    assert str(found[3]).startswith("translated: UNIQUE")
    assert bench.kept() == set(range(6))
    assert bench.undone >= 1


async def test_a_bug_in_a_step_is_its_own(bench: Bench) -> None:
    """What is no error of SQLite's is raised as it is."""

    def bug() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await bench.actor.run(bug)
    assert await bench.actor.run(lambda: 7) == 7


async def test_whoever_stops_waiting_stops_nothing(bench: Bench) -> None:
    """The step is made or not, and the next are not concerned."""
    task = bench.actor.run(bench.insert(1))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await bench.actor.run(bench.insert(2))
    assert bench.kept() == {1, 2}


async def test_closing_performs_what_was_asked(bench: Bench) -> None:
    """And then nothing more."""
    tasks = [bench.actor.run(bench.insert(number)) for number in range(20)]
    await asyncio.sleep(0)
    await bench.actor.aclose()
    await settle()
    assert all(task.done() for task in tasks)
    assert bench.kept() == set(range(20))
    await bench.actor.aclose()
    with pytest.raises(OutboxClosed):
        await bench.actor.run(bench.insert(99))


def test_a_new_loop_starts_afresh(tmp_path: Path) -> None:
    """What a loop left behind that is gone holds up nobody."""
    bench = Bench(tmp_path / "numbers.db")

    async def leave_behind() -> None:
        task = bench.actor.run(bench.insert(1))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave_behind())

    async def go_on() -> None:
        await bench.actor.run(bench.insert(2))
        await bench.actor.aclose()

    asyncio.run(go_on())
    assert 2 in bench.kept()
    bench.connection.close()
    bench.other.close()
