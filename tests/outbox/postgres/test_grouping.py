"""Group commit: what is asked meanwhile goes together, and each asker gets an answer of its own."""

from __future__ import annotations

import asyncio

import pytest

from twilio_async.outbox.postgres.grouping import MOST_TOGETHER, Grouped


class Slow:
    """Doubles numbers, group after group, each when it is let."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.began = asyncio.Event()

    async def __call__(self, items: list[int]) -> list[int]:
        """Double them."""
        self.groups.append(items)
        self.began.set()
        await self.gate.wait()
        if 13 in items:
            raise ZeroDivisionError
        return [2 * item for item in items]


async def test_what_is_asked_meanwhile_goes_together() -> None:
    """First those of one turn of the loop, then all that came while they were under way, in order."""
    slow = Slow()
    grouped = Grouped(slow)
    first = [asyncio.ensure_future(grouped.ask(number)) for number in range(3)]
    await slow.began.wait()
    rest = [asyncio.ensure_future(grouped.ask(number)) for number in range(100, 100 + MOST_TOGETHER + 1)]
    await asyncio.sleep(0)
    slow.gate.set()
    assert await asyncio.gather(*first) == [0, 2, 4]
    assert (await asyncio.gather(*rest))[:2] == [200, 202]
    assert [len(group) for group in slow.groups] == [3, MOST_TOGETHER, 1]


async def test_what_was_not_begun_can_be_taken_back() -> None:
    """It is as if it had never been asked."""
    slow = Slow()
    grouped = Grouped(slow)
    first = asyncio.ensure_future(grouped.ask(1))
    await slow.began.wait()
    second, third = asyncio.ensure_future(grouped.ask(2)), asyncio.ensure_future(grouped.ask(3))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    slow.gate.set()
    assert [await first, await third] == [2, 6]
    assert slow.groups == [[1], [3]]


async def test_what_was_begun_is_waited_for() -> None:
    """Whoever is cancelled goes when it is over, so that the next question comes after it."""
    slow = Slow()
    grouped = Grouped(slow)
    asked = asyncio.ensure_future(grouped.ask(1))
    await slow.began.wait()
    asked.cancel()
    await asyncio.sleep(0)
    assert not asked.done()
    slow.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await grouped.ask(4) == 8


async def test_an_error_is_told_to_all_of_its_group_and_to_nobody_else() -> None:
    """The next group is begun as if nothing had been."""
    slow = Slow()
    slow.gate.set()
    grouped = Grouped(slow)
    assert [type(each) for each in await asyncio.gather(grouped.ask(13), grouped.ask(1), return_exceptions=True)] == [
        ZeroDivisionError, ZeroDivisionError,
    ]  # fmt: skip
    assert await grouped.ask(2) == 4


async def test_closing_waits_for_what_is_under_way() -> None:
    """And returns at once if nothing is."""
    slow = Slow()
    grouped = Grouped(slow)
    await grouped.aclose()
    asked = asyncio.ensure_future(grouped.ask(1))
    await slow.began.wait()
    closing = asyncio.ensure_future(grouped.aclose())
    await asyncio.sleep(0)
    assert not closing.done()
    slow.gate.set()
    await closing
    assert asked.done()
