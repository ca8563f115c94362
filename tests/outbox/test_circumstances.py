"""Bad circumstances around a file: each is a clear error or a wait, and nobody is texted twice for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.outbox.conformance import Hand
from tests.outbox.conftest import texts, until
from twilio_async import AsyncSession
from twilio_async.outbox import Outbox
from twilio_async.outbox.errors import OutboxError, OutboxFull, OutboxReadOnly
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.reconcile import reconcile
from twilio_async.outbox.sqlite import SqliteStore
from twilio_async.outbox.store import Row

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator

ROWS = 150


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of sixteen megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True, check=False).returncode:
        pytest.skip("a file system of its own takes root, and may not be forbidden")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def once_each(emulator: Emulator, rows: int = ROWS) -> None:
    """Everybody was texted, once."""
    assert Counter(message.body for message in emulator.messages) == {f"Hello {number}": 1 for number in range(rows)}


class Telling(SqliteStore):
    """A ledger that tells what it could not note."""

    refused = 0

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        try:
            return await super().settle(row, settlement)
        except OutboxFull:
            self.refused += 1
            raise


def fill(disk: Path) -> Path:
    """The file that takes all the room there was."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))
    return ballast


async def test_a_disk_that_fills_up_amid_sending_costs_nobody_a_text(
    small_disk: Path, emulator: Emulator, plain: AsyncSession
) -> None:
    """What is on the wire is settled as soon as there is room; the send says what is the matter, and the next run goes on."""
    path = small_disk / "outbox.db"
    emulator.faults.add("POST", latency=0.02)
    store = await Telling.open(path)
    async with Outbox(store) as outbox:
        await outbox.add(texts(ROWS))
        sending = asyncio.ensure_future(outbox.send(plain, concurrency=5))
        # While nothing is written, so that the log ends where the disk does; no answer comes while it is filled.
        await until(lambda: len(emulator.requests) >= 20 and emulator.in_flight and not store._actor._busy)
        ballast = fill(small_disk)
        await until(lambda: store.refused)
        assert len(emulator.requests) < ROWS
        ballast.unlink()
        with pytest.raises(OutboxFull, match="make room and run again"):
            await sending
        rows = (await outbox.report()).rows
        assert rows["accepted"] == len(emulator.messages)
        assert rows.keys() <= {"accepted", "claimed", "pending"}
    async with Outbox.open(path) as outbox:
        report = await outbox.send(plain)
    assert report.rows == {"accepted": ROWS}
    once_each(emulator)


async def test_a_disk_without_any_room_says_so_and_keeps_nothing_locked(small_disk: Path) -> None:
    """A ledger that cannot be made is made as soon as there is room."""
    ballast = fill(small_disk)
    with pytest.raises(OutboxFull, match="make room and run again"):
        async with Outbox.open(small_disk / "outbox.db"):
            pass
    ballast.unlink()
    async with Outbox.open(small_disk / "outbox.db") as outbox:
        assert (await outbox.add(texts(1))).added == 1


async def test_a_ledger_that_cannot_be_written_sends_nothing(tmp_path: Path, emulator: Emulator, plain: AsyncSession) -> None:
    """No intent can be noted, so there is no request."""
    path = tmp_path / "outbox.db"
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(3))
    async with Outbox.open(path, read_only=True) as outbox:
        with pytest.raises(OutboxReadOnly):
            await outbox.send(plain)
    assert emulator.requests == []


async def test_a_file_that_is_damaged_in_the_middle_is_an_error(
    tmp_path: Path, emulator: Emulator, plain: AsyncSession
) -> None:
    """Whatever could still be read of it, nobody is texted twice."""
    path = tmp_path / "outbox.db"
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(2000))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))
    with pytest.raises(OutboxError, match=r"outbox\.db"):
        async with Outbox.open(path) as outbox:
            await outbox.send(plain)
    assert all(count == 1 for count in Counter(message.body for message in emulator.messages).values())


async def test_a_second_process_on_the_file_is_turned_away(tmp_path: Path, emulator: Emulator, plain: AsyncSession) -> None:
    """With a clear error, while the first goes on undisturbed."""
    path = tmp_path / "outbox.db"
    code = (
        "import asyncio, sys\nfrom twilio_async.outbox import Outbox\n"
        "async def main():\n    async with Outbox.open(sys.argv[1]) as outbox:\n        await outbox.add([])\n"
        "asyncio.run(main())"
    )
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(ROWS))
        sending = asyncio.ensure_future(outbox.send(plain))
        other = await asyncio.create_subprocess_exec(sys.executable, "-c", code, str(path), stderr=asyncio.subprocess.PIPE)
        _, said = await other.communicate()
        assert other.returncode == 1
        assert b"OutboxLocked" in said
        assert (await sending).rows == {"accepted": ROWS}
    once_each(emulator)


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
@pytest.mark.parametrize("arrived", [False, True])
async def test_a_clock_that_jumps_between_two_runs_proves_nothing(
    tmp_path: Path, emulator: Emulator, plain: AsyncSession, jump: float, arrived: bool
) -> None:
    """What was on the wire when the first run died is not called absent before the second has waited its quiet period."""
    path, clock = tmp_path / "outbox.db", Hand()
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(1))
    first = await SqliteStore.open(path, clock=clock)
    rows = (await first.claim("first", campaign=None, limit=1, lease=60.0)).rows
    await first.begin(rows, lease=60.0)
    await first.aclose()
    clock.now += jump
    second = await SqliteStore.open(path, clock=clock)
    if arrived:
        emulator.add_message(to="+15558600000", body="Hello 0")
    for _ in range(3):
        clock.now += 90.0
        found = await reconcile(second, plain, resend_absent=True)
        assert found.resent == found.absent == 0
    await second.aclose()
