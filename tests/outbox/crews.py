"""Several workers in processes of their own on one ledger, one of which is killed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.outbox.conftest import texts
from tests.postgres import database
from twilio_async.emulator import Emulator
from twilio_async.outbox import Outbox
from twilio_async.outbox.postgres import PostgresStore

ROWS = 300
IN_HAND = "SELECT owner FROM twilio_async.messages WHERE state = 'sending' LIMIT 1"
LEASE_OVER = "UPDATE twilio_async.messages SET lease = 0 WHERE state IN ('claimed', 'sending') AND owner LIKE %(owner)s"


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds of an emulator, or of a process, which tell nobody."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.002)


def start(dsn: str, emulator: Emulator, kind: str) -> subprocess.Popen[bytes]:
    """Start a worker."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.laborer", dsn, kind],
        env={**os.environ, **emulator.env},
        cwd=Path(__file__).parents[2],
    )


async def work_with_a_loss(kind: str, count: int) -> None:
    """Let *count* workers send everything, and kill one amid its work: nobody is texted twice, and nobody is forgotten."""
    with Emulator() as emulator:
        emulator.faults.add("POST", latency=0.05)
        async with database() as dsn, Outbox.open(dsn) as outbox:
            store = outbox.store
            assert isinstance(store, PostgresStore)
            await outbox.add(texts(ROWS))
            workers = [start(dsn, emulator, kind) for _ in range(count)]
            try:
                pid = await busy(store, emulator)
                victim = next(worker for worker in workers if worker.pid == pid)
                victim.kill()
                await asyncio.to_thread(victim.wait)
                # As if a minute had gone by for what it had in hand.
                over = {"owner": f"%:{pid}:%"}
                left = await store._access.run(lambda sql: sql.execute(LEASE_OVER.encode(), over))
                codes = [await asyncio.to_thread(worker.wait) for worker in workers if worker is not victim]
            finally:
                for worker in workers:
                    worker.kill()
                    worker.wait()
            assert left
            assert codes == [0] * (count - 1)
            assert (await outbox.report()).rows == {"accepted": ROWS}
            assert Counter(message.body for message in emulator.messages) == {f"Hello {number}": 1 for number in range(ROWS)}


async def busy(store: PostgresStore, emulator: Emulator) -> int:
    """The process that has a row on the wire, when some were sent and many were not."""
    while True:
        await asyncio.sleep(0.01)
        found = await store._access.run(lambda sql: sql.fetch(IN_HAND.encode()))
        if found and len(emulator.messages) >= ROWS // 5:
            return int(found[0][0].split(":")[1])
