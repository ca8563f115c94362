"""The statements of a ledger in PostgreSQL, each one atomic by itself. Texts only; `store` and `moves` execute them."""
# ruff: noqa: S608 - statements are put together from constants and a checked name; every value is bound

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from twilio_async.outbox.ledger import MOVES, STATES, State

COLUMNS: Final = (
    "id", "campaign", "key", "state", "payload", "recipient", "sender", "segments", "added_at", "attempt", "epoch", "owner",
    "not_before", "deadline", "intent_at", "settled_at", "sid", "code", "reason", "evidence", "asked_at", "absent_at",
    "delivery", "delivery_code",
)  # fmt: skip
STORED: Final = ("key", "sender", "recipient", "payload", "segments", "not_before", "deadline")
"""What of a row is known when it is added."""
_DATABASE_CLOCK: Final = "extract(epoch from statement_timestamp())::double precision"
"""The server's time when it was asked: the same throughout a statement, so that an index can be compared with it."""
_SETTLING: Final = ("accept", "reject", "skip", "put_back", "lose")
_SETTLES: Final = ", ".join(
    f"('{event}', '{source}', '{MOVES[event].target}')" for event in _SETTLING for source in sorted(MOVES[event].sources)
)


class Statements:
    """The statements for one schema.

    Args:
        schema: its name, which needs no quoting.
        own_clock: whether each statement is given the time as *now*, instead of asking the server's clock.
    """

    def __init__(self, schema: str, *, own_clock: bool) -> None:
        s, now = schema, "%(now)s::double precision" if own_clock else _DATABASE_CLOCK
        every = ", ".join(f"m.{name}" for name in COLUMNS)
        in_time = "(m.deadline IS NULL OR m.deadline > {now})"

        def text(statement: str) -> bytes:
            return statement.encode()

        self.now: bytes = text(f"SELECT {now}")

        # --- rows come in
        self.add_names: bytes = text(f"""
            WITH campaign AS (
                INSERT INTO {s}.campaigns (name) VALUES (%(campaign)s) ON CONFLICT DO NOTHING)
            INSERT INTO {s}.lanes SELECT %(campaign)s, sender FROM unnest(%(senders)s::text[]) AS sender
            ON CONFLICT DO NOTHING""")
        stored = ", ".join(STORED)
        self.copy: bytes = text(f"COPY {s}.messages (campaign, added_at, {stored}) FROM STDIN")
        self.add: bytes = text(f"""
            INSERT INTO {s}.messages (campaign, added_at, {stored})
            SELECT %(campaign)s, %(at)s, {stored}
            FROM unnest(%(key)s::text[], %(sender)s::text[], %(recipient)s::text[], %(payload)s::text[],
                        %(segments)s::integer[], %(not_before)s::double precision[], %(deadline)s::double precision[])
                 WITH ORDINALITY AS new({stored}, place) ORDER BY place
            ON CONFLICT (campaign, key) DO NOTHING RETURNING key""")
        self.known: bytes = text(f"""
            SELECT {now}, m.key, m.payload FROM (VALUES (1)) AS once
            LEFT JOIN {s}.messages m ON m.campaign = %(campaign)s AND m.key = ANY(%(keys)s::text[])""")

        # --- and go out
        self.lanes: bytes = text(f"""
            WITH open AS MATERIALIZED (
                SELECT t.campaign FROM {s}.tallies t
                WHERE t.state = 'pending' AND (%(campaign)s::text IS NULL OR t.campaign = %(campaign)s)
                GROUP BY t.campaign HAVING sum(t.rows) > 0)
            SELECT l.campaign, l.sender, coalesce(r.until, 0), {now}
            FROM open JOIN {s}.campaigns c ON c.name = open.campaign JOIN {s}.lanes l ON l.campaign = open.campaign
            LEFT JOIN {s}.rests r ON r.sender = l.sender WHERE NOT c.paused ORDER BY 1, 2""")
        lane = """
            FROM unnest(%(campaigns)s::text[], %(senders)s::text[], %(wanted)s::integer[], %(until)s::double precision[],
                        %(times)s::double precision[], %(ids)s::bigint[])
                 AS lane(campaign, sender, wanted, until, after_time, after_id)"""
        pending = f"""
            SELECT m.id, m.not_before FROM {s}.messages m
            WHERE m.state = 'pending' AND m.campaign = lane.campaign AND m.sender = lane.sender
            AND (m.not_before, m.id) > (lane.after_time, lane.after_id) AND {in_time.format(now="%(at)s")}"""
        self.take: bytes = text(f"""
            WITH taken AS MATERIALIZED (
                SELECT found.id {lane} CROSS JOIN LATERAL (
                    {pending} AND m.not_before <= %(at)s
                    ORDER BY m.not_before, m.id LIMIT lane.wanted FOR UPDATE SKIP LOCKED) AS found
                LIMIT %(limit)s)
            UPDATE {s}.messages m
            SET state = 'claimed', owner = %(owner)s, epoch = m.epoch + 1, lease = {now} + %(lease)s
            FROM taken WHERE m.id = taken.id RETURNING {every}""")
        self.peek: bytes = text(f"""
            SELECT min(greatest(found.not_before, lane.until)) {lane} CROSS JOIN LATERAL (
                {pending} ORDER BY m.not_before, m.id LIMIT 1) AS found""")
        self.begin: bytes = text(f"""
            UPDATE {s}.messages m
            SET state = 'sending', attempt = mine.attempt + 1, intent_at = {now}, lease = {now} + mine.lease,
                asked_at = NULL, absent_at = NULL
            FROM unnest(%(id)s::bigint[], %(owner)s::text[], %(epoch)s::integer[], %(attempt)s::integer[],
                        %(lease)s::double precision[]) AS mine(id, owner, epoch, attempt, lease)
            WHERE m.id = mine.id AND m.owner = mine.owner AND m.epoch = mine.epoch AND m.lease > {now}
            AND {in_time.format(now=now)}
            AND NOT EXISTS (SELECT FROM {s}.campaigns c WHERE c.name = m.campaign AND c.paused)
            AND ((m.state = 'claimed' AND m.attempt = mine.attempt)
                 OR (%(again)s AND m.state = 'sending' AND m.attempt = mine.attempt + 1))
            RETURNING m.id""")
        self.settle: bytes = text(f"""
            UPDATE {s}.messages m
            SET state = moves.target, settled_at = {now}, code = mine.code, reason = mine.reason,
                sid = CASE mine.event WHEN 'accept' THEN mine.sid ELSE m.sid END,
                evidence = CASE mine.event WHEN 'accept' THEN 'answer' ELSE m.evidence END,
                not_before = CASE WHEN mine.event = 'put_back' AND mine.delay > 0 THEN {now} + mine.delay ELSE m.not_before END
            FROM unnest(%(id)s::bigint[], %(owner)s::text[], %(epoch)s::integer[], %(event)s::text[], %(sid)s::text[],
                        %(code)s::integer[], %(reason)s::text[], %(delay)s::double precision[])
                 AS mine(id, owner, epoch, event, sid, code, reason, delay),
                 (VALUES {_SETTLES}) AS moves(event, source, target)
            WHERE m.id = mine.id AND m.owner = mine.owner AND m.epoch = mine.epoch
            AND moves.event = mine.event AND m.state = moves.source
            RETURNING m.id""")
        self.settled: bytes = text(f"""
            SELECT m.id FROM unnest(%(id)s::bigint[], %(owner)s::text[], %(epoch)s::integer[], %(state)s::text[])
                 AS mine(id, owner, epoch, state) JOIN {s}.messages m ON m.id = mine.id
            WHERE m.owner = mine.owner AND m.epoch = mine.epoch AND m.state = mine.state""")
        self.release: bytes = text(f"""
            UPDATE {s}.messages m SET state = 'pending'
            FROM unnest(%(id)s::bigint[], %(owner)s::text[], %(epoch)s::integer[]) AS mine(id, owner, epoch)
            WHERE m.id = mine.id AND m.owner = mine.owner AND m.epoch = mine.epoch AND m.state = 'claimed'""")
        self.rest: bytes = text(f"""
            INSERT INTO {s}.rests AS r VALUES (%(sender)s, {now} + %(seconds)s)
            ON CONFLICT (sender) DO UPDATE SET until = greatest(r.until, excluded.until)""")
        self.reserve: bytes = text(f"""
            INSERT INTO {s}.rates AS r (bucket, free_at) VALUES (%(bucket)s, {_CLOCK} + %(time)s)
            ON CONFLICT (bucket) DO UPDATE SET free_at = greatest({_CLOCK} - %(slack)s, r.free_at) + %(time)s
            RETURNING free_at - %(time)s - {_CLOCK}""")

        # --- in doubt. Rows that somebody is moving at this moment are not what was left lying about.
        self.sweep_claimed: bytes = text(
            _swept(s, "m.state = 'claimed' AND (%(everything)s OR m.lease <= {now})", now, "'pending'")
        )
        self.sweep_sending: bytes = text(
            _swept(
                s, "m.state = 'sending' AND (%(everything)s OR m.lease <= {now})", now,
                f"'unknown', settled_at = {now}, code = NULL, reason = %(reason)s",
            )
        )  # fmt: skip
        self.sweep_late: bytes = text(
            _swept(s, "m.state = 'pending' AND m.deadline <= {now}", now, f"'expired', settled_at = {now}")
        )
        self.fold: bytes = text(f"""
            WITH folded AS (DELETE FROM {s}.tallies
                           WHERE (SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0))) RETURNING *)
            INSERT INTO {s}.tallies
            SELECT campaign, state, sum(rows), sum(segments) FROM folded GROUP BY campaign, state HAVING sum(rows) <> 0""")
        of = "(%(campaign)s::text IS NULL OR m.campaign = %(campaign)s)"
        doubtful = f"SELECT {every} FROM {s}.messages m WHERE {{}} AND m.id > %(after)s AND {of} ORDER BY m.id LIMIT %(limit)s"
        self.unknowns: bytes = text(
            f"({doubtful.format(_DOUBTFUL)}) UNION ALL ({doubtful.format(_WITHOUT_SID)}) ORDER BY id LIMIT %(limit)s"
        )
        self.known_sids: bytes = text(f"SELECT sid FROM {s}.messages WHERE sid = ANY(%(sids)s::text[])")
        self.held: bytes = text(f"SELECT {every} FROM {s}.messages m WHERE m.id = ANY(%(ids)s) ORDER BY m.id FOR UPDATE")
        self.by_key: bytes = text(
            f"SELECT {every} FROM {s}.messages m WHERE m.campaign = %(campaign)s AND m.key = %(key)s FOR UPDATE"
        )
        self.by_sid: bytes = text(f"SELECT {every} FROM {s}.messages m WHERE m.sid = %(sid)s FOR UPDATE")
        self.change: str = f"UPDATE {s}.messages SET {{}} WHERE id = %(id)s"

        # --- what people decide, and look at
        self.pause: bytes = text(f"UPDATE {s}.campaigns SET paused = %(paused)s WHERE name = %(campaign)s")
        keyed = "(%(keys)s::text[] IS NULL OR m.key = ANY(%(keys)s::text[]))"
        self.withdraw: bytes = text(f"""
            UPDATE {s}.messages m SET state = %(target)s, settled_at = {now}
            WHERE m.state = ANY(%(sources)s::text[]) AND {of} AND {keyed}""")
        self.retry: bytes = text(f"""
            UPDATE {s}.messages m
            SET state = 'pending', settled_at = {now}, not_before = 0,
                deadline = CASE m.state WHEN 'expired' THEN NULL ELSE m.deadline END
            WHERE m.state = ANY(%(sources)s::text[]) AND {of} AND {keyed}
            AND (%(codes)s::integer[] IS NULL OR m.code = ANY(%(codes)s::integer[]))""")
        self.campaigns: bytes = text(f"SELECT name, paused FROM {s}.campaigns ORDER BY number")
        self.progress: bytes = text(f"""
            SELECT state, sum(rows)::bigint, sum(segments)::bigint FROM {s}.tallies m WHERE {of}
            GROUP BY state HAVING sum(rows) > 0""")
        self.codes: bytes = text(f"""
            SELECT code, count(*) FROM {s}.messages m WHERE m.state IN ('rejected', 'skipped') AND {of} GROUP BY code""")
        self._rows = f"""
            SELECT {every} FROM {s}.messages m WHERE m.id > %(after)s AND {{}} AND {of} ORDER BY m.id LIMIT %(limit)s"""

    def rows(self, states: Collection[State]) -> bytes:
        """Rows in some states, which it names: only so it can be seen that there is an index of them. All, if it is none."""
        names = ", ".join(repr(state) for state in STATES if state in states)
        return self._rows.format(f"m.state IN ({names})" if names else "true").encode()


_CLOCK: Final = "extract(epoch from clock_timestamp())::double precision"
"""The time when the row of a rate was got hold of, which may be later than when it was asked for."""
_DOUBTFUL: Final = "m.state IN ('unknown', 'absent')"
_WITHOUT_SID: Final = "m.state = 'accepted' AND m.sid IS NULL"


def _swept(schema: str, condition: str, now: str, changes: str) -> str:
    return f"""
        WITH over AS MATERIALIZED (
            SELECT m.id FROM {schema}.messages m WHERE {condition.format(now=now)} FOR UPDATE SKIP LOCKED)
        UPDATE {schema}.messages m SET state = {changes} FROM over WHERE m.id = over.id"""
