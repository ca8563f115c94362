"""What a test expects of the messages, and what it is told when that is not so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from twilio_async.emulator.domain.records import Direction, Message, Status

Body: TypeAlias = str | re.Pattern[str]
"""A whole text, or a pattern that is found in it."""

MOST_SHOWN = 10
"""Messages that a failure shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Which messages are meant: those that are like this wherever something is said.

    Args:
        to: recipient, exactly.
        from_: sender, exactly.
        body: the whole text, or a pattern that is found in it.
        status: as it is now.
        messaging_service_sid: the service that it was sent through.
        direction: inbound, or one of the outbound ones. Default: any outbound one.
    """

    to: str | None = None
    from_: str | None = None
    body: Body | None = None
    status: Status | None = None
    messaging_service_sid: str | None = None
    direction: Direction | None = None

    def differences(self, message: Message) -> list[str]:
        """In what a message is not like this, by the names of the fields."""
        exact = {
            "to": (self.to, message.to),
            "from_": (self.from_, message.from_),
            "status": (self.status, message.status),
            "messaging_service_sid": (self.messaging_service_sid, message.messaging_service_sid),
            "direction": (self.direction, message.direction),
        }
        different = [name for name, (wanted, is_) in exact.items() if wanted is not None and wanted != is_]
        if self.direction is None and message.direction == "inbound":
            different.append("direction")
        return different if self._says(message.body) else [*different, "body"]

    def among(self, messages: Iterable[Message]) -> list[Message]:
        """Those of *messages* that are meant."""
        return [message for message in messages if not self.differences(message)]

    def _says(self, body: str) -> bool:
        if isinstance(self.body, re.Pattern):
            return self.body.search(body) is not None
        return self.body is None or self.body == body

    def __str__(self) -> str:
        said = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}
        return ", ".join(f"{name}={value!r}" for name, value in said.items()) or "anything sent"


def report(expected: Expected, times: str, messages: Sequence[Message]) -> str:
    """What was expected, and what was there instead, the most similar first.

    Args:
        expected: which messages were meant.
        times: how many of them, in words.
        messages: all there are.
    """
    found = len(expected.among(messages))
    there = f"There {_are(len(messages), 'message')}" + (":" if messages else ".")
    lines = [f"expected {times} message with {expected}; there {_are(found)}. {there}"]
    nearest = sorted(messages, key=lambda message: len(expected.differences(message)))
    for message in nearest[:MOST_SHOWN]:
        different = expected.differences(message)
        lines.append(f"  {line(message)}" + (f"   ({', '.join(different)} differs)" if different else ""))
    if len(nearest) > MOST_SHOWN:
        lines.append(f"  … and {len(nearest) - MOST_SHOWN} more")
    return "\n".join(lines)


def line(message: Message) -> str:
    """A message in one line."""
    error = f" {message.error_code}" if message.error_code is not None else ""
    return f"{message.sid} {message.direction} {message.status}{error} {message.from_} -> {message.to} {message.body!r}"


def _are(count: int, noun: str = "") -> str:
    words = f"{'is' if count == 1 else 'are'} {count or 'none'}"
    return f"{words} {noun}{'' if count == 1 else 's'}" if noun and count else words
