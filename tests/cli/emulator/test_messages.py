from __future__ import annotations

import json

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator


async def test_the_newest_messages_are_shown(ask: Ask, emulator: Emulator) -> None:
    """The newest last; for people, or for programs."""
    emulator.seed_messages(3, body="number {index}")
    done = await ask("messages", "--limit", "2")
    assert [line.rpartition(" number ")[2] for line in done.out.splitlines()] == ["1", "2"]
    done = await ask("messages", "--json")
    assert [json.loads(line)["body"] for line in done.out.splitlines()] == ["number 0", "number 1", "number 2"]
