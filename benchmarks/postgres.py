"""The shared ledger: how fast rows come in and go through it, and how exactly several processes keep one rate.

The server is PostgreSQL as it is installed here, started for this, with ``fsync`` on. It shares the machine with its clients.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import multiprocessing
import shutil
import statistics
import time
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Section
from benchmarks.scale import Scale
from benchmarks.server import Addresses

if TYPE_CHECKING:
    from twilio_async.outbox.postgres import PostgresStore
    from twilio_async.outbox.store import Row

PROCESSES = 3
RATE = 1000.0
"""Segments per second that they share."""
BATCH, CLAIM, IN_FLIGHT = 500, 200, 100
IMPORT, AGAIN, CLAIMING, LEDGER = "import", "import again", "claim of 200", "intents and outcomes"
OURS = "PostgreSQL"


def run(scale: Scale, _server: Addresses) -> Section:
    """Import, claim, note, and share a rate; each on a database of its own."""
    quick = scale.rows < 10_000
    rows, seconds = (2_000, 2.0) if quick else (300_000, 20.0)
    section = Section("postgres", f"{rows:,} rows; {PROCESSES} processes")
    if not (shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))):
        section.skipped.append("PostgreSQL: there is no server here (apt-get install -y postgresql)")
        return section
    with database() as dsn, crew() as processes:
        _ledger(section, processes, dsn, rows)
    with database() as dsn, crew() as processes:
        _rate(section, processes, dsn, seconds, quick=quick)
    return section


@contextlib.contextmanager
def database() -> Generator[str]:
    """A fresh database while the context is open."""
    from tests.postgres import server

    server().execute("CREATE DATABASE benchmark")
    try:
        yield server().dsn("benchmark")
    finally:
        server().execute("DROP DATABASE benchmark WITH (FORCE)")


@contextlib.contextmanager
def crew() -> Generator[ProcessPoolExecutor]:
    """Processes in which nothing has run before."""
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as processes:
        yield processes


# --- through the ledger --------------------------------------------------------------------------------------------------


def _ledger(section: Section, processes: ProcessPoolExecutor, dsn: str, rows: int) -> None:
    for name in (IMPORT, AGAIN):
        section.add(name, OURS, rows / processes.submit(importing, dsn, rows).result(), "rows/s")
    claims = processes.submit(claiming, dsn, max(rows // 10 // CLAIM, 1)).result()
    section.add(CLAIMING, OURS, statistics.median(claims) * 1e3, "ms", f"worst {max(claims) * 1e3:.0f} ms")
    section.expect("ms for a claim of 200", statistics.median(claims) * 1e3, at_most=20)
    count = max(rows // 30, 200)
    began = time.perf_counter()
    list(processes.map(partial(noting, dsn), [count] * PROCESSES))
    section.add(LEDGER, OURS, count * PROCESSES / (time.perf_counter() - began), "messages/s", "processes' start included")


def importing(dsn: str, rows: int) -> float:
    """Seconds that adding so many rows takes."""
    from twilio_async.outbox.store import Draft

    def draft(number: int) -> Draft:
        payload = f'{{"body":"Hello {number}, your parcel is here.","from_":"+15017122661","to":"+1555{number:07d}"}}'
        return Draft(key=str(number), payload=payload, to=f"+1555{number:07d}", sender="+15017122661", segments=1)

    async def add() -> float:
        async with opened(dsn) as store:
            began = time.perf_counter()
            for first in range(0, rows, BATCH):
                await store.add("spring", [draft(number) for number in range(first, min(first + BATCH, rows))])
            return time.perf_counter() - began

    return asyncio.run(add())


def claiming(dsn: str, times: int) -> list[float]:
    """Seconds of each of so many claims."""

    async def claim() -> list[float]:
        taken: list[float] = []
        async with opened(dsn) as store:
            for _ in range(times):
                began = time.perf_counter()
                found = await store.claim("me", campaign=None, limit=CLAIM, lease=600.0)
                taken.append(time.perf_counter() - began)
                assert found.rows
        return taken

    return asyncio.run(claim())


def noting(dsn: str, count: int) -> int:
    """Claim rows, note their intents and outcomes, many at a time; how many."""
    from twilio_async.outbox.ledger import Settlement

    async def note() -> int:
        async with opened(dsn) as store:
            done = 0
            places = asyncio.Semaphore(IN_FLIGHT)

            async def carry(row: Row) -> None:
                async with places:
                    assert await store.begin([row], lease=60.0)
                    assert await store.settle(row, Settlement(event="accept", sid=f"SM{row.id}"))

            while done < count:
                rows = (await store.claim(str(id(store)), campaign=None, limit=CLAIM, lease=600.0)).rows
                await asyncio.gather(*map(carry, rows))
                done += len(rows)
            return done

    return asyncio.run(note())


@contextlib.asynccontextmanager
async def opened(dsn: str) -> AsyncGenerator[PostgresStore]:
    """A ledger, closed in the end."""
    from twilio_async.outbox.postgres import PostgresStore

    async with contextlib.aclosing(await PostgresStore.open(dsn)) as store:
        yield store


# --- one rate for all ----------------------------------------------------------------------------------------------------


def _rate(section: Section, processes: ProcessPoolExecutor, dsn: str, seconds: float, *, quick: bool) -> None:
    at = time.monotonic() + 2.0  # when all have started
    starts = sorted(start for found in processes.map(partial(spending, dsn, at), [seconds] * PROCESSES) for start in found)
    within = [start for start in starts if at + 0.5 <= start <= at + seconds - 0.5]
    mean = len(within) / (seconds - 1.0)
    worst = max(bisect.bisect_left(within, start + 1.0) - number for number, start in enumerate(within))
    section.add("mean of a shared rate", OURS, mean, "/s", f"of {RATE:.0f}")
    section.add("worst second of it", OURS, worst, "", f"of {RATE:.0f}")
    if not quick:
        section.expect("error of a shared rate in percent", abs(mean / RATE - 1) * 100, at_most=2)
        section.expect("error in its worst second in percent", (worst / RATE - 1) * 100, at_most=8)


def spending(dsn: str, at: float, seconds: float) -> list[float]:
    """When each of this process's turns came, until so many seconds after a moment of the monotonic clock."""

    async def spend() -> list[float]:
        starts: list[float] = []
        async with opened(dsn) as store:
            await asyncio.sleep(max(at - time.monotonic(), 0.0))

            async def one_after_another() -> None:
                while time.monotonic() < at + seconds:
                    await asyncio.sleep(await store.reserve("all", rate=RATE, burst=1.0, cost=1.0))
                    starts.append(time.monotonic())

            await asyncio.gather(*(one_after_another() for _ in range(8)))
        return starts

    return asyncio.run(spend())
