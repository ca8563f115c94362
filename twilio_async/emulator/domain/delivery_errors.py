"""What can become of a message after Twilio has taken it: the codes of its end, and which of the two bad ends each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

BadEnd: TypeAlias = Literal["failed", "undelivered"]

QUEUE_OVERFLOW = 30001
ACCOUNT_SUSPENDED = 30002
UNREACHABLE_HANDSET = 30003
UNKNOWN_ERROR = 30008
UNREGISTERED = 30034
VALIDITY_EXPIRED = 30036
NO_SENDER = 21703
OPTED_OUT = 21610

BAD_ENDS: Mapping[int, BadEnd] = {
    QUEUE_OVERFLOW: "failed",
    ACCOUNT_SUSPENDED: "failed",
    UNREACHABLE_HANDSET: "undelivered",
    30004: "undelivered",  # message blocked
    30005: "undelivered",  # unknown destination handset
    30006: "undelivered",  # landline or unreachable carrier
    30007: "undelivered",  # filtered
    UNKNOWN_ERROR: "undelivered",
    30009: "failed",  # missing inbound segment
    30010: "failed",  # price exceeds max price
    30011: "undelivered",  # MMS not supported by the recipient
    30017: "undelivered",  # carrier network congestion
    30018: "undelivered",  # sender id not pre-registered
    30019: "undelivered",  # content too large for the carrier
    30022: "undelivered",  # 10DLC rate limit
    30023: "undelivered",  # 10DLC daily cap
    30024: "undelivered",  # numeric sender id not provisioned
    30027: "undelivered",  # T-Mobile's daily limit
    30032: "undelivered",  # toll-free number not verified
    UNREGISTERED: "undelivered",  # 10DLC number
    30035: "undelivered",  # 10DLC number still being configured
    VALIDITY_EXPIRED: "undelivered",
    30037: "failed",  # outbound messaging disabled
    30038: "failed",  # one-time password filtered
    30039: "failed",  # message loop
    30410: "failed",  # provider timeout
    30450: "failed",
    30453: "failed",
    30454: "failed",  # account's limit of messages
    30485: "failed",
    30610: "failed",
    63015: "failed",  # recipient has not joined the sandbox
    63016: "failed",  # outside the window of free-form messages
    63018: "failed",  # channel's rate limit
    63024: "undelivered",  # invalid recipient
    NO_SENDER: "failed",
    OPTED_OUT: "failed",
    11751: "failed",  # media too large
    12300: "failed",  # media of a wrong type
}
"""*Failed*: Twilio never handed it to a carrier. *Undelivered*: somebody further on said no."""


def bad_end(code: int) -> BadEnd:
    """How a message ends that has this error; a code that is not in the table was a carrier's."""
    return BAD_ENDS.get(code, "undelivered")
