"""How fast each kind of sender sends, and how much waits in its queue.

The figures are Twilio's defaults: https://help.twilio.com/articles/115002943027
"""

from __future__ import annotations

from collections.abc import Mapping

from twilio_async.emulator.domain.addresses import Kind, parse_address

RATES: Mapping[str, float] = {
    "short code": 100,
    "toll-free": 3,
    "number": 1,
    "international": 10,
    "alpha": 10,
    "rcs": 100,
    "whatsapp": 80,
    "channel": 10,
}
"""Segments a second by kind of sender; on WhatsApp and RCS messages a second."""

LONGEST_QUEUE = 36_000.0
"""Seconds of its own throughput that a sender may have waiting."""

_A_MINUTE = 60.0
_TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


def kind_of(sender: str) -> str:
    """Which row of `RATES` a sender belongs to."""
    address = parse_address(sender)
    kind: Kind = "alpha" if address is None else address.kind
    if address is not None and kind == "channel":
        return address.channel if address.channel in RATES else kind
    if kind != "number":
        return kind
    if not sender.startswith("+1"):
        return "international"
    return "toll-free" if sender[2:5] in _TOLL_FREE else "number"


class Queues:
    """The queues of all senders, each as the moment at which it will be empty.

    Attributes:
        rates: segments a second of single senders, where they differ from `RATES`; a 10DLC campaign's, say.
        empty_at: the moments, in seconds since 1970, by sender.
    """

    def __init__(self) -> None:
        self.rates: dict[str, float] = {}
        self.empty_at: dict[str, float] = {}

    def rate(self, sender: str) -> float:
        """Segments a second of this sender."""
        return self.rates.get(sender) or RATES[kind_of(sender)]

    def waiting(self, sender: str, now: float) -> float:
        """Seconds until what waits in this sender's queue has left it.

        Args:
            sender: its address.
            now: in seconds since 1970.
        """
        return max(0.0, self.empty_at.get(sender, now) - now)

    def is_full(self, sender: str, now: float) -> bool:
        """Whether one more message would be too many."""
        return self.waiting(sender, now) >= LONGEST_QUEUE

    def join(self, sender: str, segments: int, now: float) -> float:
        """Put a message at the end of a queue.

        Args:
            sender: its address.
            segments: of the message.
            now: in seconds since 1970.

        Returns:
            When it leaves the queue: at once, if nothing waits in front of it.
        """
        leaves = now + self.waiting(sender, now)
        self.empty_at[sender] = leaves + max(segments, 1) / self.rate(sender)
        return leaves

    def fill(self, sender: str, now: float) -> None:
        """Let a queue be full for the next minute; then it empties as the clock goes on."""
        self.empty_at[sender] = now + LONGEST_QUEUE + _A_MINUTE
