"""What all tests share: the event loop, an emulator of their own, and a session on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.official import SPEC, Recorder
from twilio_async import AsyncSession, Retry

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator


# Nothing here is about speed, and the machine may be busy.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The library runs on asyncio; tests that also want uvloop say so."""
    return "asyncio"


@pytest.fixture
def spec() -> Path:
    """The folder of Twilio's OpenAPI documents."""
    if not SPEC.is_dir():
        pytest.skip("Twilio's OpenAPI documents are not beside the checkout (../shared/spec)")
    return SPEC


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """A Twilio of the test's own."""
    from twilio_async.emulator import Emulator

    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def twilio(emulator: Emulator) -> AsyncIterator[AsyncSession]:
    """A session on that Twilio, which repeats without waiting.

    What it sends and gets is held against Twilio's OpenAPI documents afterwards, where they are at hand.
    """
    recorder = Recorder()
    async with AsyncSession.from_env(emulator.env, retry=Retry(base=0.0), trace_configs=[recorder.trace()]) as twilio:
        yield twilio
    if SPEC.is_dir():
        recorder.check()
