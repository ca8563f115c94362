"""`Seen`: whether an event was already handled, since Twilio repeats what was not answered in time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twilio_async.webhooks.events import Event


class Seen:
    """Remembers the last events of this process, so that a repetition is known as one.

    An event is known by its ``I-Twilio-Idempotency-Token``, or by what it says if it has none. Several processes do not know of
    each other: where each event must be handled once among all of them, give ``event.key`` a unique column in a database.

    Args:
        max_size: events that are remembered; the oldest are forgotten. Default 10,000, which take about 2 MB.

    Raises:
        ValueError: *max_size* is less than 1.
    """

    __slots__ = ("_keys", "_lock", "_max_size")

    def __init__(self, max_size: int = 10_000) -> None:
        if max_size < 1:
            raise ValueError(f"max_size: expected at least 1, got {max_size}")
        self._max_size = max_size
        self._keys: dict[str, None] = {}
        self._lock = threading.Lock()

    def before(self, event: Event) -> bool:
        """Whether *event* was asked about before. It is remembered from now on; of several who ask at once, one hears no."""
        key = event.key
        with self._lock:
            if key in self._keys:
                return True
            if len(self._keys) >= self._max_size:
                del self._keys[next(iter(self._keys))]
            self._keys[key] = None
            return False

    def forget(self, event: Event) -> None:
        """Take a repetition of *event* for new: its handling has failed."""
        with self._lock:
            self._keys.pop(event.key, None)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"<Seen {len(self._keys)} of {self._max_size}>"
