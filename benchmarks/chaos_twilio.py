"""The Twilio of the chaos: an emulator in a process of its own, in which about every ninth request goes wrong.

What was created is asked of it, and not of those who sent.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections import Counter
from collections.abc import Generator, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

SENDER = "+15017122661"
"""One of the emulator's numbers."""

FAULTS: tuple[tuple[str, float, Mapping[str, Any]], ...] = (
    ("429", 0.010, {"status": 429, "code": 20429}),
    ("429, Retry-After", 0.003, {"status": 429, "code": 20429, "retry_after": 1}),
    ("500, not processed", 0.015, {"status": 500}),
    ("503, not processed, Retry-After", 0.015, {"status": 503, "retry_after": 1}),
    ("502 of a proxy, not processed", 0.007, {"kind": "html"}),
    ("reset, not processed", 0.015, {"kind": "reset"}),
    ("processed, then 500", 0.015, {"kind": "accept_then_500"}),
    ("processed, then no answer", 0.015, {"kind": "accept_then_drop"}),
    ("processed, half of the answer", 0.010, {"kind": "truncated"}),
    ("processed, the answer no JSON", 0.005, {"kind": "malformed"}),
)
"""What becomes of a create, and how often. Eleven in a hundred are struck."""
SLOW, SLOWNESS = 0.05, 0.3
"""So many requests, of any kind, are answered so many seconds late."""
LISTS_FAIL = 0.02
"""So many pages of the list are answered 503."""


class Text(NamedTuple):
    """A row to be sent."""

    key: str
    to: str
    body: str


def texts(count: int) -> list[Text]:
    """So many rows, each to somebody else."""
    return [Text(f"k{number}", f"+1555{number:07d}", f"Hello {number}, your parcel is at the door.") for number in range(count)]


class Truth(NamedTuple):
    """How often people were texted, as Twilio sees it."""

    created: Counter[str]
    """Messages by their text."""

    def twice(self) -> int:
        """Messages that are one too many."""
        return sum(count - 1 for count in self.created.values())

    def never(self, rows: int) -> int:
        """Rows without a message."""
        return rows - len(self.created)


class Twilio:
    """The emulator, seen from outside.

    Attributes:
        env: its environment variables.
    """

    def __init__(self, env: dict[str, str], pipe: Connection) -> None:
        self.env = env
        self._pipe = pipe

    def requests(self) -> int:
        """How many there have been."""
        return int(self._ask("requests"))

    def truth(self) -> Truth:
        """What it has created so far."""
        return Truth(self._ask("truth"))

    def _ask(self, question: str) -> Any:
        self._pipe.send(question)
        return self._pipe.recv()


@contextlib.contextmanager
def faulty_twilio(seed: int) -> Generator[Twilio]:
    """Run one while the context is open.

    Args:
        seed: of what goes wrong: the nth request of a kind meets the same fault in every run.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_emulate, args=(theirs, seed), daemon=True)
    process.start()
    try:
        yield Twilio(ours.recv(), ours)
    finally:
        process.terminate()
        process.join()


def _emulate(pipe: Connection, seed: int) -> None:
    from twilio_async.emulator import Emulator

    with Emulator(seed=seed, max_requests=1) as emulator:
        every = emulator.faults.add(kind="latency")  # it delays nothing; it counts
        for number, (_, probability, fault) in enumerate(FAULTS):
            emulator.faults.add("POST", **fault, probability=probability, seed=1000 * seed + number)
        emulator.faults.add("GET", status=503, probability=LISTS_FAIL, seed=1000 * seed + 900)
        emulator.faults.add(latency=SLOWNESS, probability=SLOW, seed=1000 * seed + 901)
        pipe.send(emulator.env)
        while True:
            if pipe.recv() == "requests":
                pipe.send(every.fired)
            else:
                pipe.send(Counter(message.body for message in emulator.messages))
