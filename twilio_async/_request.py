"""A `Request`: one call, encoded and ready to go out. It knows its address below a product, and no credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import unquote

import msgspec

from twilio_async import _wire
from twilio_async.auth import UnseenBytes
from twilio_async.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Product:
    """One of Twilio's APIs: the first label of its host, and what its paths begin with."""

    name: str
    root: str


@dataclass(slots=True)
class Request:
    """One call.

    *path* is absolute and encoded. *pairs* are the arguments by Twilio's names; they travel in the query of a GET or a DELETE
    and in the body of a POST, unless *json* is the body. *headers* are those that this call alone has. *query* stands in for
    the pairs when a server gave it: the next page's. *secrets* names the arguments that nothing may show.
    """

    name: str
    method: str
    product: Product
    path: str
    pairs: _wire.Pairs
    repeatable: bool
    json: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: str | None = None
    secrets: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<Request {self.name} {self.method} {self.path}>"

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments by Twilio's names, wherever they travel, but for the secret ones."""
        body = None if self.json is None else msgspec.json.decode(self.json)
        given = {**_wire.grouped(self.pairs), **(cast("dict[str, Any]", body) if isinstance(body, dict) else {})}
        return {name: value for name, value in given.items() if name not in self.secrets}

    def encoded(self) -> tuple[str, bytes | None, str | None]:
        """Query with its question mark, body, and the body's content type."""
        if self.json is not None:
            return self._asked(), UnseenBytes(self.json), "application/json"
        if self.method == "POST":
            return "", UnseenBytes(_wire.form(self.pairs).encode()), "application/x-www-form-urlencoded"
        return self._asked(), None, None

    def page(self, token: str | None, size: int) -> Request:
        """The same list's page that *token* names, or its first with *size* records; 0 leaves that to Twilio."""
        if token is not None:
            return replace(self, query=token)
        if size == 0:
            return self
        return replace(self, pairs=[*self.pairs, ("PageSize", str(size))])

    def _asked(self) -> str:
        text = self.query if self.query is not None else _wire.form(self.pairs)
        return f"?{text}" if text else ""


def freely_made(
    method: str,
    path: str,
    *,
    product: str,
    parameters: Mapping[str, Any] | None,
    json: Any,
    repeatable: bool | None,
) -> Request:
    """The request that a user describes in Twilio's own terms.

    Raises:
        InvalidArgument: an argument cannot be sent.
    """
    name = f"request({method!r})"
    if method not in ("GET", "POST", "PUT", "DELETE"):
        raise InvalidArgument("method: expected GET, POST, PUT or DELETE", argument="method", operation=name)
    if not isinstance(product, str) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", product):
        raise InvalidArgument(
            "product: expected the first label of its host, such as 'messaging'", argument="product", operation=name
        )
    if not isinstance(path, str) or not re.fullmatch(_PATH, path) or {"", ".", ".."} & _decoded_segments(path):
        raise InvalidArgument(
            "path: expected '/v1/Services/MG…': encoded, without query, '..' or empty segments", argument="path", operation=name
        )
    try:
        body = None if json is None else msgspec.json.encode(json)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"json: {error}", argument="json", operation=name) from None
    if body is not None and method in ("GET", "DELETE"):
        raise InvalidArgument(f"json: a {method} has no body", argument="json", operation=name)
    safe = method in ("GET", "DELETE") if repeatable is None else repeatable
    return Request(name, method, Product(product, "/"), path, loose_pairs(name, "parameters", parameters or {}), safe, body)


_PATH = r"(/([A-Za-z0-9._~:@!$&'()*+,;=-]|%[2-9A-Fa-f][0-9A-Fa-f])+)+"


def _decoded_segments(path: str) -> set[str]:
    """The segments as the most eager of servers and proxies would see them."""
    return set(re.split(r"[/\\]", unquote(path))[1:])


def loose_pairs(operation: str, argument: str, parameters: Mapping[str, Any]) -> _wire.Pairs:
    """Parameters that nobody declared, by Twilio's names; a sequence repeats its name, ``None`` is left out.

    Raises:
        InvalidArgument: one cannot be sent.
    """
    if not isinstance(parameters, Mapping):
        raise refused(operation, argument, _wire.Unsendable(f"expected a mapping, got {type(parameters).__name__}"))
    pairs: _wire.Pairs = []
    for name, value in parameters.items():
        values = cast("Sequence[Any]", value if isinstance(value, (list, tuple)) else (value,))
        try:
            pairs += [(_wire.write_text(name), _wire.write_loose(item)) for item in values if item is not None]
        except Exception as error:  # noqa: BLE001 - a value of the user's own type may raise anything
            raise refused(operation, str(name), error) from None
    return pairs


def loose_members(operation: str, argument: str, parameters: Mapping[str, Any]) -> dict[str, msgspec.Raw]:
    """Members of a JSON object that nobody declared, by Twilio's names; ``None`` is left out.

    Raises:
        InvalidArgument: one cannot be sent.
    """
    if not isinstance(parameters, Mapping):
        raise refused(operation, argument, _wire.Unsendable(f"expected a mapping, got {type(parameters).__name__}"))
    members: dict[str, msgspec.Raw] = {}
    for name, value in parameters.items():
        try:
            if value is not None:
                members[_wire.write_text(name)] = msgspec.Raw(_wire.encode(value))
        except Exception as error:  # noqa: BLE001 - a value of the user's own type may raise anything
            raise refused(operation, str(name), error) from None
    return members


def refused(operation: str, argument: str, error: Exception) -> InvalidArgument:
    """The error for an argument that its encoder did not take. Words that are not ours may quote it, so they are left out."""
    reason = error if isinstance(error, _wire.Unsendable) else f"cannot be sent: {type(error).__name__}"
    return InvalidArgument(f"{argument}: {reason}", argument=argument, operation=operation)
