"""``kill -9`` at any moment: nobody is texted twice, nobody is forgotten, and the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import anyio.to_thread
import pytest

from tests.outbox.conftest import texts, until
from tests.outbox.drainer import POINTS
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator
from twilio_async.outbox import Outbox

ROWS = 120


@pytest.fixture
def threaded() -> Iterator[Emulator]:
    """A Twilio that outlives its clients, in a thread of its own."""
    with Emulator() as emulator:
        yield emulator


def start(path: Path, emulator: Emulator, point: str, nth: int) -> subprocess.Popen[bytes]:
    """Start the program."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.drainer", str(path), point, str(nth)],
        env={**os.environ, **emulator.env},
        cwd=Path(__file__).parents[2],
    )


async def finish(path: Path, emulator: Emulator) -> None:
    """Send the rest, and find out about what is in doubt; nothing is on its way any more."""
    await until(lambda: not emulator.in_flight)
    async with Outbox.open(path) as outbox, AsyncSession.from_env(emulator.env) as twilio:
        created = Counter(message.body for message in emulator.messages)
        doubtful = [row async for row in outbox.rows("unknown")]
        report = await outbox.send(twilio)
        left = [row async for row in outbox.rows("unknown")]
        assert len(left) == sum(not created[row.arguments["body"]] for row in doubtful)
        for _ in range(2):
            await outbox.reconcile(twilio, quiet=0.0, apart=0.0, resend_absent=True)
        report = await outbox.send(twilio)
        assert report.rows == {"accepted": ROWS}


def check(emulator: Emulator) -> None:
    """Everybody was texted, once."""
    created = Counter(message.body for message in emulator.messages)
    assert created == {f"Hello {number}": 1 for number in range(ROWS)}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("point", POINTS)
async def test_a_program_killed_at_a_point_goes_on_where_it_was(point: str, tmp_path: Path, threaded: Emulator) -> None:
    """Between any two steps of a row's way."""
    path = tmp_path / "outbox.db"
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(ROWS))
    child = start(path, threaded, point, 2 if point == "claimed" else 40)
    assert await anyio.to_thread.run_sync(child.wait) == -signal.SIGKILL
    assert len(threaded.messages) < ROWS
    await finish(path, threaded)
    check(threaded)


@pytest.mark.timeout(120)
async def test_a_program_killed_from_outside_goes_on_where_it_was(tmp_path: Path, threaded: Emulator) -> None:
    """Three times, amid its work, whatever it is doing."""
    path = tmp_path / "outbox.db"
    threaded.faults.add("POST", kind="accept_then_drop", probability=0.1, seed=1)
    threaded.faults.add("POST", kind="reset", probability=0.1, seed=2)
    threaded.faults.add("POST", latency=0.01)
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(ROWS))
    for enough in (10, 40, 80):
        child = start(path, threaded, "", 0)
        await until(lambda enough=enough, child=child: len(threaded.requests) >= enough or child.poll() is not None)  # type: ignore[misc]
        child.kill()
        await anyio.to_thread.run_sync(child.wait)
    for fault in threaded.faults:
        fault.times = 0
    await finish(path, threaded)
    check(threaded)
