"""The way to the database: it may be away for a while, and nothing that is raised holds a password."""

from __future__ import annotations

import asyncio
import pickle
import random
import traceback

import psycopg
import pytest

from tests.outbox.conformance import draft
from tests.outbox.postgres.conftest import Opener, begun, claimed, states
from tests.postgres import PASSWORD, server
from twilio_async.errors import ConfigError
from twilio_async.outbox.errors import OutboxError, OutboxReadOnly, OutboxUnreachable
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.postgres.store import CONNECTIONS
from twilio_async.outbox.store import Verdict


async def test_a_database_that_was_restarted_is_found_again(store: PostgresStore) -> None:
    """Whoever asks meanwhile waits, and gets an answer."""
    rows = await begun(store, "a", "b")
    server().stop()
    asked = [asyncio.ensure_future(store.settle(row, Settlement(event="accept", sid=f"SM{row.id}"))) for row in rows]
    asked_too = asyncio.ensure_future(store.claim("me", campaign=None, limit=1, lease=60.0))
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in [*asked, asked_too])
    await asyncio.to_thread(server().start)
    assert await asyncio.gather(*asked) == [True, True]
    assert (await asked_too).next_in is None
    assert await states(store) == {"a": "accepted", "b": "accepted"}


async def test_a_database_that_stays_away_is_an_error(another: Opener) -> None:
    """After a time that can be chosen."""
    store = await another(patience=0.2)
    server().stop()
    try:
        with pytest.raises(OutboxUnreachable, match="PostgreSQL"):
            await store.progress(None)
    finally:
        await asyncio.to_thread(server().start)
    assert (await store.progress(None)).rows == {}


async def test_an_intent_whose_answer_was_lost_is_known_again(store: PostgresStore) -> None:
    """It was committed, then the connection broke: asked again, the ledger says that it is ours; but to nobody else."""
    (row,) = await begun(store, "a")

    async def ask(*, again: bool, owner: str = "me") -> list[int]:
        values = {"id": [row.id], "owner": [owner], "epoch": [1], "attempt": [0], "lease": [60.0], "again": again}
        return [number for (number,) in await store._access.run(lambda sql: sql.fetch(store._statements.begin, values))]

    assert await ask(again=False) == []
    assert await ask(again=True, owner="another") == []
    assert await ask(again=True) == [row.id]
    assert [kept.attempt for kept in await store.rows((), campaign=None)] == [1]


async def test_connections_that_were_cut_are_replaced(store: PostgresStore, dsn: str) -> None:
    """A person, or a firewall, ends them all."""
    await store.add("spring", [draft("a")])
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}".encode())
    assert len(await claimed(store)) == 1
    assert await store.reserve("x", rate=1.0, burst=1.0, cost=1.0) < 0.5


async def test_a_database_that_lets_nobody_in_says_so_at_once(dsn: str) -> None:
    """There is no use in waiting."""
    for wrong in (dsn.replace("/outbox_", "/missing_"), dsn.replace("//outbox:", "//stranger:")):
        with pytest.raises(OutboxError, match="does not exist") as caught:
            await PostgresStore.open(wrong)
        assert PASSWORD not in str(caught.value)


async def test_a_role_without_rights_is_told(store: PostgresStore, dsn: str) -> None:
    """What is missing, and not what was in the row."""
    server().execute("CREATE ROLE guest LOGIN")
    try:
        async with await psycopg.AsyncConnection.connect(dsn, user="guest") as connection:
            with pytest.raises(OutboxReadOnly, match="right") as caught:
                await store.add_within(connection, "spring", [draft("a")])
        assert "+1555" not in str(caught.value)
    finally:
        server().execute("DROP ROLE guest")


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://user:sec@ret@nowhere.invalid/db",
        "postgresql://user:sec/ret@nowhere.invalid/db",
        "postgresql://user:sec?ret@nowhere.invalid/db",
        "postgresql://user:secret@nowhere.invalid/db?nonsense=1",
        "mysql://user:secret@nowhere.invalid/db",
        "postgresql://user:secret@nowhere.invalid:port:port/db",
    ],
)
async def test_an_address_that_would_be_misunderstood_is_refused(dsn: str) -> None:
    """With a password of which a part would be taken for something else, and shown."""
    with pytest.raises((ConfigError, OutboxUnreachable)) as caught:
        await PostgresStore.open(dsn, patience=0.0)
    told = "".join(traceback.format_exception(caught.value))
    assert "sec@ret" not in told.replace(dsn, "")
    assert not {"ret@nowhere", "secret"} & set(str(caught.value).replace("'", " ").split())
    assert isinstance(caught.value, ConfigError) or "port" in dsn


async def test_no_password_is_shown(dsn: str) -> None:
    """Neither when it is looked at nor when it fails."""
    store = await PostgresStore.open(dsn, patience=0.0)
    assert PASSWORD not in repr(store)
    server().stop()
    try:
        with pytest.raises(OutboxUnreachable) as caught:
            await store.progress(None)
    finally:
        await asyncio.to_thread(server().start)
        await store.aclose()
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in repr(pickle.loads(pickle.dumps(caught.value)))


async def test_whoever_is_cancelled_leaves_nothing_behind(store: PostgresStore, dsn: str) -> None:
    """Neither a connection that nobody uses nor a row that is half moved, wherever it was cancelled."""
    chance = random.Random(7)
    await store.add("spring", [draft(str(number)) for number in range(50)])

    async def go_on() -> None:
        rows = await claimed(store, limit=3)
        await store.begin(rows, lease=60.0)
        await asyncio.gather(*(store.settle(row, Settlement(event="put_back")) for row in rows))
        await store.sweep(everything=True)
        await store.reserve("all", rate=1e6, burst=1.0, cost=1.0)
        await store.resolve([Verdict(id=row.id, epoch=row.epoch, finding="hold") for row in rows], at=0.0)
        await store.add("spring", [draft("more")])

    for _ in range(60):
        going = [asyncio.ensure_future(go_on()) for _ in range(3)]
        for task in going:
            await asyncio.sleep(chance.uniform(0.0, 0.01))
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
    await go_on()
    assert sum((await store.progress(None)).rows.values()) == len(await store.rows((), campaign=None)) == 51
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        mine = "application_name = 'twilio_async outbox' AND datname = current_database()"
        found = await connection.execute(f"SELECT state FROM pg_stat_activity WHERE {mine}".encode())
        states = [state for (state,) in await found.fetchall()]
    assert set(states) == {"idle"}
    assert len(states) <= CONNECTIONS + 1
