"""A worker in a process of its own: ``python -m tests.outbox.laborer DSN plain|slots``."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

from twilio_async import AsyncSession
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.slots import Slots, work_slots
from twilio_async.outbox.worker import Duties, work

DUTIES = Duties(sweep_every=1.0, reconcile_every=1.0, quiet=2.0, apart=0.5, resend_absent=True, until_complete=True)
"""A worker that is in a hurry, on a Twilio that lists at once."""


async def main(dsn: str, kind: str) -> None:
    """Work until everything is done, or somebody sends SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = await PostgresStore.open(dsn)
    async with contextlib.aclosing(store), AsyncSession.from_env() as twilio:
        if kind == "plain":
            await work(store, twilio, Plan(), DUTIES, stop=stop)
        else:
            slots = Slots(total=4, each=1, stalled_after=3.0, tend_every=1.0)
            await work_slots(dsn, twilio, Plan(), DUTIES, store=store, slots=slots, stop=stop)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
