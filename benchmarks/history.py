"""What it costs to read a long message history, how long that takes, and what else has to wait meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable
from typing import TypeVar

from benchmarks import canned
from benchmarks.clients import (
    FLOOR,
    HTTPX,
    LARGEST_PAGE,
    OFFICIAL,
    OFFICIAL_BY_DEFAULT,
    OURS,
    OURS_BY_DAYS,
    Tally,
    client,
)
from benchmarks.figures import Section, median
from benchmarks.process import Cost, Measure, fresh, profiler, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import LATENCY, Addresses

T = TypeVar("T")

CLIENTS = (OURS, OURS_BY_DAYS, OFFICIAL, OFFICIAL_BY_DEFAULT, FLOOR, HTTPX)
IN_PAGES = (OURS, OFFICIAL, FLOOR, HTTPX)
"""Clients that are compared on a page of the largest size."""
CPU, STALL = "CPU per record", "longest stall of the loop, per page"
NEAR, FAR = (f"wall of all records, {latency * 1000:.0f} ms latency" for latency in (0.0, LATENCY))


def run(scale: Scale, server: Addresses) -> Section:
    """Measure the costs, the times and the stalls of clients that read the same."""
    tallies = {name: fresh(tallying, name, server.prompt, scale.sample) for name in CLIENTS}
    assert all(tally == tallies[OURS] for tally in tallies.values()), tallies
    section = Section(
        "history", f"{scale.records:,} records, typed fields; pages of {LARGEST_PAGE:,} where nothing else is said"
    )
    _costs(section, scale, server)
    for name in IN_PAGES:
        stall = fresh(stalling, name, server.prompt, scale.pages)
        section.add(STALL, name, stall * 1e3, "ms", f"median of {scale.pages} pages")
    section.expect("CPU of a record ÷ official", section.ratio(CPU, OURS, OFFICIAL), at_most=0.15)
    section.expect("longest stall of a page ÷ official", section.ratio(STALL, OURS, OFFICIAL), at_most=0.25)
    speed = section.ratio(FAR, OFFICIAL_BY_DEFAULT, OURS)
    section.expect("list() with latency, times as fast as the official default", speed, at_least=10)
    return section


def _costs(section: Section, scale: Scale, server: Addresses) -> None:
    """Read without latency in turn, several times; with Twilio's latency once, since it leaves little to chance."""
    sizes = {name: scale.sample if name == OFFICIAL_BY_DEFAULT else scale.records for name in CLIENTS}
    near: dict[str, list[Cost]] = {name: [] for name in CLIENTS}
    for _ in range(scale.rounds):
        for name, size in sizes.items():
            near[name].append(fresh(reading, stopwatch, name, server.prompt, size))
    far = {name: fresh(reading, stopwatch, name, server.distant, size) for name, size in sizes.items()}
    for name, size in sizes.items():
        cost = median(near[name])
        note = f"extrapolated from {size:,} records" if size != scale.records else ""
        section.add(CPU, name, cost.cpu / size * 1e6, "µs", note)
        section.add(NEAR, name, cost.wall / size * scale.records, "s", note)
        section.add(FAR, name, far[name].wall / size * scale.records, "s", note)


def profile(scale: Scale, server: Addresses) -> str:
    """Where our own time goes."""
    return fresh(reading, profiler, OURS, server.prompt, scale.records).text


def reading(measure: Measure[T], name: str, url: str, size: int) -> T:
    """Read a history of *size* messages, over a connection that is open already."""

    async def read() -> T:
        async with client(name, url, canned.account(size)) as reader:
            await reader.send("+15550000000", "warm-up")
            with measure() as found:
                count = await reader.read()
        assert count == size
        return found

    return asyncio.run(read())


def tallying(name: str, url: str, size: int) -> Tally:
    """Sum up a history of *size* messages."""

    async def read() -> Tally:
        async with client(name, url, canned.account(size)) as reader:
            return await reader.tally()

    return asyncio.run(read())


def stalling(name: str, url: str, pages: int) -> float:
    """Seconds that the event loop stands still at most while a page is read: the median of several."""

    async def read() -> float:
        async with client(name, url, canned.account(LARGEST_PAGE)) as reader:
            await reader.read()
            return statistics.median([await _longest_stall(reader.read()) for _ in range(pages)])

    return asyncio.run(read())


async def _longest_stall(work: Awaitable[object]) -> float:
    """How late a task that wants to wake every millisecond wakes at worst while *work* goes on."""
    latest = 0.0

    async def tick() -> None:
        nonlocal latest
        while True:
            due = time.perf_counter() + 0.001
            await asyncio.sleep(0.001)
            latest = max(latest, time.perf_counter() - due)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await work
    await asyncio.sleep(0.002)  # for the tick that was due meanwhile
    ticker.cancel()
    return latest
