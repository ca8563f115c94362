"""When to try again: policy as arithmetic. Nothing here sleeps, and nothing here knows a clock or a socket."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twilio_async.errors import APIError, CertificateError, ConfigError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable

    from twilio_async.errors import TwilioError


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and after what wait, a request that is safe to repeat is repeated.

    Only failures that cannot have had an effect are ever given to it: a 429 with code 20429, a failure before the first
    byte was written, and, for requests that are safe to repeat, a 5xx, a timeout or a lost connection.

    Args:
        attempts: tries in all, the first included; at least 1. Default 5.
        base: seconds; the wait before the second try is drawn from 0 to this, doubling with each try. Default 0.25.
        cap: seconds; no drawn wait is longer. Default 8.
        max_elapsed: seconds since the first try after which no further one is begun. Default 60.
        max_retry_after: seconds; an answer that asks for a longer wait is raised instead of waited for. Default 60.
    """

    attempts: int = 5
    base: float = 0.25
    cap: float = 8.0
    max_elapsed: float = 60.0
    max_retry_after: float = 60.0

    def __post_init__(self) -> None:
        """Refuse numbers that make no policy."""
        if isinstance(self.attempts, bool) or not isinstance(self.attempts, int) or self.attempts < 1:
            raise ConfigError(f"attempts={self.attempts!r}: at least 1, which means no repeat")
        for name in ("base", "cap", "max_elapsed", "max_retry_after"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not 0 <= value < math.inf:
                raise ConfigError(f"{name}={value!r}: a finite number of seconds, 0 or more")

    @classmethod
    def never(cls) -> Retry:
        """One try, whatever happens."""
        return cls(attempts=1)

    def delay(
        self, attempt: int, error: TwilioError, elapsed: float, *, draw: Callable[[], float] = random.random
    ) -> float | None:
        """Seconds to wait before the next try, or ``None`` to give up.

        Args:
            attempt: tries made so far, 1 or more.
            error: why the last one failed.
            elapsed: seconds since the first try began.
            draw: a number from 0 to 1; the jitter. Default `random.random`.
        """
        if attempt >= self.attempts or isinstance(error, CertificateError):
            return None
        asked = error.retry_after if isinstance(error, APIError) else None
        if asked is not None and asked > self.max_retry_after:
            return None
        # Full jitter, so that a crowd that failed together does not come back together; it comes on top of what the
        # answer asked for, for the same reason.
        doubled = self.base * 2.0 ** min(attempt - 1, _DOUBLINGS)
        wait = draw() * min(self.cap, doubled) + (asked or 0.0)
        return wait if elapsed + wait <= self.max_elapsed else None


_DOUBLINGS = 100
"""More make no difference, and a thousand are more than a float can hold."""


class RetryBudget:
    """A token bucket that keeps an outage from being multiplied by everybody's repeats.

    Each repeat costs a token and each success gives a tenth of one back, so that in the long run repeats add at most
    10 % to the load. A 429 costs nothing: it was not processed, and the concurrency limit already answers it.

    Args:
        tokens: repeats that may be made in a row before successes are needed, 1 or more. Default 100.
    """

    __slots__ = ("_capacity", "_tenths")

    def __init__(self, tokens: float = 100.0) -> None:
        if not isinstance(tokens, (int, float)) or not tokens >= 1:
            raise ConfigError(f"tokens={tokens!r}: at least 1; to switch repeats off use Retry.never()")
        self._capacity = self._tenths = tokens * 10  # counted in tenths, because ten times 0.1 is less than 1

    def __repr__(self) -> str:
        return f"<RetryBudget {self._tenths / 10:g}/{self._capacity / 10:g}>"

    def allows(self, error: TwilioError) -> bool:
        """Take a token for repeating after *error*; ``False`` if none is left."""
        if isinstance(error, RateLimited):
            return True
        if self._tenths < 10:
            return False
        self._tenths -= 10
        return True

    def succeeded(self) -> None:
        """Give back a tenth of a token."""
        self._tenths = min(self._capacity, self._tenths + 1)
