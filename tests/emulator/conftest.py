"""What the emulator's tests share: plain HTTP clients, whose answers Twilio's documents judge."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import TypeAlias

import anyio
import httpx
import pytest

from tests.application import Application, running_application
from tests.emulator.openapi import check_exchange
from twilio_async.emulator import Clock, Emulator

Connect: TypeAlias = Callable[[Emulator], AbstractAsyncContextManager[httpx.AsyncClient]]

NOON = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)


def basic(user: str, password: str) -> str:
    """A header of credentials."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


async def judge(response: httpx.Response) -> None:
    """Hold each JSON answer against Twilio's documents."""
    if response.headers.get("Content-Type", "application/json") == "application/json":
        body = (await response.aread()).decode()
        check_exchange(response.request.method, str(response.request.url), response.status_code, body)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what others do, in this loop or in another thread."""
    while not condition():  # noqa: ASYNC110  # the emulator tells nobody of what it does; one asks it
        await anyio.sleep(0.001)


@asynccontextmanager
async def _connected(emulator: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    credentials = (emulator.account_sid, emulator.auth_token)
    # Nothing here is encrypted, and loading the certificates takes longer than most of these tests.
    async with httpx.AsyncClient(
        verify=False, base_url=emulator.url, auth=credentials, event_hooks={"response": [judge]}
    ) as client:
        yield client


@pytest.fixture
def connect() -> Connect:
    """Makes a client of an emulator that a test has set up by itself."""
    return _connected


@pytest.fixture
async def api(emulator: Emulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the test's emulator, with the account's credentials."""
    async with _connected(emulator) as client:
        yield client


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon until somebody winds it on."""
    return Clock(lambda: NOON)


@pytest.fixture
def messages_url(emulator: Emulator) -> str:
    """The path of the account's messages."""
    return f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    """An application for the emulator to call."""
    async with running_application() as application:
        yield application
