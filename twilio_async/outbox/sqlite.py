"""The embedded ledger: a SQLite file that one process at a time works on."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import anyio

from twilio_async._fence import boot_clock
from twilio_async.limits import RateLimit
from twilio_async.outbox.actor import Actor
from twilio_async.outbox.ledger import Settlement, State
from twilio_async.outbox.memory import reserve
from twilio_async.outbox.schema import Lock, connect, tidy, translated
from twilio_async.outbox.store import (
    Added,
    Campaign,
    Claimed,
    Counts,
    Draft,
    Observed,
    Resolved,
    Row,
    Swept,
    Verdict,
)
from twilio_async.outbox.tables import Tables


def steady_clock() -> Callable[[], float]:
    """Unix seconds as of now, and from now on by a clock that nobody sets: no period may seem over because somebody did."""
    ahead = time.time() - boot_clock()
    return lambda: boot_clock() + ahead


class SqliteStore:
    """A `Store` in a file. Made by `open`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: Lock | None, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._connection = connection
        self._lock = lock
        self._rates: dict[tuple[str, float, float], RateLimit] = {}
        self._tables = Tables(connection, clock)
        self._actor = Actor(
            connection,
            begin="BEGIN IMMEDIATE" if lock is not None else "BEGIN",
            before_commit=self._tables.count,
            after_rollback=self._tables.forget,
            translate=lambda error: translated(error, path),
        )

    @classmethod
    async def open(
        cls, path: str | os.PathLike[str], *, read_only: bool = False, clock: Callable[[], float] | None = None
    ) -> Self:
        """Open the file, or make it. What a process that died had in hand is put in order: unsent is pending, sent is unknown.

        Args:
            path: on a local disk.
            read_only: look without changing anything, also while another process works on it. Default: no.
            clock: Unix seconds. Default: `steady_clock`.

        Raises:
            OutboxError: it cannot be used; the class and the message say what to do about it.
        """
        opening = asyncio.ensure_future(asyncio.to_thread(cls._open, Path(path), read_only, clock or steady_clock()))
        try:
            store = await asyncio.shield(opening)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):  # a thread cannot be stopped, and what it opened would keep everybody out
                await asyncio.wait([opening])
                if not opening.cancelled() and opening.exception() is None:
                    await opening.result().aclose()
            raise
        if not read_only:
            try:
                await store.sweep(everything=True)  # nobody else can be at work
            except BaseException:
                await store.aclose()
                raise
        return store

    @classmethod
    def _open(cls, path: Path, read_only: bool, clock: Callable[[], float]) -> Self:  # noqa: FBT001
        lock = None if read_only else Lock(path)
        try:
            connection = connect(path, read_only=read_only)
        except BaseException:
            if lock is not None:
                lock.release()
            raise
        return cls(path, connection, lock, clock)

    def __repr__(self) -> str:
        return f"<SqliteStore {str(self._path)!r}>"

    async def aclose(self) -> None:
        """Let the file go, all that was asked for done, also if it is cancelled meanwhile. Safe to repeat."""
        closing = asyncio.ensure_future(self._closed())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True):
                await asyncio.wait([closing])
            raise

    async def _closed(self) -> None:
        await self._actor.aclose()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        if self._lock is not None:
            tidy(self._connection)
        self._connection.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def now(self) -> float:
        """The time of this machine."""
        return self._clock()

    async def add(self, campaign: str, drafts: Sequence[Draft]) -> Added:
        """See `Store.add`."""
        return await self._actor.run(lambda: self._tables.add(campaign, drafts), is_long=True)

    async def claim(
        self,
        owner: str,
        *,
        campaign: str | None,
        limit: int,
        lease: float,
        quota: int | None = None,
        quotas: Mapping[str, int] = {},
    ) -> Claimed:
        """See `Store.claim`."""
        return await self._actor.run(lambda: self._tables.claim(owner, campaign, limit, lease, quota, quotas))

    async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
        """See `Store.begin`."""
        return await self._actor.run(lambda: self._tables.begin(rows, lease))

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        return await self._actor.run(lambda: self._tables.settle(row, settlement))

    async def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        await self._actor.run(lambda: self._tables.release(rows))

    async def sweep(self, *, everything: bool = False) -> Swept:
        """See `Store.sweep`."""
        return await self._actor.run(lambda: self._tables.sweep(everything=everything), is_long=True)

    async def unknowns(self, *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.unknowns`."""
        return await self._actor.run(lambda: self._tables.unknowns(campaign, after, limit), is_long=True)

    async def known_sids(self, sids: Collection[str]) -> set[str]:
        """See `Store.known_sids`."""
        return await self._actor.run(lambda: self._tables.known_sids(sids), is_long=True)

    async def resolve(
        self, verdicts: Sequence[Verdict], *, at: float, apart: float = 60.0, resend_absent: bool = False
    ) -> Resolved:
        """See `Store.resolve`."""
        return await self._actor.run(
            lambda: self._tables.resolve(verdicts, at, apart, resend_absent=resend_absent), is_long=True
        )

    async def observe(self, campaign: str, key: str, *, sid: str, status: str | None, code: int | None) -> Observed:
        """See `Store.observe`."""
        return await self._actor.run(lambda: self._tables.observe(campaign, key, sid, status, code))

    async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
        """See `Store.reserve`."""
        return reserve(self._rates, bucket, rate, burst, cost)

    async def rest(self, sender: str, seconds: float) -> None:
        """See `Store.rest`."""
        await self._actor.run(lambda: self._tables.rest(sender, seconds))

    async def pause(self, campaign: str, *, paused: bool) -> bool:
        """See `Store.pause`."""
        return await self._actor.run(lambda: self._tables.pause(campaign, paused=paused))

    async def withdraw(
        self, campaign: str | None, state: Literal["cancelled", "expired"], *, keys: Collection[str] | None = None
    ) -> int:
        """See `Store.withdraw`."""
        return await self._actor.run(lambda: self._tables.withdraw(campaign, state, keys), is_long=True)

    async def retry(
        self,
        campaign: str | None,
        *,
        states: Collection[State],
        codes: Collection[int] | None = None,
        keys: Collection[str] | None = None,
    ) -> int:
        """See `Store.retry`."""
        return await self._actor.run(lambda: self._tables.retry(campaign, states, codes, keys), is_long=True)

    async def campaigns(self) -> list[Campaign]:
        """See `Store.campaigns`."""
        return await self._actor.run(self._tables.campaigns)

    async def progress(self, campaign: str | None) -> Counts:
        """See `Store.progress`."""
        return await self._actor.run(lambda: self._tables.progress(campaign))

    async def codes(self, campaign: str | None) -> dict[int | None, int]:
        """See `Store.codes`."""
        return await self._actor.run(lambda: self._tables.codes(campaign), is_long=True)

    async def rows(self, states: Collection[State], *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.rows`."""
        return await self._actor.run(lambda: self._tables.rows(states, campaign, after, limit), is_long=True)
