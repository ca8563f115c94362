from __future__ import annotations

import json
import signal

import anyio.to_thread
import httpx
import pytest

from tests.cli.shell import start
from tests.emulator.conftest import until
from twilio_async.emulator import Emulator


async def refused(emulator: Emulator) -> None:
    """Let something happen."""
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get(f"{emulator.url}/v1/Services")).status_code == 401


async def test_what_happens_is_shown_until_the_emulator_ends() -> None:
    """A line for each event, at once."""
    async with Emulator() as emulator:
        with start("emulator", "events", "--json", "--url", emulator.url) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            await until(lambda: emulator._events._subscriptions)
            await refused(emulator)
            line = await anyio.to_thread.run_sync(process.stdout.readline)
            assert json.loads(line)["record"]["status"] == 401
            await emulator.__aexit__(None, None, None)
            assert await anyio.to_thread.run_sync(process.stdout.read) == ""
            assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("options", [(), ("--json",)])
async def test_an_interrupt_ends_it_quietly(emulator: Emulator, options: tuple[str, ...]) -> None:
    """Ctrl-C is how it is meant to end."""
    with start("emulator", "events", "--url", emulator.url, *options) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        await until(lambda: emulator._events._subscriptions)
        await refused(emulator)
        assert "/v1/Services" in await anyio.to_thread.run_sync(process.stdout.readline)
        process.send_signal(signal.SIGINT)
        assert await anyio.to_thread.run_sync(process.stderr.read) == ""
    assert process.returncode == 0
