"""What came of one try: what the transport hands to the journey of a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Answer:
    """What the server said.

    *defect* tells why the body cannot be trusted, when it cannot. *sends* counts how often the request may have reached the
    server: aiohttp itself repeats a DELETE once when an idle connection turns out to be dead. The body is nobody's to print: it
    may be a text, or a token.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    defect: str | None = None
    sends: int = 1

    @property
    def request_id(self) -> str | None:
        """Twilio's id of the request (``RQ…``)."""
        return self.headers.get("Twilio-Request-Id")

    @property
    def concurrent_requests(self) -> int | None:
        """Requests of the account in flight when this one was served, as Twilio counted them."""
        count = self.headers.get("Twilio-Concurrent-Requests", "")
        return int(count) if count.isdecimal() and len(count) < 10 else None


@dataclass(slots=True)
class Failure:
    """Why there is no answer.

    *sent* is false only when it is certain that no byte of the request was written. *status* is the status line's, if that
    much arrived.
    """

    kind: Literal["connect", "certificate", "timeout", "lost"]
    text: str
    sent: bool
    status: int | None = None


class Interrupted(Exception):
    """A stream broke off; the text says how."""
