"""What tests of the outbox's commands share: a ledger, and how to look into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.cli.shell import Ended, run
from tests.outbox.conftest import texts
from twilio_async.outbox import Outbox, State

RECIPIENT: str = texts(2)[1]["to"]
"""Of the second row."""
Rows: TypeAlias = Callable[[], Awaitable[dict[State, int]]]
Asked: TypeAlias = Callable[..., Awaitable[Ended]]


@pytest.fixture
async def ledger(tmp_path: Path) -> str:
    """A ledger with five rows of a campaign, promo."""
    path = str(tmp_path / "promo.outbox.db")
    async with Outbox.open(path) as outbox:
        await outbox.add(texts(5), campaign="promo")
    return path


@pytest.fixture
def rows(ledger: str) -> Rows:
    """Tells how many rows are in which state."""

    async def look() -> dict[State, int]:
        async with Outbox.open(ledger, read_only=True) as outbox:
            return (await outbox.report()).rows

    return look


@pytest.fixture
def asked(ledger: str) -> Asked:
    """Asks a command about the ledger."""

    async def ask(name: str, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        return await run("outbox", name, ledger, *arguments, env=env)

    return ask
