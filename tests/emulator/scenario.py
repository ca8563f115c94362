"""One scenario for all of Twilio's own clients: what a program is told, and what it must have seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from twilio_async.emulator import Emulator, Profile
from twilio_async.emulator.api.proxy import Proxy

ANN, BOB, CAROL = "+15558675310", "+15558675311", "+15558675312"
PROGRAM = Path(__file__).parent / "program.py"
PACE = Profile(sent=0.05, delivered=0.1)
"""Slow enough for a program to have to ask again."""


@asynccontextmanager
async def proxied(**options: Any) -> AsyncIterator[tuple[Emulator, Proxy]]:
    """An emulator and a proxy to it."""
    async with Emulator(**options) as emulator:
        proxy = await Proxy.open(emulator._gateway.handle, refuses=emulator.faults.refuses)
        try:
            yield emulator, proxy
        finally:
            await proxy.close()


def plan(emulator: Emulator, base_url: str = "") -> str:
    """Prepare an emulator for a program, and say what the program is to work with.

    Args:
        emulator: fresh.
        base_url: where the program is to go instead of to Twilio. Default: it is not told.
    """
    emulator.seed_messages(10, to=CAROL)
    emulator.opt_out(BOB)
    told = {
        "base_url": base_url,
        "from": emulator.number,
        "to": ANN,
        "opted_out": BOB,
        "listed": CAROL,
        "number_sids": [number.sid for number in emulator.numbers[1:3]],
    }
    return json.dumps(told)


def run_python(half: str, told: str, env: Mapping[str, str]) -> str:
    """Run the program on a half of the Python client, and give what it printed.

    Args:
        half: ``sync`` or ``async``.
        told: what `plan` gave.
        env: variables to set beside those that are.
    """
    command = [sys.executable, str(PROGRAM), half]
    ended = subprocess.run(command, input=told, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def check(emulator: Emulator, printed: str) -> None:
    """Hold what a program saw against what the emulator knows."""
    seen = json.loads(printed)
    history = [message.sid for message in reversed(emulator.messages) if message.to == CAROL]
    sent, scheduled, through_service = (message for message in emulator.messages if message.to == ANN)
    assert seen["sent"] == {"sid": sent.sid, "body": "Hello, é & 🦉"}
    assert (seen["statuses"][0], seen["statuses"][-1], sent.status) == ("queued", "delivered", "delivered")
    assert seen["pages"] == [history[:4], history[4:8], history[8:]]
    assert seen["listed"] == history[:7]
    assert (seen["redacted"], sent.body) == ("", "")
    assert seen["scheduled"] == {"sid": scheduled.sid, "status": "scheduled"}
    assert (seen["canceled"], scheduled.status) == ("canceled", "canceled")
    numbers = [number.number for number in emulator.numbers[1:3]]
    assert seen["through_service"] == {"sid": through_service.sid, "from": [None, through_service.from_]}
    assert through_service.from_ in numbers
    assert [service.friendly_name for service in emulator.services] == ["Shop", "Post"]
    assert sorted(seen["services"]) == sorted(service.sid for service in emulator.services)
    assert sorted(seen["pool"]) == sorted(numbers)
    assert seen["errors"] == {
        "no number": [400, 21211],
        "opted out": [400, 21610],
        "unknown": [404, 20404],
        "canceled twice": [400, 30409],
        "in the pool": [409, 21710],
        "wrong token": [401, 20003],
    }
