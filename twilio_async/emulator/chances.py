"""How often something happens: so many times, or with a probability that a seed makes repeatable."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


def dice(seed: int | None) -> random.Random:
    """A source of chance that a seed makes repeatable."""
    return random.Random(seed)  # noqa: S311  # chances and sids of an emulator are no secrets


@dataclass(slots=True, kw_only=True)
class Chance:
    """What a rule has that strikes now and then.

    Attributes:
        times: how often it strikes; `None` for ever.
        probability: of striking what it matches, 0 to 1.
        random: what decides.
        fired: how often it has struck.
    """

    times: int | None = None
    probability: float = 1.0
    random: random.Random = field(default_factory=random.Random, repr=False)
    fired: int = 0

    def fires(self) -> bool:
        """Decide whether it strikes now, and count it if it does."""
        if self.times is not None and self.fired >= self.times:
            return False
        if self.random.random() >= self.probability:
            return False
        self.fired += 1
        return True
