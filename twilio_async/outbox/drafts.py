"""A user's row becomes a `Draft`, or is refused by number and field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from twilio_async import _wire
from twilio_async._operation import Options
from twilio_async._request import loose_pairs
from twilio_async.errors import InvalidArgument
from twilio_async.outbox.errors import InvalidRow
from twilio_async.outbox.ledger import content_key
from twilio_async.outbox.payload import CREATE, payload
from twilio_async.outbox.store import Draft

LONGEST_KEY = 200
LONGEST_BODY = 1600

_ADDRESS = re.compile(r"\+[1-9]\d{6,14}|[a-z]+:\S{1,250}")
_NOT_STORED = frozenset(Options.__annotations__) - {"extra"}
_FIELDS = CREATE.arguments - _NOT_STORED | {"key"}
_CONTENT = ("body", "media_url", "content_sid", "content_variables")
_REPEATS = frozenset(parameter.name for parameter in CREATE.parameters if parameter.repeats)


class Drafter:
    """Makes drafts of rows.

    Args:
        not_before: Unix seconds before which they are not sent. Default: none.
        deadline: Unix seconds after which they are not sent any more. Default: none.
        once_per_recipient: whether a row without a key has its recipient for one, so that nobody gets two.
    """

    def __init__(self, *, not_before: float = 0.0, deadline: float | None = None, once_per_recipient: bool = False) -> None:
        self._not_before = not_before
        self._deadline = deadline
        self._once_per_recipient = once_per_recipient

    def draft(self, index: int, row: object) -> Draft:
        """The draft of a row.

        Args:
            index: the row's place in the input, for errors.
            row: a mapping of ``create``'s arguments, and ``key``.

        Raises:
            InvalidRow: it cannot be sent.
        """
        try:
            return self._draft(row)
        except InvalidArgument as error:
            raise InvalidRow(error.message, index=index, argument=error.argument) from None

    def _draft(self, row: object) -> Draft:
        if not isinstance(row, Mapping):
            raise _refused("row", f"expected a mapping, got {type(row).__name__}")
        given = {name: value for name, value in cast("Mapping[str, Any]", row).items() if value is not None}
        _check_names(given)
        key = _key(given.pop("key", None))
        _check_recipient(given.get("to"))
        for name in _REPEATS & given.keys():
            given[name] = _listed(given[name])
        if "extra" in given:
            given["extra"] = _wire.grouped(loose_pairs("outbox.add", "extra", given["extra"]))
        CREATE.bind("", **given)  # says what is wrong with a value as `create` would
        if len(given.get("body", "")) > LONGEST_BODY:
            raise _refused("body", f"{len(given['body'])} characters, and Twilio takes {LONGEST_BODY} at most")
        to, sender = given["to"], given.get("from_") or given.get("messaging_service_sid") or ""
        if key is None:
            content = None if self._once_per_recipient else [given.get(name) for name in _CONTENT]
            key = content_key(to, "" if self._once_per_recipient else sender, content)
        return Draft(
            key=key,
            payload=payload(given),
            to=to,
            sender=sender,
            segments=_segments(given),
            not_before=self._not_before,
            deadline=self._deadline,
        )


def _check_names(row: Mapping[str, Any]) -> None:
    for name in row:
        if name in _FIELDS:
            continue
        if name in _NOT_STORED:
            raise _refused(name, "not of a row: the outbox decides when and how often a row is tried")
        close = difflib.get_close_matches(str(name), _FIELDS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise _refused(str(name), f"no such argument of create(){hint}")


def _check_recipient(to: object) -> None:
    """Refuse what Twilio would rewrite: a row whose outcome is unknown is looked for by its recipient as written here."""
    if to is None:
        raise _refused("to", "missing")
    if not isinstance(to, str):
        raise _refused("to", f"expected str, got {type(to).__name__}")
    if not _ADDRESS.fullmatch(to):
        raise _refused("to", "expected E.164, such as '+14155552671', or a channel's address, such as 'whatsapp:+14155552671'")


def _key(key: object) -> str | None:
    if key is None or (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY and key.isprintable()):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise _refused("key", f"expected 1 to {LONGEST_KEY} printable characters, or a whole number")


def _listed(value: object) -> object:
    """A lazy sequence is to be read once, here; what is no sequence is refused by its encoder."""
    kind = type(value)
    if isinstance(value, str) or issubclass(kind, (bytes, Mapping)) or not isinstance(value, Iterable):
        return value
    return list(cast("Iterable[object]", value))


def _segments(given: Mapping[str, Any]) -> int:
    assert CREATE.cost is not None  # noqa: S101 - for checkers: `create` is declared with one
    return int(CREATE.cost(given))


def _refused(argument: str, message: str) -> InvalidArgument:
    return InvalidArgument(f"{argument}: {message}", argument=argument)
