"""What keeps a ledger: the one protocol that every store speaks, and the values that pass through it.

A store decides nothing about Twilio; it makes each move of `ledger.MOVES` atomic and durable. Times are Unix seconds of the
store's own clock, so that many machines need not agree on theirs; what comes from outside is a duration, or, where it is about
Twilio's list, a time of Twilio's clock, which nobody here can set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import msgspec

from twilio_async.outbox.ledger import Evidence, Settlement, State, reference
from twilio_async.outbox.payload import arguments

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


# Reasons that a store writes itself.
LOST = "its worker went away while it was on the wire"
ABSENT = "Twilio does not have it, looked for twice"
DISPLACED = "the message that was taken for it is another row's"


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row before it is stored."""

    key: str
    payload: str
    """The arguments of ``create``, as JSON text; see `payload.arguments`."""
    to: str
    sender: str
    segments: int
    not_before: float = 0.0
    deadline: float | None = None

    def __repr__(self) -> str:
        """Without number and text."""
        return f"<Draft of {self.segments} segments>"


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message of the ledger, and all that is known of it. Times are Unix seconds."""

    id: int
    campaign: str
    key: str
    state: State
    payload: str
    """The arguments of ``create``, as JSON text."""
    to: str
    sender: str
    """``from_``, or the Messaging Service."""
    segments: int
    added_at: float
    attempt: int = 0
    """How often it was begun."""
    epoch: int = 0
    """How often it was claimed."""
    owner: str | None = None
    """The worker that claimed it last."""
    not_before: float = 0.0
    deadline: float | None = None
    intent_at: float | None = None
    """When it was last about to be sent."""
    settled_at: float | None = None
    """When it came to its state."""
    sid: str | None = None
    code: int | None = None
    reason: str | None = None
    evidence: Evidence | None = None
    asked_at: float | None = None
    """When Twilio's list was first looked through for it, by Twilio's clock."""
    absent_at: float | None = None
    """When it was first found not to be there, though it had to be by then; by Twilio's clock."""
    delivery: str | None = None
    """What a callback last told of its delivery."""
    delivery_code: int | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of ``create``."""
        return arguments(self.payload)

    @property
    def ref(self) -> str:
        """What names it in a callback's URL; see `Outbox.observe`."""
        return reference(self.campaign, self.key)

    def __repr__(self) -> str:
        """Without number and text."""
        known = self.sid or self.code or ""
        return f"<Row {self.id} {self.state} {known}>".replace(" >", ">")


class Added(msgspec.Struct, frozen=True):
    """What became of a batch of drafts."""

    added: int = 0
    known: int = 0
    """Rows whose key was there already."""
    changed: int = 0
    """Those of them whose content was another; they stay as they were stored first."""


class Claimed(msgspec.Struct, frozen=True):
    """Rows in hand, and when to ask again."""

    rows: list[Row]
    next_in: float | None
    """Seconds until another may be claimed, 0 for now; ``None`` if there is nothing pending that is not paused."""


class Swept(msgspec.Struct, frozen=True):
    """What lay about."""

    released: int = 0
    """Claimed, and never sent: pending again."""
    lost: int = 0
    """On the wire when their worker went away: unknown now."""
    expired: int = 0
    """Past their deadline."""


Finding: TypeAlias = Literal["match", "wait", "miss", "hold"]
"""It is there, it may be listed later, it is not there, or only a person can tell."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What Twilio's list told about a doubtful row. It counts only if the row is still as it was when it was read."""

    id: int
    epoch: int
    finding: Finding
    sid: str | None = None
    reason: str | None = None


class Resolved(msgspec.Struct, frozen=True):
    """What became of verdicts; those of them that came to nothing yet are not counted."""

    matched: int = 0
    absent: int = 0
    resent: int = 0
    held: int = 0


Observed: TypeAlias = Literal["learned", "known", "another", "stranger"]
"""What a callback told: something new, nothing new, that a second message was made of a row, or of no row of ours."""


class Counts(msgspec.Struct, frozen=True):
    """Rows, and segments of them, by state; states without rows are left out."""

    rows: dict[State, int]
    segments: dict[State, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())

    def of(self, states: Collection[State]) -> int:
        """How many rows are in one of *states*."""
        return sum(count for state, count in self.rows.items() if state in states)


class Campaign(msgspec.Struct, frozen=True):
    """A name under which rows stand together."""

    name: str
    paused: bool


class Store(Protocol):
    """Keeps a ledger. Each method is one atomic, durable step; cancelled while it waits, it may have been made or not."""

    async def now(self) -> float:
        """The store's time."""
        ...

    async def add(self, campaign: str, drafts: Sequence[Draft]) -> Added:
        """Store rows as ``pending``, all or none; those whose key the campaign has already are left as they are."""
        ...

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
        """Take rows in hand, the senders in turn.

        Args:
            owner: the worker.
            campaign: ``None`` for all that are not paused.
            limit: rows at most.
            lease: seconds after which a sweep may take them back.
            quota: rows of one sender at most. Default: *limit*.
            quotas: the same for certain senders; 0 leaves one alone.
        """
        ...

    async def begin(self, rows: Sequence[Row], *, lease: float) -> AbstractSet[int]:
        """Note the intent to send: durable on return. Only rows that are still ours, not paused and in time.

        Returns:
            The ids of those that may be sent now, and must be settled.
        """
        ...

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """Note what a try came to; ``False`` if the row is no longer ours to settle."""
        ...

    async def release(self, rows: Sequence[Row]) -> None:
        """Put claimed rows back that were not begun."""
        ...

    async def sweep(self, *, everything: bool = False) -> Swept:
        """Tidy up what is past its lease or deadline. *everything*: whatever its lease, since nobody else can be at work."""
        ...

    async def unknowns(self, *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """Rows to look for at Twilio, by id: doubtful ones, and accepted ones without a sid."""
        ...

    async def known_sids(self, sids: Collection[str]) -> AbstractSet[str]:
        """Those of *sids* that belong to rows already."""
        ...

    async def resolve(
        self, verdicts: Sequence[Verdict], *, at: float, apart: float = 60.0, resend_absent: bool = False
    ) -> Resolved:
        """Act on what Twilio's list told.

        Args:
            verdicts: of rows from `unknowns`.
            at: when it was read, by Twilio's clock.
            apart: seconds between two looks before a row counts as absent.
            resend_absent: whether it is then sent again.
        """
        ...

    async def observe(self, campaign: str, key: str, *, sid: str, status: str | None, code: int | None) -> Observed:
        """Note what a callback with our reference told. It is exact: a row that had the sid by inference loses it."""
        ...

    async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
        """Book *cost* of a rate that all workers share; seconds until it may start."""
        ...

    async def rest(self, sender: str, seconds: float) -> None:
        """Let nobody claim rows of *sender* for a while."""
        ...

    async def pause(self, campaign: str, *, paused: bool) -> bool:
        """Stop a campaign's claims and intents, or let them go on; ``False`` if there is no such campaign."""
        ...

    async def withdraw(
        self, campaign: str | None, state: Literal["cancelled", "expired"], *, keys: Collection[str] | None = None
    ) -> int:
        """Take rows back before their turn; how many."""
        ...

    async def retry(
        self,
        campaign: str | None,
        *,
        states: Collection[State],
        codes: Collection[int] | None = None,
        keys: Collection[str] | None = None,
    ) -> int:
        """Make settled rows pending again; how many."""
        ...

    async def campaigns(self) -> list[Campaign]:
        """All campaigns, in order of their making."""
        ...

    async def progress(self, campaign: str | None) -> Counts:
        """Rows by state; quick whatever their number."""
        ...

    async def codes(self, campaign: str | None) -> dict[int | None, int]:
        """Rejected and skipped rows by Twilio's code."""
        ...

    async def rows(self, states: Collection[State], *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """A page of rows by id, of all states if *states* is empty."""
        ...

    async def aclose(self) -> None:
        """Let the ledger go. Safe to repeat."""
        ...
