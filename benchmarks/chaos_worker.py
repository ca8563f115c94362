"""The worker that the chaos kills: ``python -m benchmarks.chaos_worker LEDGER DIARY``.

It is a worker as anybody runs one. Its times are a tenth of the usual ones, so that a run does not take hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from twilio_async import AsyncSession
from twilio_async.outbox.plan import LEASE, Plan
from twilio_async.outbox.worker import Duties, work

if TYPE_CHECKING:
    from twilio_async.outbox.store import Claimed, Resolved, Row, Store, Verdict

SCALE: Final = 0.1
SHORT_LEASE: Final = LEASE * SCALE
PLAN: Final = Plan(fence=5.0 * SCALE, timeout=35.0 * SCALE)
DUTIES: Final = Duties(
    sweep_every=1.0, reconcile_every=1.0, quiet=3.0, apart=0.5, resend_absent=True, until_complete=True
)  # fmt: skip
"""A quiet period of three seconds: this Twilio lists a message as soon as it has it."""


async def open_ledger(where: str) -> Store:
    """The ledger in a file or a database."""
    if "://" in where:
        from twilio_async.outbox.postgres import PostgresStore

        return await PostgresStore.open(where)
    from twilio_async.outbox.sqlite import SqliteStore

    return await SqliteStore.open(where)


class Watched:
    """A ledger with short leases that writes down which rows were in doubt, and what was found out about them.

    A worker that is killed between the ledger and the diary has not noted it: the diary tells at least so many.
    """

    def __init__(self, store: Store, diary: str) -> None:
        self._store = store
        self._diary = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _note(self, *lines: str) -> None:
        os.write(self._diary, "".join(f"{line}\n" for line in lines).encode())

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
        """See `Store.claim`."""
        return await self._store.claim(
            owner, campaign=campaign, limit=limit, lease=lease * SCALE, quota=quota, quotas=quotas
        )  # fmt: skip

    async def begin(self, rows: Sequence[Row], *, lease: float) -> Collection[int]:
        """See `Store.begin`."""
        return await self._store.begin(rows, lease=lease * SCALE)

    async def unknowns(self, *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.unknowns`."""
        rows = await self._store.unknowns(campaign=campaign, after=after, limit=limit)
        self._note(*(f"doubt {row.id}.{row.attempt}" for row in rows if row.state == "unknown"))
        return rows

    async def resolve(self, verdicts: Sequence[Verdict], *, at: float, apart: float, resend_absent: bool) -> Resolved:
        """See `Store.resolve`."""
        done = await self._store.resolve(verdicts, at=at, apart=apart, resend_absent=resend_absent)
        self._note(f"matched {done.matched}", f"resent {done.resent}")
        return done


async def main(where: str, diary: str) -> None:
    """Send what is there, sweep and reconcile, until nothing is left to do."""
    store = await open_ledger(where)
    async with contextlib.aclosing(store), AsyncSession.from_env() as twilio:
        await work(cast("Store", Watched(store, diary)), twilio, PLAN, DUTIES)


def read_diary(diary: Path) -> tuple[int, int, int]:
    """How many attempts were in doubt, were found at Twilio, and were sent again because Twilio did not have them."""
    doubts, sums = set[str](), {"matched": 0, "resent": 0}
    for line in diary.read_text().splitlines() if diary.exists() else ():
        word, value = line.split()
        if word == "doubt":
            doubts.add(value)
        else:
            sums[word] += int(value)
    return len(doubts), sums["matched"], sums["resent"]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
