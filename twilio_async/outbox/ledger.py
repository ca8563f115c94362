"""The ledger's rules, as data and pure functions: states, moves, what a try came to, keys.

::

    pending ──claim──▶ claimed ──begin: the intent is committed──▶ sending
      ▲  ▲                │ release, lease over                      │
      │  └────────────────┘                                          ├─ accept ──────────▶ accepted
      │◀── put_back: certainly not processed ────────────────────────┤
      │                                                              ├─ reject, skip ────▶ rejected, skipped
      │                                                              └─ lose ────────────▶ unknown
      │                                                                                      │ reconcile
      └── resend ◀── absent ◀── miss, twice, after the quiet period ─────────────────────────┤
                                              held ◀── hold: candidates, but not enough ─────┤
                                                               accepted ◀── match ───────────┘

A row never comes from ``sending`` or ``unknown`` back to ``pending`` without evidence that it was not sent.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import quote

import msgspec

from twilio_async.errors import (
    AuthenticationError,
    InvalidArgument,
    NotFound,
    OptedOut,
    PermissionDenied,
    QueueFull,
    RateLimited,
    TimedOut,
    TwilioError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twilio_async.resources.messages import Message

State: TypeAlias = Literal[
    "pending", "claimed", "sending", "unknown", "absent", "held", "accepted", "rejected", "expired", "cancelled", "skipped"
]  # fmt: skip
"""Where a row is.

- ``pending``: to be sent. ``claimed``: a worker has it in hand. ``sending``: it may be on the wire.
- ``unknown``: it may have been sent; see `Outbox.reconcile`. ``absent``: Twilio does not have it, looked for twice.
- ``held``: Twilio has something like it, but it cannot be told whether it is this: a person has to look.
- ``accepted``: Twilio took it. ``rejected``: Twilio refused it. ``skipped``: the recipient answered STOP.
- ``expired``: its deadline passed before its turn. ``cancelled``: taken back before its turn.
"""

STATES: Final[tuple[State, ...]] = (
    "pending", "claimed", "sending", "unknown", "absent", "held", "accepted", "rejected", "expired", "cancelled", "skipped",
)  # fmt: skip
OPEN: Final = frozenset[State]({"pending", "claimed", "sending"})
"""What a send still works on."""
DOUBTFUL: Final = frozenset[State]({"unknown", "absent"})
"""What reconciling looks for at Twilio."""
TERMINAL: Final = frozenset(STATES) - OPEN - DOUBTFUL
"""What does not change by itself any more."""

Event: TypeAlias = Literal[
    "claim", "release", "begin", "accept", "reject", "skip", "put_back", "lose",
    "match", "miss", "resend", "hold", "displace", "expire", "cancel", "retry", "observe",
]  # fmt: skip


class Move(NamedTuple):
    """From which states an event leads, and where to."""

    sources: frozenset[State]
    target: State


def _move(target: State, *sources: State) -> Move:
    return Move(frozenset(sources), target)


MOVES: Final[Mapping[Event, Move]] = {
    "claim": _move("claimed", "pending"),
    "release": _move("pending", "claimed"),
    "begin": _move("sending", "claimed"),
    # What a try came to. It may be told late, when the row was given up as lost already: it is evidence all the same.
    "accept": _move("accepted", "sending", "unknown", "absent", "held"),
    "reject": _move("rejected", "sending", "unknown"),
    "skip": _move("skipped", "sending", "unknown"),
    "put_back": _move("pending", "sending", "unknown"),
    "lose": _move("unknown", "sending"),
    # What Twilio's list of messages tells.
    "match": _move("accepted", "unknown", "absent"),
    "miss": _move("absent", "unknown", "absent"),
    "resend": _move("pending", "unknown", "absent"),
    "hold": _move("held", "unknown", "absent"),
    "displace": _move("unknown", "accepted"),
    # What people and clocks decide.
    "expire": _move("expired", "pending", "claimed"),
    "cancel": _move("cancelled", "pending", "claimed"),
    "retry": _move("pending", "rejected", "skipped", "absent", "held", "expired", "cancelled"),
    # A callback with our own reference: the message exists, whatever was thought of it.
    "observe": _move("accepted", *STATES),
}
"""Every way a row may go. What is not here does not happen."""

Evidence: TypeAlias = Literal["answer", "callback", "match", "listed"]
"""How an accepted row is known to be it.

By the answer, by a callback with our reference, by inference from Twilio's list (``match``); or by the answer, and its sid,
which that did not tell, by inference (``listed``).
"""
EXACT: Final = frozenset[Evidence]({"answer", "callback"})

DELIVERY_ORDER: Final = (
    "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled", "read",
)  # fmt: skip
"""Delivery statuses, the later to win: callbacks overtake one another."""


def later_delivery(known: str | None, told: str) -> bool:
    """Whether *told* is news; a status that nobody knows yet is."""
    order = DELIVERY_ORDER
    return known is None or known not in order or told not in order or order.index(told) > order.index(known)


# --- what a try came to --------------------------------------------------------------------------------------------------

Verb: TypeAlias = Literal["accept", "reject", "skip", "put_back", "lose"]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What one try came to, as the ledger notes it."""

    event: Verb
    sid: str | None = None
    code: int | None = None
    """Twilio's error code; the HTTP status where it gave none."""
    reason: str | None = None
    """In words, free of secrets and of whole phone numbers."""
    delay: float = 0.0
    """Seconds before a row that is put back may be claimed again."""

    @property
    def state(self) -> State:
        """Where it leads."""
        return MOVES[self.event].target


REFUSES_ACCOUNT: Final = (AuthenticationError, PermissionDenied, NotFound)
"""Refusals that concern whoever asks, and not the message: nothing else would be accepted either."""

THROTTLED_DELAY = 1.0
"""Seconds that a row rests whose request was one too many."""
QUEUE_FULL_DELAY = 60.0
"""Seconds that a sender rests whose queue is full; Twilio takes up to ten hours to send what is in it."""
LONGEST_DELAY = 60.0


def settlement(result: Message | TwilioError, attempt: int) -> Settlement:
    """What the ledger is to note about a try.

    Args:
        result: the message that Twilio made, or the error that the call raised.
        attempt: tries so far, this one included.
    """
    if not isinstance(result, TwilioError):
        return Settlement(event="accept", sid=result.sid)
    error = result
    code = getattr(error, "code", None) or getattr(error, "status", None)
    noted = Settlement(event="lose", code=code, reason=_words(error))
    if error.outcome == "accepted":
        return msgspec.structs.replace(noted, event="accept")
    if error.outcome == "unknown":
        return noted
    if isinstance(error, OptedOut):
        return msgspec.structs.replace(noted, event="skip")
    delay = put_back_delay(error, attempt)
    if delay is not None:
        return msgspec.structs.replace(noted, event="put_back", delay=delay)
    return msgspec.structs.replace(noted, event="reject")


def put_back_delay(error: TwilioError, attempt: int) -> float | None:
    """Seconds until a row whose try failed with *error* may be tried again; ``None`` if it is not to be."""
    if isinstance(error, RateLimited):  # with 20429 or, from a gateway, without: in either case it was turned away
        return max(THROTTLED_DELAY, min(error.retry_after or 0.0, LONGEST_DELAY))
    if isinstance(error, QueueFull):
        return QUEUE_FULL_DELAY
    if isinstance(error, REFUSES_ACCOUNT) and error.code is not None:
        return 0.0
    if isinstance(error, InvalidArgument):
        return None
    if error.outcome != "not_sent":
        return None
    return 0.0 if isinstance(error, TimedOut) else min(2.0 ** min(attempt - 1, 10), LONGEST_DELAY)


def _words(error: TwilioError) -> str:
    return f"{type(error).__name__}: {error.message}"[:300]


# --- keys ----------------------------------------------------------------------------------------------------------------


def content_key(to: str, sender: str, content: Any) -> str:
    """The key of a row that has none of its own: the same text to the same person from the same sender is the same row.

    Args:
        to: recipient.
        sender: number or Messaging Service.
        content: body, media and template, as plain data.
    """
    return hashlib.blake2b(msgspec.json.encode([to, sender, content], order="sorted"), digest_size=16).hexdigest()


REFERENCE = "ref"
"""The parameter of a status callback's URL that carries a row's reference."""


def reference(campaign: str, key: str) -> str:
    """What names a row in a callback's URL. A campaign's name holds no ``~``."""
    return f"{campaign}~{key}"


def read_reference(ref: str) -> tuple[str, str] | None:
    """Campaign and key of a `reference`; ``None`` for anything else."""
    campaign, tilde, key = ref.partition("~")
    return (campaign, key) if tilde and campaign and key else None


def with_reference(url: str, ref: str) -> str:
    """A status callback's URL that also carries a row's reference."""
    address, hash_sign, fragment = url.partition("#")
    sign = "&" if "?" in address else "?"
    return f"{address}{sign}{REFERENCE}={quote(ref, safe='')}{hash_sign}{fragment}"
