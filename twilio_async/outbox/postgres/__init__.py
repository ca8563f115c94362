"""The outbox in PostgreSQL, which many machines can share. Needs the extra ``postgres``."""

from twilio_async.outbox.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
