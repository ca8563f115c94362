"""The bodies that may have been signed in place of the one that was seen. Pure."""

from __future__ import annotations

import hmac
import itertools
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote_plus

from twilio_async._signature import body_hash, fields_text
from twilio_async.cli.webhook.others import Other, different
from twilio_async.webhooks._requests import FORM, Pairs, is_form, read_form
from twilio_async.webhooks.errors import WebhookError

LARGEST: Final = 10_000
"""Fields that are looked at."""

_MEMORY = 4_000_000  # characters of all that may have been signed instead

_BLANKS = (
    "ToState", "ToCity", "ToZip", "FromState", "FromCity", "FromZip", "ToCountry", "FromCountry", "Body",
)  # fmt: skip
"""Fields that Twilio sends empty, and that a parser may drop for that."""


def seen_text(content_type: str, body: bytes) -> tuple[Pairs | None, str]:
    """The fields of the form that was seen, `None` if it is none, and what is signed of them."""
    form = _form(body) if is_form(content_type, body) else None
    return form, fields_text(form or ())


def other_texts(form: Pairs | None, query: Pairs, body: bytes) -> list[Other]:
    """What else may have been signed of a body, the likely first.

    Args:
        form: the fields that were seen, `None` if the body is no form.
        query: the parameters of the URL.
        body: as it came.
    """
    others = _of_form(form, query) if form else _of_something_else(query, body)
    return different(fields_text(form or ()), itertools.islice(others, 1 + _MEMORY // (len(body) + 1)))


def _of_something_else(query: Pairs, body: bytes) -> Iterator[Other]:
    if fields := _form(body):
        yield Other(fields_text(fields), f"the body is a form: its Content-Type is {FORM}")
    if fields := _json_fields(body):
        yield Other(fields_text(fields), "the body is a form, which was turned into JSON")
    if query:
        yield Other(fields_text(query), "the fields are in a form, and not in the URL")


def _of_form(form: Pairs, query: Pairs) -> Iterator[Other]:
    yield Other("", "no field is signed: it is a GET, or a body that is no form")
    names = list(dict.fromkeys(name for name, _ in form))
    for words, mend in _REPAIRS.items():
        yield Other(fields_text([(name, mend(value)) for name, value in form]), words)
    in_url = {name for name, _ in query}
    yield Other(fields_text([field for field in form if field[0] not in in_url]), "the form is without what is in the URL")
    yield Other(fields_text((*form, *query)), "the form has what is in the URL, too")
    for name in names:
        yield Other(fields_text([field for field in form if field[0] != name]), f"the form is without {name[:40]}")
    missing = [name for name in _BLANKS if name not in names]
    for count in range(1, len(missing) + 1):
        for added in itertools.combinations(missing, count):
            blank = tuple((name, "") for name in added)
            yield Other(fields_text((*form, *blank)), f"the form has {', '.join(added)}, empty, which was dropped")


def other_body(body: bytes, claimed: str) -> str | None:
    """How a body was written whose hash is *claimed*, in words; `None` if that is not known."""
    wanted = claimed.strip().lower().encode()
    found = (words for words, other in _other_bodies(body) if hmac.compare_digest(body_hash(other).encode(), wanted))
    return next(found, None)


def _other_bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "the body is empty", b""
    yield "the body has no white space at its ends", body.strip()
    yield "the body has a line end at its end", body + b"\n"
    yield "the body has the line ends of Unix", body.replace(b"\r\n", b"\n")
    yield "the body has the line ends of Windows", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "the body has no byte order mark", body.removeprefix(b"\xef\xbb\xbf")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    for style, options in _STYLES.items():
        for ascii_only, ordered in itertools.product((False, True), repeat=2):
            written = json.dumps(value, ensure_ascii=ascii_only, sort_keys=ordered, **options)
            yield f"the body is JSON {style}; it was decoded, and encoded again", written.encode("utf-8", "surrogatepass")


_STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "without white space": {"separators": (",", ":")},
    "with a space after each comma and colon": {},
    "on lines that are indented by 2": {"indent": 2},
    "on lines that are indented by 4": {"indent": 4},
}


def _form(body: bytes) -> Pairs | None:
    try:
        return read_form(body, LARGEST) if b"=" in body else None
    except WebhookError:
        return None


def _json_fields(body: bytes) -> Pairs | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, Any]", value)
    return tuple((name, text) for name, text in fields.items() if isinstance(text, str))


def _misread(encoding: str) -> Callable[[str], str]:
    """Undo that UTF-8 was read as *encoding*."""

    def mend(value: str) -> str:
        try:
            return value.encode(encoding).decode()
        except UnicodeError:
            return value

    return mend


def _plus(value: str) -> str:
    return f"+{value[1:]}" if value.startswith(" ") and value[1:].isdigit() else value


_REPAIRS: Final[Mapping[str, Callable[[str], str]]] = {
    "the numbers begin with +, which was read as a space": _plus,
    "the values are decoded; here they are still encoded": unquote_plus,
    "the values have no white space at their ends": str.strip,
    "the line ends are those of Unix": lambda value: value.replace("\r\n", "\n"),
    "the line ends are those of Windows": lambda value: value.replace("\r\n", "\n").replace("\n", "\r\n"),
    "the values are UTF-8, which was read as Latin-1": _misread("latin-1"),
    "the values are UTF-8, which was read as Windows-1252": _misread("cp1252"),
    "the values are composed Unicode (NFC)": lambda value: unicodedata.normalize("NFC", value),
    "the values are decomposed Unicode (NFD)": lambda value: unicodedata.normalize("NFD", value),
}
"""What programs do to the values of a form, undone."""
