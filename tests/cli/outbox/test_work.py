from __future__ import annotations

import functools
import signal
import subprocess

import anyio
import pytest

from tests.cli.outbox.conftest import Asked, Rows
from tests.cli.shell import COMMAND, environment, run
from tests.outbox.conftest import texts, until
from tests.postgres import PASSWORD, database
from twilio_async.emulator import Emulator
from twilio_async.outbox import Outbox


async def test_everything_is_sent_once(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """It says where to, and ends when nothing is left."""
    done = await asked("work", env=emulator.env)
    assert done.code == 0
    assert f"5 messages to {emulator.url}." in done.err
    assert "Accepted  5" in done.out
    assert len(emulator.messages) == 5
    assert (await asked("work", env=emulator.env)).code == 0
    assert len(emulator.messages) == 5


async def test_only_the_campaign_that_is_named_is_sent(asked: Asked, ledger: str, emulator: Emulator) -> None:
    """One that is not there is a mistake."""
    async with Outbox.open(ledger) as outbox:
        await outbox.add(texts(2), campaign="later")
    assert (await asked("work", "--campaign", "later", env=emulator.env)).code == 0
    assert len(emulator.messages) == 2
    assert (await asked("work", "--campaign", "latter", env=emulator.env)).code == 2


async def test_credentials_that_do_not_open_exit_with_3(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """Missing or refused; the rows stay to be sent."""
    assert (await asked("work")).code == 3
    assert (await asked("work", env=emulator.env | {"TWILIO_AUTH_TOKEN": "0" * 32})).code == 3
    assert await rows() == {"pending": 5}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_a_service_that_is_stopped_ends_well(ledger: str, rows: Rows, emulator: Emulator, told: signal.Signals) -> None:
    """Whoever waits forever is told to stop by a signal, and that is no failure."""
    command = [*COMMAND, "outbox", "work", ledger, "--forever"]
    async with await anyio.open_process(command, env=environment(emulator.env), stderr=subprocess.PIPE) as process:
        await until(lambda: len(emulator.messages) == 5)
        process.send_signal(told)
        await process.wait()
        assert process.stderr is not None
        said = b"".join([chunk async for chunk in process.stderr]).decode()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert await rows() == {"accepted": 5}


async def test_a_full_rejection_stops_it(asked: Asked, ledger: str, rows: Rows, emulator: Emulator) -> None:
    """When most is rejected something is wrong with all of it; the reason is told."""
    async with Outbox.open(ledger) as outbox:
        await outbox.add(texts(200, sender="+15005550001"), campaign="wrong")
    done = await asked("work", "--campaign", "wrong", "--concurrency", "2", "--stop-after-rejected", "5%", env=emulator.env)
    assert done.code == 1
    assert "were rejected, the last with 216" in done.err
    assert (await rows())["pending"] > 5


@pytest.mark.parametrize(
    ("more", "reason"), [(("--slots", "2"), "go with --forever"), (("--forever", "--slots", "2"), "goes with a database")]
)
async def test_slots_are_for_those_who_share_a_database(asked: Asked, more: tuple[str, ...], reason: str) -> None:
    """A file has one worker, and one that ends has no slots to give back."""
    done = await asked("work", *more)
    assert done.code == 2
    assert reason in done.err


def has_sent(emulator: Emulator, count: int) -> bool:
    """Whether so many messages are there."""
    return len(emulator.messages) == count


@pytest.mark.parametrize("slots", [(), ("--slots", "2")])
async def test_a_database_is_worked_on_until_told_to_stop(emulator: Emulator, slots: tuple[str, ...]) -> None:
    """New rows are sent as they come, with procrastinate and without; the password is nowhere to be read."""
    async with database() as dsn, Outbox.open(dsn) as outbox:
        command = [*COMMAND, "outbox", "work", dsn, "--forever", *slots]
        async with await anyio.open_process(command, env=environment(emulator.env), stderr=subprocess.STDOUT) as process:
            for number in (1, 2):
                await outbox.add(texts(5), campaign=f"part {number}")
                await until(functools.partial(has_sent, emulator, 5 * number))
            process.send_signal(signal.SIGTERM)
            assert process.stdout is not None
            said = b"".join([chunk async for chunk in process.stdout]).decode()
            await process.wait()
        assert (process.returncode, (await outbox.report()).rows) == (0, {"accepted": 10})
        status = await run("outbox", "status", dsn)
    assert ["accepted", "5", "5"] in [line.split() for line in status.out.splitlines()]
    assert PASSWORD not in said + status.out
    assert "Traceback" not in said
