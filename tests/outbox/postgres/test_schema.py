"""The ledger's tables: made once, whoever comes first, and never by an older version over a newer one."""

from __future__ import annotations

import asyncio

import pytest

from tests.outbox.conformance import draft
from tests.outbox.postgres.conftest import Opener, opened, states
from tests.postgres import server
from twilio_async.errors import ConfigError
from twilio_async.outbox.errors import OutboxUnreadable, OutboxVersion
from twilio_async.outbox.postgres import PostgresStore, schema


async def test_many_that_come_at_once_make_one_ledger(another: Opener) -> None:
    """Each finds it, and none fails because another was quicker."""
    stores = await asyncio.gather(*(another() for _ in range(6)))
    for number, store in enumerate(stores):
        await store.add("spring", [draft(str(number))])
    assert len(await states(stores[0])) == 6


async def test_schemas_are_ledgers_of_their_own(another: Opener) -> None:
    """And everything is in one."""
    one, other = await another(), await another(schema="elsewhere")
    await one.add("spring", [draft("a")])
    assert await states(other) == {}
    found = await one._access.run(
        lambda sql: sql.fetch(b"SELECT DISTINCT schemaname FROM pg_stat_user_tables UNION SELECT nspname FROM pg_proc "
                              b"JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname !~ '^(pg_|information_schema)'")
    )  # fmt: skip
    assert sorted(found) == [("elsewhere",), ("twilio_async",)]


async def test_a_newer_ledger_is_refused(dsn: str, store: PostgresStore) -> None:
    """Rather than misunderstood."""
    await store._access.run(lambda sql: sql.execute(b"INSERT INTO twilio_async.layout VALUES (99)"))
    with pytest.raises(OutboxVersion, match="upgrade"):
        await PostgresStore.open(dsn)


async def test_an_older_ledger_is_brought_up_to_date(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows stay; looks at Twilio's list that bear the database's time count no more. Whoever only looks is refused."""
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
    async with opened(dsn) as old:
        await old.add("spring", [draft("a"), draft("b")])
        await old._access.run(lambda sql: sql.execute(b"UPDATE twilio_async.messages SET state = 'unknown', absent_at = 5"))
    monkeypatch.undo()
    with pytest.raises(OutboxUnreadable, match="open it for sending once"):
        await PostgresStore.open(dsn, read_only=True)
    async with opened(dsn) as store:
        rows = await store.unknowns(campaign=None)
        assert [(row.key, row.asked_at, row.absent_at) for row in rows] == [("a", None, None), ("b", None, None)]
        assert (await store.progress(None)).rows == {"unknown": 2}


async def test_a_database_that_cannot_hold_every_text_is_refused() -> None:
    """Before the first emoji fails."""
    server().execute("CREATE DATABASE outbox_ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    try:
        with pytest.raises(OutboxUnreadable, match="UTF8"):
            await PostgresStore.open(server().dsn("outbox_ascii"))
    finally:
        server().execute("DROP DATABASE outbox_ascii WITH (FORCE)")


@pytest.mark.parametrize("schema", ["", "Upper", "a-b", 'x"; DROP TABLE y', "a" * 42, "1a"])
async def test_a_name_that_would_need_quoting_is_refused(schema: str) -> None:
    """Before anything is asked of a database."""
    with pytest.raises(ConfigError, match="schema"):
        await PostgresStore.open("postgresql://nowhere.invalid/x", schema=schema)


async def test_counts_hold_whatever_touches_the_rows(dsn: str) -> None:
    """Even a person with a console."""
    async with opened(dsn) as store:
        await store.add("spring", [draft("a"), draft("b"), draft("c", segments=3)])
        await store._access.run(lambda sql: sql.execute(b"UPDATE twilio_async.messages SET segments = 5 WHERE key = 'a'"))
        await store._access.run(lambda sql: sql.execute(b"DELETE FROM twilio_async.messages WHERE key = 'b'"))
        counts = await store.progress("spring")
        assert (counts.rows, counts.segments) == ({"pending": 2}, {"pending": 8})
