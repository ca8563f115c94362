"""The moves as SQL: what conformance cannot see, that they are found by an index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outbox.conformance import Hand, draft
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.schema import connect
from twilio_async.outbox.tables import Tables


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty ledger."""
    connection = connect(tmp_path / "outbox.db")
    yield connection
    connection.close()


QUICK = ("rowid=?", "campaign=? AND key=?", "sid=?", *(f"rows_{index}" for index in (
    "pending", "with_deadline", "in_hand", "in_doubt", "without_sid", "refused",
)))  # fmt: skip
"""What finds rows without reading others."""


def test_hot_statements_read_only_what_they_want(connection: sqlite3.Connection) -> None:
    """With a million rows, a scan for each message, or each claim, would be the end of it."""
    tables = Tables(connection, Hand())
    tables.add("spring", [draft(str(number)) for number in range(10)])
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    rows = tables.claim("me", None, 5, 60.0, None, {}).rows
    tables.begin(rows, 60.0)
    tables.settle(rows[0], Settlement(event="accept", sid="SM1"))
    tables.release(rows)
    tables.sweep(everything=False)
    tables.sweep(everything=True)
    tables.unknowns("spring", 0, 10)
    tables.progress(None)
    tables.known_sids(["SM1"])
    tables.observe("spring", "1", "SM2", "sent", None)
    tables.codes("spring")
    connection.set_trace_callback(None)
    statements = {statement for statement in seen if statement.startswith(("SELECT", "UPDATE"))}
    assert len(statements) > 20
    for statement in statements:
        steps = [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        slow = [step for step in steps if " rows" in step and not any(found in step for found in QUICK)]
        assert not slow, (statement, slow)


def test_counters_survive_what_was_undone(connection: sqlite3.Connection) -> None:
    """A transaction that fails leaves no trace in them, nor in what is remembered of names."""
    tables = Tables(connection, Hand())
    connection.execute("BEGIN")
    tables.add("spring", [draft("a")])
    connection.execute("ROLLBACK")
    tables.forget()
    connection.execute("BEGIN")
    tables.add("autumn", [draft("b", sender="other")])
    tables.count()
    connection.execute("COMMIT")
    assert tables.progress(None).rows == {"pending": 1}
    assert [campaign.name for campaign in tables.campaigns()] == ["autumn"]
    (row,) = tables.rows((), None, 0, 10)
    assert row.sender == "other"
