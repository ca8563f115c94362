"""What it costs to send one message, with many in flight."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from benchmarks import canned
from benchmarks.clients import FLOOR, HTTPX, OFFICIAL, OURS, OURS_IN_BULK, client, texts
from benchmarks.figures import Section, median
from benchmarks.process import Cost, Measure, fresh, profiler, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import Addresses

T = TypeVar("T")

CLIENTS = (OURS, OURS_IN_BULK, OFFICIAL, FLOOR, HTTPX)
FEWER = {HTTPX: 10}
"""Clients that send so many times fewer messages, because all of them would take minutes."""
CPU, WALL = "CPU per message", "wall per message"


def run(scale: Scale, server: Addresses) -> Section:
    """Measure all clients in turn, several times."""
    section = Section(
        "send", f"{scale.messages:,} messages each, {scale.in_flight} in flight; medians of {scale.rounds} rounds"
    )
    counts = {name: scale.messages // scale.rounds // FEWER.get(name, 1) for name in CLIENTS}
    costs: dict[str, list[Cost]] = {name: [] for name in CLIENTS}
    for _ in range(scale.rounds):
        for name, count in counts.items():
            costs[name].append(fresh(sending, stopwatch, name, server.prompt, count, scale.in_flight))
    for name, count in counts.items():
        cost = median(costs[name])
        note = f"{count * scale.rounds:,} messages" if name in FEWER else ""
        section.add(CPU, name, cost.cpu / count * 1e6, "µs", note)
        section.add(WALL, name, cost.wall / count * 1e6, "µs", note)
    section.expect("CPU of a message ÷ official", section.ratio(CPU, OURS, OFFICIAL), at_most=0.60)
    section.expect("CPU of a message ÷ floor", section.ratio(CPU, OURS, FLOOR), at_most=1.25)
    return section


def profile(scale: Scale, server: Addresses) -> str:
    """Where our own time goes."""
    return fresh(sending, profiler, OURS, server.prompt, scale.messages // scale.rounds, scale.in_flight).text


def sending(measure: Measure[T], name: str, url: str, count: int, in_flight: int) -> T:
    """Send *count* messages, over connections that are open already."""

    async def send() -> T:
        async with client(name, url, canned.account(0), in_flight) as sender:
            await sender.send_all(texts(in_flight * 5))
            with measure() as found:
                await sender.send_all(texts(count))
        return found

    return asyncio.run(send())
