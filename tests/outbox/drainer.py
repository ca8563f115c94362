"""A program that sends an outbox and is killed at a chosen point: ``python -m tests.outbox.drainer FILE POINT NTH``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from twilio_async import AsyncSession
from twilio_async.outbox import Outbox
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.sqlite import SqliteStore
from twilio_async.outbox.store import Claimed, Row

POINTS = ("claimed", "intent asked", "intent noted", "answered", "settled")


class Mortal(SqliteStore):
    """A ledger whose program is killed, without a word, when it comes to a point for the nth time."""

    point = ""
    lives = 0

    def pass_by(self, point: str) -> None:
        """Die here, if it is time."""
        if point == self.point:
            self.lives -= 1
            if self.lives <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async def claim(
        self,
        owner: str,
        *,
        campaign: str | None,
        limit: int,
        lease: float,
        quota: int | None = None,
        quotas: Mapping[str, int] = {},
    ) -> Claimed:
        """`Store.claim`."""
        found = await super().claim(owner, campaign=campaign, limit=limit, lease=lease, quota=quota, quotas=quotas)
        self.pass_by("claimed")
        return found

    async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
        """`Store.begin`."""
        asked = asyncio.ensure_future(super().begin(rows, lease=lease))
        await asyncio.sleep(0)
        self.pass_by("intent asked")
        begun = await asked
        self.pass_by("intent noted")
        return begun

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """`Store.settle`."""
        self.pass_by("answered")
        kept = await super().settle(row, settlement)
        self.pass_by("settled")
        return kept


async def main(path: str, point: str, nth: str) -> None:
    """Send what is there."""
    Mortal.point, Mortal.lives = point, int(nth)
    store = await Mortal.open(path)
    async with Outbox(store) as outbox, AsyncSession.from_env() as twilio:
        await outbox.send(twilio)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
