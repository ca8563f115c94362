"""What stays in memory, and what only passes through it."""

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

KEPT = "memory per kept record"
MB = 1e6
MOST_GROWTH = 10.0
"""Megabytes by which more of the same may raise the peak."""


def run(scale: Scale, server: Addresses) -> Section:
    """Measure each in a process of its own."""
    section = Section("memory", f"resident; {scale.records:,} records kept in a list")
    if not tells_memory():
        section.skipped.append("all of it: this system has no /proc/self/status, where it is read")
        return section
    for name in (OURS, OFFICIAL, FLOOR, HTTPX):
        section.add(KEPT, name, fresh(keeping, name, server.prompt, scale.records) / scale.records, "B")
    for name in (OURS, OURS_BY_DAYS):
        _compare(section, "records streamed", streaming, name, server.prompt, scale.few, scale.many)
    _compare(section, "rows sent", sending, OURS_IN_BULK, server.prompt, scale.rows // 10, scale.rows)
    return section


def _compare(
    section: Section, what: str, peak: Callable[[str, str, int], int], name: str, url: str, few: int, many: int
) -> None:
    """Add the peaks for *few* and for *many*, and how much they may differ."""
    low, high = (fresh(peak, name, url, count) / MB for count in (few, many))
    section.add(f"peak, {few:,} {what}", name, low, "MB")
    section.add(f"peak, {many:,} {what}", name, high, "MB", f"{high - low:+.1f} MB")
    section.expect(f"{name}: MB more for {many:,} {what} than for {few:,}", high - low, at_most=MOST_GROWTH)


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
            count = await reader.read()
        assert count == size
        return peak_resident()

    return asyncio.run(read())


def sending(name: str, url: str, count: int) -> int:
    """The most bytes in memory while so many messages are sent."""

    async def send() -> int:
        async with client(name, url, canned.account(0)) as sender:
            await sender.send_all(texts(count))
        return peak_resident()

    return asyncio.run(send())
