"""A campaign from an outbox in a file: how long a million recipients take to come in, and what it costs that nothing is lost.

The server answers at once, from a process of its own. `send_many`, which forgets everything when it dies, sends the same rows
to it in the same run.
"""

from __future__ import annotations

import asyncio
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks import canned
from benchmarks.clients import SECRET, SENDER, texts
from benchmarks.figures import Section
from benchmarks.process import fresh, peak_resident, resident, tells_memory
from benchmarks.scale import Scale
from benchmarks.server import Addresses

OURS, IN_MEMORY = "Outbox, SQLite", "send_many()"
SENT, IMPORT, AGAIN, START = "messages per second", "import", "import again", "start, until the first is sent"
MB: Final = 1e6
SENT_BEFORE_THE_END: Final = 100
"""Rows that are sent when the program is killed, before it is started again."""


def run(scale: Scale, server: Addresses) -> Section:
    """Measure each in a process of its own, the two senders taking turns."""
    section = Section("outbox", f"{scale.rows:,} recipients; {scale.messages:,} sent with {scale.in_flight} in flight")
    with tempfile.TemporaryDirectory() as folder:
        _import(section, Path(folder) / "all.db", scale.rows)
        _start(section, Path(folder) / "all.db", server.prompt)
        _send(section, Path(folder), scale, server.prompt)
    return section


def _import(section: Section, file: Path, rows: int) -> None:
    for measure in (IMPORT, AGAIN):
        added, seconds, grown = fresh(importing, file, rows)
        note = f"{rows / seconds:,.0f} a second, {added:,} added"
        section.add(measure, OURS, seconds, "s", note)
        if tells_memory():
            section.add(f"{measure}, memory", OURS, grown / MB, "MB", "more than before it, at its highest")
        assert added == (rows if measure == IMPORT else 0)
    section.add("file", OURS, file.stat().st_size / rows, "B", "per row")


def importing(file: Path, count: int) -> tuple[int, float, int]:
    """Rows added, seconds, and the most bytes that it took."""

    async def add() -> tuple[int, float, int]:
        from twilio_async.outbox import Outbox

        before, began = resident() if tells_memory() else 0, time.perf_counter()
        async with Outbox.open(file) as outbox:
            added = (await outbox.add(_rows(count))).added
            took = time.perf_counter() - began
        return added, took, peak_resident() - before if tells_memory() else 0

    return asyncio.run(add())


def _start(section: Section, file: Path, url: str) -> None:
    for note in ("a ledger as it was left", "after kill -9 amid sending"):
        section.add(START, OURS, _killed(file, url) * 1e3, "ms", note)


def _killed(file: Path, url: str) -> float:
    """Start a program that sends, kill it when it has sent some; the seconds that it took to send its first."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.outbox", str(file), url], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert child.stdout is not None
    with child.stdout as told:
        took = float(told.readline())
        told.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    return took


async def sending_until_killed(file: str, url: str) -> None:
    """Send, and tell how long it took from opening the ledger to the first row, and when there have been enough."""
    from twilio_async.outbox import Outbox

    began = time.perf_counter()
    async with Outbox.open(file) as outbox, _session(url, 100) as twilio:
        store, settled, count = outbox.store, outbox.store.settle, 0

        async def told(*args: Any) -> bool:
            nonlocal count
            kept = await settled(*args)
            count += 1
            if count in {1, SENT_BEFORE_THE_END}:
                print(time.perf_counter() - began, flush=True)
            return kept

        setattr(store, "settle", told)  # noqa: B010 - a look at it from outside
        await outbox.send(twilio)


def _send(section: Section, folder: Path, scale: Scale, url: str) -> None:
    rounds = max(scale.rounds // 3, 1)
    count = scale.messages // rounds
    rates: dict[str, list[float]] = {OURS: [], IN_MEMORY: []}
    for number in range(rounds):
        rates[OURS].append(fresh(durably, folder / f"{number}.db", url, count, scale.in_flight))
        rates[IN_MEMORY].append(fresh(in_memory, url, count, scale.in_flight))
    for name, found in rates.items():
        section.add(SENT, name, statistics.median(found), "/s", f"the median of {rounds}")
    section.expect("durable messages per second", statistics.median(rates[OURS]), at_least=1_500)
    slower = 1 / section.ratio(SENT, OURS, IN_MEMORY) - 1
    section.expect("percent longer than send_many()", slower * 100, at_most=30)


def durably(file: Path, url: str, count: int, in_flight: int) -> float:
    """Messages per second out of an outbox, which has them already."""

    async def send() -> float:
        from twilio_async.outbox import Outbox

        async with Outbox.open(file) as outbox, _session(url, in_flight) as twilio:
            await _warm_up(twilio, in_flight)
            await outbox.add(_rows(count))
            began = time.perf_counter()
            report = await outbox.send(twilio)
            took = time.perf_counter() - began
            assert report.rows.keys() == {"accepted"}, report
        return count / took

    return asyncio.run(send())


def in_memory(url: str, count: int, in_flight: int) -> float:
    """Messages per second from memory."""

    async def send() -> float:
        async with _session(url, in_flight) as twilio:
            await _warm_up(twilio, in_flight)
            began = time.perf_counter()
            async for result in twilio.messages.send_many(_rows(count, keys=False)):
                assert result.message is not None
            return count / (time.perf_counter() - began)

    return asyncio.run(send())


async def _warm_up(twilio: Any, in_flight: int) -> None:
    async for result in twilio.messages.send_many(_rows(in_flight * 5, keys=False)):
        assert result.message is not None


def _session(url: str, in_flight: int) -> Any:
    from twilio_async import AsyncSession

    return AsyncSession(canned.account(0), SECRET, base_url=url, concurrency=in_flight)


def _rows(count: int, *, keys: bool = True) -> Iterator[dict[str, Any]]:
    for number, (to, body) in enumerate(texts(count)):
        row = {"to": to, "from_": SENDER, "body": body}
        yield row | {"key": str(number)} if keys else row


if __name__ == "__main__":
    asyncio.run(sending_until_killed(*sys.argv[1:]))
