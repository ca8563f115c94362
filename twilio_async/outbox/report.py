"""How far a send is, and what it came to."""

from __future__ import annotations

import msgspec

from twilio_async.outbox.errors import InvalidRow
from twilio_async.outbox.ledger import DOUBTFUL, OPEN, State


class AddReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows that were added."""

    added: int = 0
    known: int = 0
    """Rows whose key the campaign had already."""
    changed: int = 0
    """Those of them with another content than before; what was stored first is sent."""
    refused: list[InvalidRow] = []
    """Rows that cannot be sent, with their number and field."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a send is."""

    rows: dict[State, int]
    """Rows by state."""
    segments: dict[State, int]
    """Their segments by state."""
    in_flight: int
    """Rows that may be with Twilio now, by this process."""
    concurrency: int
    """Requests that may be in flight at present; 0 while nothing is sent."""
    throttled: int
    """Answers so far that said "too many at once"; each was tried again."""

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())

    @property
    def left(self) -> int:
        """Rows that still have to be sent."""
        return sum(count for state, count in self.rows.items() if state in OPEN)

    @property
    def done(self) -> int:
        """Rows that are not to be sent any more, those in doubt included."""
        return self.total - self.left


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign came to so far. Each row is in exactly one state."""

    rows: dict[State, int]
    """Rows by state."""
    segments: dict[State, int]
    """Their segments by state."""
    codes: dict[int | None, int]
    """Rejected and skipped rows by Twilio's code."""
    stopped: str | None = None
    """Why the last send ended before everything was sent, if it did."""
    throttled: int = 0
    """Answers of the last send that said "too many at once"; each was tried again."""
    elapsed: float = 0.0
    """Seconds that the last send took."""

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())

    @property
    def complete(self) -> bool:
        """Whether every row has come to an end: nothing left to send, and nothing in doubt."""
        return not any(self.rows.get(state) for state in OPEN | DOUBTFUL)

    def __getitem__(self, state: State) -> int:
        """How many rows are in *state*."""
        return self.rows.get(state, 0)
