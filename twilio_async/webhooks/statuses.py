"""The order of a message's statuses, since callbacks come in any."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

MessageStatus: TypeAlias = (
    Literal[
        "accepted", "scheduled", "canceled", "queued", "sending", "sent", "failed", "delivered", "undelivered",
        "receiving", "received", "read", "partially_delivered",
    ]
    | str
)  # fmt: skip
"""Where a message is on its way. A status that Twilio adds later is kept as it is."""

FINAL_STATUSES: Final = frozenset({"delivered", "undelivered", "failed", "read", "canceled", "received"})
"""Statuses that do not change any more, but for ``delivered``, which becomes ``read`` in some channels."""

_RANKS: Final = {
    "scheduled": 0, "accepted": 1, "queued": 2, "sending": 3, "receiving": 3, "sent": 4, "partially_delivered": 6,
    "canceled": 7, "failed": 7, "undelivered": 7, "received": 7, "delivered": 7, "read": 8,
}  # fmt: skip
_UNKNOWN: Final = 5
"""Of a status that Twilio adds later: it says more than ``sent``, and less than a final one."""


def rank(status: str) -> int:
    """How far on its way a message with *status* is; more is further."""
    return _RANKS.get(status, _UNKNOWN)


def supersedes(status: str, other: str) -> bool:
    """Whether *status* is news to somebody who knows *other*: final ones stand, but what was delivered may be read."""
    if other in FINAL_STATUSES:
        return (other, status) == ("delivered", "read")
    return rank(status) > rank(other)
