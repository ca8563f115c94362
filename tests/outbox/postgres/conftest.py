"""Databases of the tests' own, and ledgers in them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, Protocol

import pytest

from tests.outbox.conformance import draft
from tests.postgres import database
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.store import Row, Store


@pytest.fixture
async def dsn() -> AsyncIterator[str]:
    """An empty database."""
    async with database() as dsn:
        yield dsn


@asynccontextmanager
async def opened(dsn: str, **options: Any) -> AsyncGenerator[PostgresStore, None]:
    """A ledger, closed in the end."""
    async with aclosing(await PostgresStore.open(dsn, **options)) as store:
        yield store


class Opener(Protocol):
    """Opens one more ledger in the test's database."""

    async def __call__(self, **options: Any) -> PostgresStore:
        """Open it."""
        ...


@pytest.fixture
async def another(dsn: str) -> AsyncIterator[Opener]:
    """Ledgers as several processes would have them."""
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> PostgresStore:
            return await stack.enter_async_context(opened(dsn, **options))

        yield open_one


@pytest.fixture
async def store(another: Opener) -> PostgresStore:
    """One ledger."""
    return await another()


async def claimed(store: Store, owner: str = "me", limit: int = 100) -> list[Row]:
    """Rows in hand."""
    return (await store.claim(owner, campaign=None, limit=limit, lease=60.0)).rows


async def begun(store: Store, *keys: str) -> list[Row]:
    """Rows on the wire."""
    await store.add("spring", [draft(key) for key in keys])
    rows = await claimed(store)
    assert await store.begin(rows, lease=60.0) == {row.id for row in rows}
    return rows


async def states(store: Store) -> dict[str, str]:
    """Each row's state."""
    return {row.key: row.state for row in await store.rows((), campaign=None)}
