"""What stays in memory, and what passes through it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from benchmarks import canned
from benchmarks.clients import FLOOR, HTTPX, LARGEST_PAGE, OFFICIAL, OURS, OURS_BY_DAYS, OURS_IN_BULK, client, texts
from benchmarks.figures import Section
from benchmarks.process import fresh, peak_resident, resident, tells_memory
from benchmarks.scale import Scale
from benchmarks.server import Addresses

KEPT = "bytes per kept record"
FLAT_MB = 10.0
MB = 1e6


def run(scale: Scale, server: Addresses) -> Section:
    """Measure each in a process of its own."""
    section = Section("memory", f"resident memory; {scale.records:,} records kept in a list")
    if not tells_memory():
        section.skipped.append("all of it: it is read from /proc/self/status, which this system does not have")
        return section
    for name in (OURS, OFFICIAL, FLOOR, HTTPX):
        section.add(KEPT, name, fresh(keeping, name, server.prompt, scale.records) / scale.records, "B")
    for name in (OURS, OURS_BY_DAYS):
        _compare(section, "records streamed", name, lambda count, name=name: fresh(streaming, name, server.prompt, count), scale.few, scale.many)
    _compare(
        section, "rows sent", OURS_IN_BULK, lambda count: fresh(sending, OURS_IN_BULK, server.prompt, count, scale.in_flight),
        scale.rows // 5, scale.rows,
    )  # fmt: skip
    return section


def _compare(section: Section, what: str, name: str, peak: Callable[[int], int], few: int, many: int) -> None:
    """How much higher memory rises for *many* than for *few*."""
    low, high = peak(few), peak(many)
    section.add(f"peak, {few:,} {what}", name, low / MB, "MB")
    section.add(f"peak, {many:,} {what}", name, high / MB, "MB", f"{(high - low) / MB:+.1f} MB")
    section.expect(f"{name}: growth in MB from {few:,} to {many:,} {what}", (high - low) / MB, at_most=FLAT_MB)


def keeping(name: str, url: str, size: int) -> int:
    """Bytes that all records of a history take when they are kept."""

    async def keep() -> int:
        async with client(name, url, canned.account(LARGEST_PAGE)) as reader:
            await reader.read()
        async with client(name, url, canned.account(size)) as reader:
            gc.collect()
            before = resident()
            kept = [record async for record in await reader.records()]
            gc.collect()
            assert len(kept) == size
            return resident() - before

    return asyncio.run(keep())


def streaming(name: str, url: str, size: int) -> int:
    """The most bytes in memory while a history is read and nothing is kept."""

    async def read() -> int:
        async with client(name, url, canned.account(size)) as reader:
            tally = await reader.read()
        assert tally.count == size
        return peak_resident()

    return asyncio.run(read())


def sending(name: str, url: str, count: int, in_flight: int) -> int:
    """The most bytes in memory while so many messages are sent."""

    async def send() -> int:
        async with client(name, url, canned.account(0), in_flight) as sender:
            await sender.send_all(texts(count))
        return peak_resident()

    return asyncio.run(send())
