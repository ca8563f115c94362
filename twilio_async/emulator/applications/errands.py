"""What the courier is given, and what it brings back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from twilio_async.emulator.api.requests import Pairs

Method: TypeAlias = Literal["GET", "POST"]


class Errand(Struct, frozen=True, kw_only=True):
    """One event that an application is to hear of.

    Attributes:
        url: as it was configured, with connection overrides and credentials.
        fields: names and values in the order in which Twilio sends them.
        method: how the fields travel: in the query, or as a form.
        json: a body instead of the fields; it is always posted.
        token: the same over all tries, so that an application can tell a repetition.
        fallback_url: asked when the other has failed for good. `None` if nobody is.
        fallback_method: as *method*.
    """

    url: str
    fields: Pairs = ()
    method: Method = "POST"
    json: bytes | None = None
    token: str
    fallback_url: str | None = None
    fallback_method: Method = "POST"

    def __repr__(self) -> str:
        """Without what is in it, which is people's."""
        content = f"{len(self.fields)} fields" if self.json is None else "json"
        return f"<Errand {self.method} {content} token={self.token}>"


class Attempt(Struct, frozen=True, kw_only=True):
    """One request on the wire, and what came of it.

    Attributes:
        at: when it began, on the emulator's clock.
        url: as it was sent, without user, password and fragment.
        method: of the request.
        request_headers: of the request; credentials are masked.
        request_body: of the request.
        status: of the answer; `None` if there was none.
        headers: of the answer.
        body: of the answer, as far as the courier reads.
        latency: real seconds that it took.
        error: what went wrong, in plain words; `None` if nothing did.
        code: of Twilio's debugger, for what went wrong. `None` if this request did its duty: it was answered with success, or
            with a redirect or a demand for credentials that the next attempt meets.
        fallback: whether it went to the fallback URL.
        number: the first, second… try of its URL. Redirects and logins share the number of their try.
    """

    at: datetime
    url: str
    method: Method
    request_headers: Pairs
    request_body: bytes
    status: int | None = None
    headers: Pairs = ()
    body: bytes = b""
    latency: float = 0.0
    error: str | None = None
    code: int | None = None
    fallback: bool = False
    number: int = 1

    @property
    def ok(self) -> bool:
        """Whether the errand is done."""
        return self.code is None and self.status is not None and 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """What the answer says it is; empty if it does not."""
        return self.header("Content-Type")

    def header(self, name: str) -> str:
        """The first value of one of the answer's headers, in any case; empty if there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")

    def __repr__(self) -> str:
        """Without what is in it, which is people's."""
        ending = self.status if self.error is None else f"{self.status} code={self.code}"
        return f"<Attempt {self.number} {self.method} {ending} {self.latency:.3f}s>"
