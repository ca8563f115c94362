"""The way to the database: connections that are lent and given back, and what happens while it is away.

A server that is restarted or out of reach is waited for; what was asked of it is asked again, and told that it is, since the
answer to a commit may have been lost with the connection. Nothing that is raised here holds a password.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg import conninfo, pq, rows
from psycopg import errors as sqlstates

from twilio_async.errors import ConfigError
from twilio_async.outbox.errors import (
    OutboxClosed,
    OutboxError,
    OutboxFull,
    OutboxLocked,
    OutboxReadOnly,
    OutboxUnreachable,
    OutboxUnreadable,
)

T = TypeVar("T")
Connection: TypeAlias = "psycopg.AsyncConnection[Any]"
Values: TypeAlias = Mapping[str, Any]

PATIENCE: Final = 30.0
"""Seconds that a database may be away."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
CLASHES: Final = 10
"""How often a step is begun anew that clashed with another worker's."""


class Sql:
    """One connection, for one piece of work.

    Attributes:
        again: whether this work was tried before, and its answer lost: it may have been done.
    """

    def __init__(self, connection: Connection, *, again: bool = False) -> None:
        self.again = again
        self._connection = connection

    async def fetch(self, statement: bytes, values: Values | None = None) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        async with self._connection.cursor(row_factory=rows.tuple_row) as cursor:
            await cursor.execute(statement, values)
            return await cursor.fetchall()

    async def execute(self, statement: bytes, values: Values | None = None) -> int:
        """Execute a statement; how many rows it concerned."""
        async with self._connection.cursor(row_factory=rows.tuple_row) as cursor:
            await cursor.execute(statement, values)
            return cursor.rowcount

    async def copy(self, statement: bytes, values: Iterable[Sequence[Any]]) -> None:
        """Give the rows that a ``COPY … FROM STDIN`` waits for."""
        async with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for each in values:
                await copy.write_row(each)

    def transaction(self) -> contextlib.AbstractAsyncContextManager[object]:
        """What is executed in here is done together or not at all; within another one, a savepoint."""
        return self._connection.transaction()


Work: TypeAlias = Callable[[Sql], Awaitable[T]]


class Access:
    """Lends connections to a database. For one event loop.

    Args:
        dsn: a URL ``postgresql://…``.
        most: connections at once at most.
        patience: seconds that the database may be away.
        durable: whether a commit waits for the disk.
        read_only: whether nothing may be changed.
    """

    def __init__(
        self, dsn: str, *, most: int, patience: float = PATIENCE, durable: bool = True, read_only: bool = False
    ) -> None:
        check_dsn(dsn)
        self._dsn = dsn
        self._patience = patience
        self._durable = durable
        self._read_only = read_only
        self._places = asyncio.Semaphore(most)
        self._idle: list[Connection] = []
        self._closed = False

    async def run(self, work: Work[T]) -> T:
        """Do a piece of work on a connection, again if the database was away meanwhile.

        Raises:
            OutboxUnreachable: it was away for longer than *patience*.
            OutboxError: the database refused it, in words that say what to do.
            psycopg.errors.UniqueViolation: as it is.
        """
        began, pause, clashes, again = time.monotonic(), FIRST_PAUSE, 0, False
        while True:
            try:
                return await self._once(work, again=again)
            except psycopg.errors.UniqueViolation:
                raise
            except (sqlstates.DeadlockDetected, sqlstates.SerializationFailure) as error:
                clashes += 1
                if clashes > CLASHES:
                    raise translated(error) from None
            except psycopg.Error as error:
                if not _is_away(error):
                    raise translated(error) from None
                if time.monotonic() - began + pause > self._patience:
                    raise OutboxUnreachable(f"PostgreSQL cannot be used: {_spoken(error)}", operation="outbox") from None
                again = True
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _once(self, work: Work[T], *, again: bool) -> T:
        async with self._places:
            connection = await self._taken()
            try:
                return await work(Sql(connection, again=again))
            finally:
                await self._put_back(connection)

    async def _taken(self) -> Connection:
        if self._closed:
            raise OutboxClosed("the outbox is closed", operation="outbox")
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        return await self._connected()

    async def _connected(self) -> Connection:
        # A peer that is gone without a word is noticed within seconds rather than hours.
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, connect_timeout=10, client_encoding="utf8", application_name="twilio_async outbox",
            keepalives_idle=10, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=20_000,
        )  # fmt: skip
        try:
            await connection.execute(_SETTINGS, {"durable": self._durable, "read_only": "on" if self._read_only else "off"})
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _put_back(self, connection: Connection) -> None:
        if self._closed or connection.closed or connection.info.transaction_status != pq.TransactionStatus.IDLE:
            await connection.close()
        else:
            self._idle.append(connection)

    async def aclose(self) -> None:
        """Close the connections; those that are lent are closed when they come back. Safe to repeat."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()


_SETTINGS: Final = b"""
SELECT set_config('synchronous_commit', CASE WHEN %(durable)s THEN 'on' ELSE 'off' END, false)
       FROM (SELECT current_setting('synchronous_commit') AS now) AS s
       WHERE NOT %(durable)s OR now IN ('off', 'local', 'remote_write')
UNION ALL SELECT set_config('idle_in_transaction_session_timeout', '15s', false)
UNION ALL SELECT set_config('default_transaction_read_only', %(read_only)s, false)
UNION ALL SELECT set_config('default_transaction_isolation', 'read committed', false)
"""
"""A worker that stands still within a transaction does not keep others from its rows for ever."""


def check_dsn(dsn: str) -> None:
    """Refuse what would be understood otherwise than it was meant, before a part of the password is taken for a host.

    Raises:
        ConfigError: it is no URL of a database.
    """
    found = re.fullmatch(r"(?:postgresql|postgres)://([^/?]*)(.*)", dsn, re.DOTALL)
    understood = found is not None and found[1].count("@") <= 1 and "@" not in found[2]
    if understood:
        with contextlib.suppress(psycopg.ProgrammingError):
            conninfo.conninfo_to_dict(dsn)
            return
    raise ConfigError(
        "where: expected postgresql://user:password@host:5432/database; write ':', '/', '?' and '@' in a password with %"
    )


# --- errors --------------------------------------------------------------------------------------------------------------

_AWAY: Final = (
    sqlstates.AdminShutdown,
    sqlstates.CrashShutdown,
    sqlstates.CannotConnectNow,
    sqlstates.DatabaseDropped,
    sqlstates.IdleSessionTimeout,
    sqlstates.IdleInTransactionSessionTimeout,
    sqlstates.TooManyConnections,
    sqlstates.ConnectionException,
    sqlstates.ConnectionFailure,
    sqlstates.ConnectionDoesNotExist,
)
_FOR_GOOD: Final = (
    "authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry", "certificate verify failed",
    "server does not support SSL", "not permitted",
)  # fmt: skip
"""What a server says that will not let us in later either. In another language it takes *patience* to find out."""


def _is_away(error: psycopg.Error) -> bool:
    if isinstance(error, _AWAY):
        return True
    if isinstance(error, sqlstates.ReadOnlySqlTransaction):
        return False
    if error.sqlstate is not None:
        return False
    # Without a code of the server's the connection itself failed.
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and not any(
        words in str(error) for words in _FOR_GOOD
    )


_BY_STATE: Final[tuple[tuple[type[psycopg.Error], type[OutboxError], str], ...]] = (
    (sqlstates.DiskFull, OutboxFull, "the server's disk is full: make room and run again, it goes on where it was"),
    (sqlstates.ReadOnlySqlTransaction, OutboxReadOnly, "it can only be read: connect to the primary server"),
    (sqlstates.InsufficientPrivilege, OutboxReadOnly, "the role lacks a right: grant it, or let the schema's owner open it"),
    (sqlstates.UndefinedTable, OutboxUnreadable, "there is no outbox in this database: open it once with Outbox.open()"),
    (sqlstates.UndefinedColumn, OutboxUnreadable, "the schema is not as it was made: restore it"),
    (sqlstates.InvalidSchemaName, OutboxUnreadable, "there is no outbox in this database: open it once with Outbox.open()"),
    (sqlstates.DeadlockDetected, OutboxLocked, "other programs hold its rows in another order: look at what they do"),
    (sqlstates.LockNotAvailable, OutboxLocked, "another program holds its rows: look at what it does"),
    (sqlstates.QueryCanceled, OutboxError, "a statement was cancelled, by a time limit or a person"),
)


def translated(error: psycopg.Error) -> OutboxError:
    """What a person can do about one of PostgreSQL's errors. Values of rows, which those may quote, are left out."""
    for kind, ours, what in _BY_STATE:
        if isinstance(error, kind):
            return ours(f"PostgreSQL: {what}", operation="outbox")
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        return OutboxUnreachable(f"PostgreSQL cannot be used: {_spoken(error)}", operation="outbox")
    return OutboxError(f"PostgreSQL: {type(error).__name__} ({error.sqlstate})", operation="outbox")


def _spoken(error: psycopg.Error) -> str:
    """Why there is no connection: one line, which names host and user, and never the password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]


def lent(connection: Connection) -> Sql:
    """A user's own connection, for work within the user's own transaction.

    Raises:
        ConfigError: it is none, or what is done on it would not wait for the user's commit.
    """
    if not isinstance(connection, psycopg.AsyncConnection):
        raise ConfigError(f"connection: expected a psycopg.AsyncConnection, got {type(connection).__name__}")
    if connection.autocommit and connection.info.transaction_status == pq.TransactionStatus.IDLE:
        raise ConfigError("connection: it commits by itself; open a transaction with `async with connection.transaction():`")
    return Sql(connection)


@contextlib.asynccontextmanager
async def refusals() -> AsyncGenerator[None, None]:
    """Turn PostgreSQL's errors into ours, on a user's connection."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from None
