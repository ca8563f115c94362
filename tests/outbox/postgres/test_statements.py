"""The statements: that the database goes about them as it was thought."""

from __future__ import annotations

from typing import Any

import pytest

from tests.outbox.conformance import draft
from tests.outbox.postgres.conftest import claimed
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.postgres.statements import COLUMNS, Statements
from twilio_async.outbox.store import Row

LANE: dict[str, Any] = {
    "campaigns": ["spring"], "senders": ["A"], "wanted": [10], "until": [0.0], "times": [0.0], "ids": [5000], "at": 1e10,
    "limit": 10, "owner": "me", "lease": 60.0,
}  # fmt: skip
MINE: dict[str, Any] = {"id": [7], "owner": ["me"], "epoch": [1], "attempt": [0], "lease": [60.0], "again": False}
NOTED: dict[str, Any] = MINE | {"event": ["accept"], "sid": ["SM1"], "code": [None], "reason": [None], "delay": [0.0]}


@pytest.mark.parametrize(
    ("name", "values", "index"),
    [
        ("take", LANE, "messages_pending"),
        ("peek", LANE, "messages_pending"),
        ("begin", MINE, "messages_pkey"),
        ("settle", NOTED, "messages_pkey"),
        ("release", MINE, "messages_pkey"),
        ("sweep_claimed", {"everything": False}, "messages_in_hand"),
        ("sweep_sending", {"everything": False, "reason": ""}, "messages_in_hand"),
        ("sweep_late", {}, "messages_with_deadline"),
        ("known", {"campaign": "spring", "keys": ["1"]}, "messages_by_key"),
        ("known_sids", {"sids": ["SM1"]}, "messages_by_sid"),
        ("unknowns", {"campaign": None, "after": 0, "limit": 10}, "messages_doubtful"),
        ("held rows", {"campaign": None, "after": 0, "limit": 10}, "messages_held"),
    ],
)
@pytest.mark.parametrize("analyzed", [True, False])
async def test_no_statement_of_a_message_reads_them_all(
    store: PostgresStore, name: str, values: dict[str, Any], index: str, *, analyzed: bool
) -> None:
    """Right after a big import, of which the planner knows nothing yet, as well as later."""
    for first in range(0, 12_000, 4_000):
        await store.add("spring", [draft(str(number), sender="A") for number in range(first, first + 4_000)])
    await claimed(store, limit=500)
    if analyzed:
        await store._access.run(lambda sql: sql.execute(b"ANALYZE twilio_async.messages"))
    statement = store._statements.rows(["held"]) if name == "held rows" else getattr(store._statements, name)
    plan = await store._access.run(lambda sql: sql.fetch(b"EXPLAIN " + statement, values))
    lines = [line for (line,) in plan]
    assert any(index in line for line in lines), lines
    assert not any("Seq Scan on messages" in line for line in lines), lines


def test_everything_of_a_row_is_read() -> None:
    """Each column is an attribute of a `Row`; two have other names there."""
    assert {name.replace("recipient", "to") for name in COLUMNS} == set(Row.__struct_fields__)


def test_a_clock_of_ones_own_replaces_the_databases() -> None:
    """In every statement that asks for the time, except that of a rate, which many clocks would spoil."""
    for name, text in vars(Statements("s", own_clock=True)).items():
        if isinstance(text, bytes) and name != "reserve":
            assert b"clock_timestamp" not in text
            assert b"statement_timestamp" not in text
