"""A rate that many machines share: one row for each, booked in blocks, so that few bookings ask the database.

The row holds the time from which on the rate is free, on the database's clock; what is handed out is a delay, so that the
machines' clocks do not matter. Arithmetic as in `twilio_async.RateLimit`.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twilio_async.outbox.postgres.access import Access, Sql
from twilio_async.outbox.postgres.statements import Statements

BLOCK: Final = 0.05
"""Seconds of a rate that are booked at once."""
SLACK: Final = 0.02
"""Seconds by which a booking may reach back, so that the way to the database does not cost any of the rate."""


@dataclass(slots=True)
class _Block:
    """A stretch of a rate: where its next unit is, on this machine's clock, and how much is left of it.

    Of the last message less than its whole cost may be left; the next block is booked for the rest as well.
    """

    at: float
    left: float


class SharedRates:
    """Rates by name.

    Args:
        access: connections whose commits need not wait for the disk: a booking that is lost is no harm.
        statements: of the schema.
        clock: seconds, never going back.
    """

    def __init__(self, access: Access, statements: Statements, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._access = access
        self._statements = statements
        self._clock = clock
        self._blocks: dict[tuple[str, float], _Block] = {}
        self._lines: defaultdict[tuple[str, float], asyncio.Lock] = defaultdict(asyncio.Lock)
        """Who books at the same time under one name takes turns, so that one block serves all of them."""

    async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
        """See `Store.reserve`."""
        if cost <= 0:
            return 0.0
        async with self._lines[bucket, rate]:
            block = self._blocks.get((bucket, rate))
            if block is None or block.left <= 0 or block.at < self._clock() - BLOCK:  # not used in time, it is given up
                owed = 0.0 if block is None else max(-block.left, 0.0)
                block = self._blocks[bucket, rate] = await self._booked(bucket, rate, max(cost, rate * BLOCK), owed)
            start = block.at - max(burst - cost, 0.0) / rate
            block.at += cost / rate
            block.left -= cost
            return max(start - self._clock(), 0.0)

    async def _booked(self, bucket: str, rate: float, cost: float, owed: float) -> _Block:
        values = {"bucket": bucket, "time": (owed + cost) / rate, "slack": SLACK}

        async def book(sql: Sql) -> float:
            ((delay,),) = await sql.fetch(self._statements.reserve, values)
            return float(delay)

        delay = await self._access.run(book)
        return _Block(self._clock() + delay + owed / rate, cost)
