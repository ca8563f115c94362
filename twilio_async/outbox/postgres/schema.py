"""How a ledger is laid out in PostgreSQL, and how it came to be laid out so. Everything is in one schema of its own.

Rows lie in ``messages``. Whatever moves them, a trigger notes what that changes of the counts in ``tallies``, by appending:
workers that changed one number in common would wait for one another's commits. A sweep folds the notes together.
"""

# ruff: noqa: S608 - scripts are put together from constants and a checked name

from __future__ import annotations

import logging
from typing import Final

from twilio_async.outbox.errors import OutboxMissing, OutboxUnreadable, OutboxVersion
from twilio_async.outbox.ledger import STATES, State
from twilio_async.outbox.postgres.access import Sql

logger: logging.Logger = logging.getLogger("twilio_async.outbox")

OLDEST_SERVER: Final = 130000
"""The first that is still cared for."""
DEFAULT: Final = "twilio_async"


def _in(*states: State) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


_WORD = 'text COLLATE "C"'
"""What is compared, but not for people: the order of the system's language may change under an index."""

_FIRST = f"""
CREATE TABLE {{s}}.campaigns (
    name {_WORD} PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    paused boolean NOT NULL DEFAULT false
);
CREATE TABLE {{s}}.lanes (
    campaign {_WORD} NOT NULL,
    sender {_WORD} NOT NULL,
    PRIMARY KEY (campaign, sender)
);
CREATE TABLE {{s}}.rests (
    sender {_WORD} PRIMARY KEY,
    until double precision NOT NULL
);
CREATE TABLE {{s}}.rates (
    bucket {_WORD} PRIMARY KEY,
    free_at double precision NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200,
        autovacuum_vacuum_cost_delay = 0);
CREATE TABLE {{s}}.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign {_WORD} NOT NULL,
    key {_WORD} NOT NULL,
    sender {_WORD} NOT NULL,
    recipient text NOT NULL,
    payload text NOT NULL,
    segments integer NOT NULL,
    added_at double precision NOT NULL,
    not_before double precision NOT NULL DEFAULT 0,
    deadline double precision,
    state {_WORD} NOT NULL DEFAULT 'pending' CHECK ({_in(*STATES)}),
    attempt integer NOT NULL DEFAULT 0,
    epoch integer NOT NULL DEFAULT 0,
    owner text,
    lease double precision,
    intent_at double precision,
    settled_at double precision,
    sid {_WORD},
    code integer,
    reason text,
    evidence text,
    absent_at double precision,
    delivery text,
    delivery_code integer,
    CONSTRAINT messages_by_key UNIQUE (campaign, key)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
CREATE UNIQUE INDEX messages_by_sid ON {{s}}.messages (sid) WHERE sid IS NOT NULL;
CREATE INDEX messages_pending ON {{s}}.messages (campaign, sender, not_before, id) WHERE {_in("pending")};
CREATE INDEX messages_with_deadline ON {{s}}.messages (deadline) WHERE {_in("pending")} AND deadline IS NOT NULL;
CREATE INDEX messages_in_hand ON {{s}}.messages (lease) WHERE {_in("claimed", "sending")};
CREATE INDEX messages_doubtful ON {{s}}.messages (id) WHERE {_in("unknown", "absent")};
CREATE INDEX messages_without_sid ON {{s}}.messages (id) WHERE {_in("accepted")} AND sid IS NULL;
CREATE INDEX messages_refused ON {{s}}.messages (campaign, code) WHERE {_in("rejected", "skipped")};
CREATE INDEX messages_held ON {{s}}.messages (id) WHERE {_in("held")};
CREATE TABLE {{s}}.tallies (
    campaign {_WORD} NOT NULL,
    state {_WORD} NOT NULL,
    rows bigint NOT NULL,
    segments bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX tallies_by_campaign ON {{s}}.tallies (campaign);
CREATE FUNCTION {{s}}.tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {{s}}.tallies SELECT campaign, state, count(*), sum(segments) FROM gained GROUP BY campaign, state;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO {{s}}.tallies SELECT campaign, state, -count(*), -sum(segments) FROM lost GROUP BY campaign, state;
    ELSE
        INSERT INTO {{s}}.tallies
        SELECT campaign, state, sum(n), sum(n * segments)
        FROM (SELECT campaign, state, 1 AS n, segments FROM gained
              UNION ALL SELECT campaign, state, -1, segments FROM lost) AS moved
        GROUP BY campaign, state HAVING sum(n) <> 0 OR sum(n * segments) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_gained AFTER INSERT ON {{s}}.messages
    REFERENCING NEW TABLE AS gained FOR EACH STATEMENT EXECUTE FUNCTION {{s}}.tally();
CREATE TRIGGER tally_moved AFTER UPDATE ON {{s}}.messages
    REFERENCING OLD TABLE AS lost NEW TABLE AS gained FOR EACH STATEMENT EXECUTE FUNCTION {{s}}.tally();
CREATE TRIGGER tally_lost AFTER DELETE ON {{s}}.messages
    REFERENCING OLD TABLE AS lost FOR EACH STATEMENT EXECUTE FUNCTION {{s}}.tally();
"""

_BY_TWILIOS_CLOCK = f"""
ALTER TABLE {{s}}.messages ADD COLUMN asked_at double precision;
UPDATE {{s}}.messages SET absent_at = NULL WHERE {_in("unknown", "absent")} AND absent_at IS NOT NULL;
"""
"""Looks at Twilio's list bear its time; those that bear the database's do not count."""

MIGRATIONS: Final = (_FIRST, _BY_TWILIOS_CLOCK)
"""What makes each version of the layout from the one before. Only ever append."""


async def migrate(sql: Sql, schema: str, *, read_only: bool) -> None:
    """Bring a database to the newest layout; several processes may try at once, and one does.

    Args:
        sql: a connection.
        schema: the name of our schema, which needs no quoting.
        read_only: whether to look only; then it has to be there already.

    Raises:
        OutboxVersion: a newer version of this library made it.
        OutboxMissing: there is none to look at.
        OutboxUnreadable: the server or its database cannot hold a ledger, or holds an older one to look at.
    """
    await _check_server(sql)
    version = await _version(sql, schema)
    if version < len(MIGRATIONS) and not read_only:
        async with sql.transaction():
            await sql.execute(b"SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"{schema} layout"})
            version = await _version(sql, schema)
            await _apply(sql, schema, version)
            version = max(version, len(MIGRATIONS))
    if version > len(MIGRATIONS):
        raise OutboxVersion(f"the schema {schema} was made by a newer version of twilio_async: upgrade it")
    if version == 0:
        raise OutboxMissing(f"there is no outbox yet in the schema {schema}: add rows to it first")
    if version < len(MIGRATIONS):
        raise OutboxUnreadable(f"there is no outbox of this version in the schema {schema}: open it for sending once")


async def _check_server(sql: Sql) -> None:
    ((version, encoding, fsync),) = await sql.fetch(
        b"SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync')"
    )
    if version < OLDEST_SERVER:
        raise OutboxUnreadable(f"PostgreSQL {version // 10000} is too old: {OLDEST_SERVER // 10000} or newer is needed")
    if encoding != "UTF8":
        raise OutboxUnreadable(f"the database's encoding is {encoding}, which cannot hold every text: make one with UTF8")
    if fsync != "on":
        logger.warning("the server's setting fsync is off: after a power cut it may have forgotten what was sent")


async def _version(sql: Sql, schema: str) -> int:
    """The version of the layout that is there; 0 for none."""
    if not await has_table(sql, schema, "layout"):
        return 0
    ((version,),) = await sql.fetch(f"SELECT max(version) FROM {schema}.layout".encode())
    return int(version or 0)


async def has_table(sql: Sql, schema: str, name: str) -> bool:
    """Whether there is a table, to whoever has waited for a lock: `to_regclass` may remember that there was none."""
    values = {"schema": schema, "name": name}
    return bool(await sql.fetch(b"SELECT FROM pg_tables WHERE schemaname = %(schema)s AND tablename = %(name)s", values))


async def _apply(sql: Sql, schema: str, version: int) -> None:
    if version == 0:
        await sql.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}".encode())
        await sql.execute(f"CREATE TABLE {schema}.layout (version integer PRIMARY KEY)".encode())
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        await sql.execute(script.format(s=schema).encode())
        await sql.execute(f"INSERT INTO {schema}.layout VALUES ({number})".encode())
