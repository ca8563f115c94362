"""The in-memory ledger: the model of the others, and quick enough for the tests of users."""

from __future__ import annotations

import pytest

from tests.outbox.conformance import draft
from tests.outbox.conftest import texts
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator
from twilio_async.outbox import MemoryStore, Outbox


async def test_a_move_that_is_in_no_table_does_not_happen() -> None:
    """The model would rather fail than be wrong."""
    store = MemoryStore()
    await store.add("spring", [draft()])
    (row,) = await store.rows((), campaign=None)
    with pytest.raises(AssertionError, match="begin of a row that is pending"):
        store._move(row, "begin")


async def test_an_outbox_needs_no_file(emulator: Emulator, plain: AsyncSession) -> None:
    """For tests of programs that send."""
    async with Outbox(MemoryStore()) as outbox:
        await outbox.add(texts(3))
        assert (await outbox.send(plain)).rows == {"accepted": 3}
