"""What the tests of commands share that talk to a running emulator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from tests.cli.shell import Ended, run
from twilio_async.emulator import Emulator

Ask: TypeAlias = Callable[..., Awaitable[Ended]]


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    """Runs ``twilio-async emulator`` with some arguments, where the test's emulator is found."""

    async def ask(*arguments: str, given: bytes = b"") -> Ended:
        return await run("emulator", *arguments, env={"TWILIO_BASE_URL": emulator.url}, given=given)

    return ask
