"""What it costs to read a long message history, how long that takes, and what else has to wait meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from benchmarks import canned
from benchmarks.clients import FLOOR, HTTPX, LARGEST_PAGE, OFFICIAL, OFFICIAL_BY_DEFAULT, OURS, OURS_BY_DAYS, Tally, client
from benchmarks.figures import Section, median
from benchmarks.process import Cost, fresh, profiled, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import LATENCY, Addresses

CLIENTS = (OURS, OURS_BY_DAYS, OFFICIAL, OFFICIAL_BY_DEFAULT, FLOOR, HTTPX)
IN_PAGES = (OURS, OFFICIAL, FLOOR, HTTPX)
"""Clients that are compared on a page of the largest size."""
ROUNDS = 3
CPU, STALL = "CPU per record", "longest stall of the loop, a page"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one client read a history."""

    tally: Tally
    cost: Cost


def run(scale: Scale, server: Addresses) -> Section:
    """Measure all clients: without latency in turn, several times; with Twilio's once, since it leaves little to chance."""
    section = Section("history", f"{scale.records:,} records, typed fields read; pages of {LARGEST_PAGE:,} where nothing else is said")
    near, far = (f"wall of all records, {latency * 1000:.0f} ms latency" for latency in (0, LATENCY))
    sizes = {name: scale.sample if name == OFFICIAL_BY_DEFAULT else scale.records for name in CLIENTS}
    prompt: dict[str, list[Reading]] = {name: [] for name in CLIENTS}
    for _ in range(min(ROUNDS, scale.rounds)):
        for name in CLIENTS:
            prompt[name].append(fresh(reading, name, server.prompt, sizes[name]))
    distant = {name: fresh(reading, name, server.distant, sizes[name]) for name in CLIENTS}
    _agree([*distant.values(), *(found for readings in prompt.values() for found in readings)])
    for name, size in sizes.items():
        cost = median(found.cost for found in prompt[name])
        note = f"extrapolated from {size:,} records" if size != scale.records else ""
        section.add(CPU, name, cost.cpu / size * 1e6, "µs", note)
        section.add(near, name, cost.wall / size * scale.records, "s", note)
        section.add(far, name, distant[name].cost.wall / size * scale.records, "s", note)
    for name in IN_PAGES:
        section.add(STALL, name, fresh(stalling, name, server.prompt, scale.pages) * 1e3, "ms", f"median of {scale.pages} pages")
    section.expect("CPU of a record ÷ official", section.ratio(CPU, OURS, OFFICIAL), at_most=0.15)
    section.expect("longest stall ÷ official", section.ratio(STALL, OURS, OFFICIAL), at_most=0.25)
    speed = section.ratio(far, OFFICIAL_BY_DEFAULT, OURS)
    section.expect("list(), with latency: times as fast as the official default", speed, at_least=10)
    return section


def profile(scale: Scale, server: Addresses) -> str:
    """Where our own time goes."""
    return fresh(profiled, reading, OURS, server.prompt, scale.records)


def reading(name: str, url: str, size: int) -> Reading:
    """Read a history of *size* messages, over a connection that is open already."""

    async def read() -> Reading:
        async with client(name, url, canned.account(size)) as reader:
            await reader.send("+15550000000", "warm-up")
            with stopwatch() as cost:
                tally = await reader.read()
        return Reading(tally, cost)

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


def _agree(readings: list[Reading]) -> None:
    """Refuse figures of clients that did not read the same."""
    tallies = {found.tally.count: found.tally for found in readings}
    for found in readings:
        assert found.tally == tallies[found.tally.count], (found.tally, tallies[found.tally.count])
