"""The outbox in PostgreSQL, as users open it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.outbox.conftest import texts
from tests.postgres import database
from twilio_async import AsyncSession, InvalidArgument
from twilio_async.outbox import MemoryStore, Outbox, OutboxMissing, OutboxReadOnly

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator


async def test_it_is_opened_by_its_address_and_used_as_any_other(emulator: Emulator, plain: AsyncSession) -> None:
    """Add, send, add again, send again."""
    async with database() as dsn:
        async with Outbox.open(dsn) as outbox:
            assert (await outbox.add(texts(30))).added == 30
            assert (await outbox.send(plain, rate=1000.0, per_sender_rate=500.0)).rows == {"accepted": 30}
        async with Outbox.open(dsn) as outbox:
            assert (await outbox.add(texts(40))).known == 30
            assert (await outbox.send(plain)).rows == {"accepted": 40}
    assert len(emulator.messages) == 40


async def test_an_order_and_its_texts_are_committed_together_or_not_at_all() -> None:
    """Within the transaction of whoever places the order; where there is none to join, it is refused."""
    async with database() as dsn, Outbox.open(dsn) as outbox, await psycopg.AsyncConnection.connect(dsn) as connection:
        with pytest.raises(ZeroDivisionError):
            async with connection.transaction():
                await outbox.add(texts(3), connection=connection)
                raise ZeroDivisionError
        assert (await outbox.report()).total == 0
        async with connection.transaction():
            assert (await outbox.add(texts(3), connection=connection)).added == 3
            assert (await outbox.report()).total == 0
        assert (await outbox.report()).total == 3
        with pytest.raises(InvalidArgument, match="only an outbox in PostgreSQL"):
            await Outbox(MemoryStore()).add(texts(1), connection=connection)


async def test_it_can_be_looked_at_without_changing_anything(plain: AsyncSession) -> None:
    """Read only: reports are given, rows are not taken."""
    async with database() as dsn:
        with pytest.raises(OutboxMissing):
            await Outbox.open(dsn, read_only=True).__aenter__()
        async with Outbox.open(dsn) as outbox:
            await outbox.add(texts(3))
        async with Outbox.open(dsn, read_only=True) as outbox:
            assert (await outbox.report()).total == 3
            with pytest.raises(OutboxReadOnly):
                await outbox.add(texts(4))


def test_without_its_driver_it_says_what_to_install() -> None:
    """And nothing else of the library needs it."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from twilio_async.outbox import Outbox\n"
        "try:\n    Outbox.open('postgresql://x/y')\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("ConfigError")
    assert "pip install 'twilio_async[postgres]'" in told
