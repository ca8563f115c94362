"""What a bulk send has done so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from rich.text import Text

from twilio_async.bulk import SendResult
from twilio_async.cli.panel import Count
from twilio_async.events import Event, RequestEnded, Retrying


class Tally:
    """Counts of a bulk send: it is one of the session's hooks, and is given each result.

    Args:
        total: how many messages are to be sent.
        clock: seconds, never going back. Default `time.monotonic`.

    Attributes:
        accepted: messages that were taken.
        segments: how many segments these have.
        failures: the results of all others.
        retries: requests that were made again.
        throttled: answers that said "too many requests".
    """

    def __init__(self, total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.accepted: int = 0
        self.segments: int = 0
        self.failures: list[SendResult] = []
        self.retries: int = 0
        self.throttled: int = 0
        self._clock = clock
        self._began = clock()
        self._ended: float | None = None

    def __call__(self, event: Event) -> None:
        """Take note of what the session tells."""
        if isinstance(event, Retrying):
            self.retries += 1
        elif isinstance(event, RequestEnded) and event.status == 429:
            self.throttled += 1

    def add(self, result: SendResult) -> None:
        """Count a result."""
        if result.message is None:
            self.failures.append(result)
        else:
            self.accepted += 1
            self.segments += result.message.num_segments or 1

    def end(self) -> None:
        """Stop the clock."""
        self._ended = self._clock()

    @property
    def done(self) -> int:
        """How many messages have a result."""
        return self.accepted + len(self.failures)

    @property
    def elapsed(self) -> float:
        """Seconds since it began; at the end, how long it took."""
        return (self._clock() if self._ended is None else self._ended) - self._began

    @property
    def counts(self) -> Sequence[Count]:
        """What is worth counting."""
        return (
            Count("Segments", self.segments),
            Count("Retries", self.retries, "yellow"),
            Count("429s", self.throttled, "yellow"),
            Count("Failed", len(self.failures), "red"),
        )

    @property
    def remarks(self) -> Sequence[Text]:
        """Nothing else."""
        return ()
