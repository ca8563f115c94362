"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts; the defaults are what published figures are made with."""

    rounds: int = 10
    """Rounds in which the clients take turns; medians are taken over them."""
    messages: int = 20_000
    """Messages that each client sends, in all rounds together."""
    in_flight: int = 100
    records: int = 100_000
    """Messages in the history that is read."""
    sample: int = 5_000
    """Records read where reading all would take minutes: 100 of the official client's default pages."""
    pages: int = 40
    """Pages of which each is looked at for the longest stall, and decoded."""
    few: int = 100_000
    many: int = 1_000_000
    """Records streamed by two processes whose memory is compared."""
    rows: int = 500_000
    """Rows that `send_many` takes, compared to a tenth of them."""
    starts: int = 10
    """Interpreters started."""
    adapting: int = 3_000
    """Messages sent to a server that takes only some at once."""
    servers: int = 200
    """Emulators started and stopped."""
    stored: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    """Messages in the emulators of which a page takes as long."""
    served: int = 10_000
    """Requests of each kind that an emulator answers."""


QUICK = Scale(
    rounds=1,
    messages=200,
    in_flight=20,
    records=5_000,
    sample=200,
    pages=3,
    few=2_000,
    many=5_000,
    rows=1_000,
    starts=1,
    adapting=200,
    servers=10,
    stored=(1_000, 10_000),
    served=320,
)
"""Enough to see that everything runs; its figures mean nothing."""
