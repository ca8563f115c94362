"""What the emulator told applications: each webhook with its attempts, and what Twilio's debugger would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications.debugger import title
from twilio_async.emulator.applications.errands import Attempt, Errand

Kind: TypeAlias = Literal["status", "inbound", "custom"]
State: TypeAlias = Literal["waiting", "under way", "delivered", "failed", "dropped"]


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One webhook on its way to an application, or there.

    Attributes:
        kind: a ``status`` callback, an ``inbound`` message, or a ``custom`` webhook of a test's own.
        account_sid: whose it is.
        message_sid: what it is about.
        errand: where it goes and what it says.
        created_at: when it was due.
        attempts: the requests that were made, in order, redirects and the fallback URL among them.
        state: ``waiting``, ``under way``, ``delivered``; ``failed``, when no attempt is left; ``dropped`` by a webhook fault.
    """

    kind: Kind
    account_sid: str
    message_sid: str | None
    errand: Errand
    created_at: datetime
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    state: State = "waiting"

    @property
    def url(self) -> str:
        """As it was configured, with its fragment."""
        return self.errand.url

    @property
    def fields(self) -> Pairs:
        """Names and values in the order in which they are sent."""
        return self.errand.fields

    @property
    def parameters(self) -> dict[str, str]:
        """`fields` by name."""
        return dict(self.errand.fields)

    @property
    def idempotency_token(self) -> str:
        """Of ``I-Twilio-Idempotency-Token``: the same in every attempt, and in a duplicate."""
        return self.errand.token

    @property
    def status(self) -> int | None:
        """The HTTP status that the application answered last; `None` if it did not."""
        return self.attempts[-1].status if self.attempts else None

    @property
    def answer(self) -> bytes:
        """The body that the application answered last."""
        return self.attempts[-1].body if self.attempts else b""

    @property
    def latency(self) -> float:
        """Seconds that all attempts took together."""
        return sum(attempt.latency for attempt in self.attempts)

    def __str__(self) -> str:
        about = self.parameters.get("MessageStatus") or self.parameters.get("Body", "")
        whose = f" of {self.message_sid}" if self.message_sid else ""
        tries = f"{len(self.attempts)} attempt{'' if len(self.attempts) == 1 else 's'}"
        return f"{self.kind} {about!r}{whose} to {_shown(self.url)}: {self.state}, {tries}{self._end()}"

    def _end(self) -> str:
        if not self.attempts:
            return ""
        last = self.attempts[-1]
        return f", {last.error}" if last.status is None else f", answered {last.status}"


def _shown(url: str) -> str:
    """A URL without user and password, and without what is Twilio's alone to know."""
    scheme, _, rest = url.partition("#")[0].partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


class Alert(Struct, frozen=True, kw_only=True):
    """What Twilio's debugger would show.

    Attributes:
        code: such as 11200 or 12300.
        at: when.
        detail: what was wrong, in plain words.
        url: of the application.
        message_sid: which message it was about.
    """

    code: int
    at: datetime
    detail: str
    url: str
    message_sid: str | None = None

    @property
    def title(self) -> str:
        """Twilio's name of the code."""
        return title(self.code)

    @property
    def more_info(self) -> str:
        """Where Twilio explains it."""
        return f"https://www.twilio.com/docs/errors/{self.code}"
