"""What came in over the socket, as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote

import msgspec

Pairs: TypeAlias = tuple[tuple[str, str], ...]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(slots=True, repr=False)
class ReceivedRequest:
    """One request.

    Attributes:
        method: in capitals.
        target: path and query as they stood in the request line, still encoded.
        headers: names in any case.
        body: its bytes.
        status: what it was answered with; `None` as long as it is not, or if the connection was dropped instead.
        processed: whether it had its effect, whatever became of the answer.
        code: Twilio's code of the error that it was answered with.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    status: int | None = None
    processed: bool = False
    code: int | None = None

    def __repr__(self) -> str:
        """Without the credentials in the headers."""
        answered = "not answered" if self.status is None else str(self.status) + (f" ({self.code})" if self.code else "")
        return f"<{self.method} {self.target}: {answered}{', processed' if self.processed else ''}>"

    @property
    def raw_path(self) -> str:
        """The path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path)

    @property
    def query(self) -> Pairs:
        """Names and values of the query, decoded, in order."""
        return _pairs(self.target.partition("?")[2])

    @property
    def form(self) -> Pairs:
        """Names and values of a form body, decoded, in order; empty for a body that is no form."""
        if not self.headers.get("Content-Type", FORM).startswith(FORM):
            return ()
        return _pairs(self.body.decode("utf-8", "replace"))

    @property
    def json(self) -> dict[str, Any] | None:
        """The object that a JSON body is; `None` for any other body."""
        if not self.headers.get("Content-Type", FORM).startswith(JSON):
            return None
        try:
            return msgspec.json.decode(self.body, type=dict[str, Any]) if self.body else {}
        except (ValueError, RecursionError):
            return None

    @property
    def parameters(self) -> dict[str, list[str]]:
        """Query and form together: the values of each name, in order."""
        found: dict[str, list[str]] = {}
        for name, value in (*self.query, *self.form):
            found.setdefault(name, []).append(value)
        return found


def _pairs(encoded: str) -> Pairs:
    return tuple(parse_qsl(encoded, keep_blank_values=True)) if encoded else ()
