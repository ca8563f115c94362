"""Values to bytes and bytes to values, as Twilio writes and reads them. Pure: no sockets, no clocks, no awaiting.

Each ``write_*`` function turns one argument into text for the wire, or raises `Unsendable` with what is wrong and how to
mend it; the operation that called it adds the argument's name.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import html
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import UnionType
from typing import TYPE_CHECKING, Any, NamedTuple, Union, cast, get_args, get_origin
from urllib.parse import quote, quote_plus, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

Pairs = list[tuple[str, str]]


class Unsendable(Exception):
    """Why a value cannot be written, and what to give instead."""


# --- arguments to text ---------------------------------------------------------------------------------------------------


def write_text(value: object) -> str:
    """Text as it is; ``""`` is sent empty, which is how Twilio clears a field."""
    if isinstance(value, str):
        if not value.isascii():
            _check_encodable(value)
        return value
    raise Unsendable(f"expected str, got {type(value).__name__}")


def _check_encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unsendable(f"holds half a surrogate pair at position {error.start}, which UTF-8 cannot carry") from None


def write_integer(value: object) -> str:
    """A whole number; a bool is none, although Python says so."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unsendable(f"expected int, got {type(value).__name__}")


def write_number(value: object) -> str:
    """A number, without exponent: Twilio reads ``0.00005``, not ``5e-05``."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite():
            return format(number, "f")
    raise Unsendable(f"expected a finite number, got {type(value).__name__}")


def write_boolean(value: object) -> str:
    """``true`` or ``false``: Python's ``True`` would be read as false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    raise Unsendable(f"expected True or False, got {type(value).__name__}")


def in_utc(value: object) -> dt.datetime:
    """An aware time, in UTC; a naive one names no instant, so it is refused."""
    if not isinstance(value, dt.datetime):
        raise Unsendable(f"expected an aware datetime, got {type(value).__name__}")
    if value.utcoffset() is None:
        raise Unsendable("a naive datetime names no instant: add a zone, for instance tzinfo=datetime.UTC")
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise Unsendable("is in UTC before the year 1 or after 9999") from None


def write_instant(value: object) -> str:
    """An aware time, in UTC, to the second."""
    return in_utc(value).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def write_day(value: object) -> str:
    """A UTC day, or an instant where Twilio takes either."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return write_instant(value)


def write_json(value: object) -> str:
    """A mapping as JSON text; text is taken to be JSON already."""
    if isinstance(value, str):
        return write_text(value)
    if not isinstance(value, Mapping):
        raise Unsendable(f"expected a mapping or JSON text, got {type(value).__name__}")
    try:
        return msgspec.json.encode(dict(cast("Mapping[object, object]", value))).decode()
    except (TypeError, ValueError, RecursionError) as error:
        raise Unsendable(f"cannot be written as JSON: {error}") from None


def write_texts(value: object) -> list[str]:
    """Several texts, each to be sent under the same name; a lone text is one, never its letters."""
    if isinstance(value, str):
        return [write_text(value)]
    kind = type(value)
    if issubclass(kind, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise Unsendable(f"expected str or a sequence of str, got {kind.__name__}")
    return [write_text(item) for item in cast("Iterable[object]", value)]


encode = msgspec.json.encode


def json_writer(hint: Any) -> Callable[[object], msgspec.Raw]:
    """What turns an argument of this type into a member of a JSON object.

    Where a Struct is taken, a mapping is too: it is held against the Struct, and sent as it is, with what Twilio has added
    since.
    """
    hint = _plain(hint)

    def write(value: object) -> msgspec.Raw:
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError as error:
            raise Unsendable(mask(str(error))) from None
        return msgspec.Raw(encode(value))

    return write


def _plain(hint: Any) -> Any:
    """A union without its mappings, which msgspec does not tell from the Structs in it."""
    alternatives = get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is Union else ()
    structs = [kind for kind in alternatives if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    kept = [kind for kind in alternatives if not (structs and get_origin(kind) is Mapping)]
    return Union[tuple(kept)] if kept else hint  # noqa: UP007 - the members are known at run time only


def write_header(value: object) -> str:
    """A header's value: one line of ASCII."""
    text = write_text(value)
    if text.isascii() and text.isprintable():
        return text
    raise Unsendable("a header holds one line of ASCII")


def write_loose(value: object) -> str:
    """A value whose type nobody declared (``extra=``), by its own type."""
    for kind, write in _LOOSE:
        if isinstance(value, kind):
            return write(value)
    raise Unsendable(f"no way to send {type(value).__name__}; give str, int, float, Decimal, bool, date, datetime or a mapping")


_LOOSE: tuple[tuple[type | tuple[type, ...], Callable[[object], str]], ...] = (
    (str, write_text),
    (bool, write_boolean),
    (int, write_integer),
    ((float, Decimal), write_number),
    (dt.date, write_day),
    (Mapping, write_json),
)


def write_segment(value: object) -> str:
    """One segment of a path, percent-encoded.

    What could lead to another resource is refused and not encoded: a sid never holds it, and servers and proxies differ in
    how they read ``%2F`` and ``..``.
    """
    if not isinstance(value, str):
        raise Unsendable(f"expected str, got {type(value).__name__}")
    if value in ("", ".", "..") or any(sign in value for sign in "/?#\\") or not value.isprintable():
        raise Unsendable(f"{mask(repr(value[:40]))} is no identifier: give the sid alone")
    return quote(value, safe="")


def write_query(value: object) -> str:
    """A query as `next_query` gave it, to be sent as it is."""
    if isinstance(value, str) and re.fullmatch(_QUERY, value):
        return value
    raise Unsendable("expected the token of a page")


def form(pairs: Iterable[tuple[str, str]]) -> str:
    """``application/x-www-form-urlencoded``, for bodies and queries alike; ``+`` becomes ``%2B``, a blank ``+``."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])


_ESCAPES = str.maketrans({code: quote_plus(chr(code)) for code in range(128) if quote_plus(chr(code)) != chr(code)})


def _quoted(text: str) -> str:
    """`quote_plus`, at a third of its cost for ASCII, which most of what is sent is."""
    return text.translate(_ESCAPES) if text.isascii() else quote_plus(text)


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Pairs as a mapping, a repeated name holding a list."""
    result: dict[str, str | list[str]] = {}
    for name, value in pairs:
        held = result.get(name)
        if held is None:
            result[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            result[name] = [held, value]
    return result


# --- answers to values -----------------------------------------------------------------------------------------------------

if TYPE_CHECKING:
    Timestamp = dt.datetime
    """A time as Twilio writes it: RFC 2822 in the 2010 API, ISO 8601 elsewhere."""
else:

    class _AnyDatetime(type):
        # msgspec checks what a hook returns against the annotated type, and every datetime is what we promise. This is the
        # check of datetime itself, bound: a function of our own would cost as much as reading the value.
        __instancecheck__ = dt.datetime.__instancecheck__

    class Timestamp(dt.datetime, metaclass=_AnyDatetime):
        """A type that msgspec does not know, so that it asks `_read_unknown` instead of reading ISO 8601 only."""


def read_timestamp(text: str) -> dt.datetime:
    """An aware time from RFC 2822 or ISO 8601; the offset is honoured, and a missing one is UTC.

    Raises:
        ValueError: it is neither.
    """
    for read in (dt.datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            time = read(text)
        except (ValueError, OverflowError):  # the latter for a year or an offset of twenty digits
            continue
        return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    raise ValueError("neither RFC 2822 nor ISO 8601")


class _Hours(dict[str, dt.datetime]):
    """``"Thu, 24 Aug 2023 05"`` to the hour that it names; read once each."""

    def __missing__(self, text: str) -> dt.datetime:
        if len(self) >= 10_000:  # more than a year of them
            self.clear()
        hour = self[text] = read_timestamp(f"{text}:00:00 +0000")
        return hour


class _Offsets(dict[str, dt.timedelta]):
    """``":01:45 +0000"`` to the time since the hour began; there are 3,600, and whatever looks otherwise is none."""

    def __missing__(self, text: str) -> dt.timedelta:
        if not re.fullmatch(r":[0-5][0-9]:[0-5][0-9] \+0000", text, re.ASCII):
            raise ValueError("another form")
        offset = self[text] = dt.timedelta(minutes=int(text[1:3]), seconds=int(text[4:6]))
        return offset


_HOURS, _OFFSETS = _Hours(), _Offsets()


def _read_unknown(kind: type, value: Any) -> dt.datetime:
    """The hook for what msgspec does not know: it is called three times for a message.

    The one form that the 2010 API writes, ``Thu, 24 Aug 2023 05:01:45 +0000``, is put together from an hour and an offset into
    it, because these recur: at a fifth of the cost of reading its digits.
    """
    try:
        return _HOURS[value[:19]] + _OFFSETS[value[19:]]
    except (LookupError, TypeError, ValueError):  # another form, or no text at all
        if kind is Timestamp and isinstance(value, str):
            return read_timestamp(value)
        raise TypeError(f"no way to read {kind.__name__}") from None


def decoder(kind: Any) -> Callable[[bytes], Any]:
    """What turns an answer's body into *kind*: ``"1"`` into 1 where an int is promised, ``"-0.00750"`` into a Decimal.

    The returned function raises ValueError (or msgspec's subclasses of it) for what it cannot read.
    """
    return msgspec.json.Decoder(kind, strict=False, dec_hook=_read_unknown).decode


class _Meta(msgspec.Struct):
    next_page_url: str | None = None


def page_decoder(key: str, kind: Any) -> Callable[[bytes], tuple[list[Any], str | None]]:
    """What turns a list's answer into its records and the link to the next page, in either of Twilio's envelopes."""
    envelope = msgspec.defstruct(
        "Envelope",
        [("items", list[kind], msgspec.field(name=key)), ("next_page_uri", str | None, None), ("meta", _Meta | None, None)],
    )
    decode = decoder(envelope)

    def read(body: bytes) -> tuple[list[Any], str | None]:
        page = decode(body)
        return page.items, page.meta.next_page_url if page.meta is not None else page.next_page_uri

    return read


class ErrorBody(NamedTuple):
    """What an error answer says."""

    message: str
    code: int | None
    more_info: str | None
    details: Any


class _Said(msgspec.Struct):
    """What may stand in an error: four keys in the old dialect, others in RFC 9457, each of any type."""

    code: Any = None
    message: Any = None
    title: Any = None
    detail: Any = None
    more_info: Any = None
    type: Any = None
    details: Any = None
    errors: Any = None


_read_said = msgspec.json.Decoder(_Said).decode
_EXCERPT = 200  # characters of an answer that is no JSON; enough to recognise a proxy, too few to leak a page


def read_error(status: int, body: bytes) -> ErrorBody:
    """Read an error answer in any of Twilio's dialects; whatever cannot be read gives the status alone.

    See https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions and RFC 9457.
    """
    try:
        said = _read_said(body)
    except (ValueError, RecursionError):
        text = body[:4096].decode("utf-8", "replace")
        if "<RestException>" in text:
            return _read_xml(status, text)
        words = re.sub(r"<[^>]*>|\s+", " ", text).split()
        return ErrorBody(mask(" ".join(words)[:_EXCERPT]) or f"HTTP {status} without a word", None, None, None)
    code = int(said.code) if isinstance(said.code, (int, str)) and re.fullmatch(r"\d{1,9}", str(said.code)) else None
    message = str(said.message or said.title or f"HTTP {status}")
    if isinstance(said.detail, str) and said.detail not in ("", message):
        message = f"{message}: {said.detail}"
    more_info = said.more_info or said.type
    return ErrorBody(
        mask(message), code, more_info if isinstance(more_info, str) else None, said.details or said.errors or None
    )


def _read_xml(status: int, text: str) -> ErrorBody:
    """The 2010 API's dialect where a path does not end in ``.json``, as for the content of media.

    It is searched, not parsed: four flat elements need no parser, and a parser could be made to work for hours.
    """
    said = {name: html.unescape(value) for name, value in re.findall(r"<(Code|Message|MoreInfo)>([^<]*)</\1>", text)}
    code = said.get("Code", "")
    return ErrorBody(
        mask(said.get("Message") or f"HTTP {status}"), int(code) if re.fullmatch(r"\d{1,9}", code) else None,
        said.get("MoreInfo"), None,
    )  # fmt: skip


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds that an answer asks to wait: ``Retry-After`` as a number or as a date; ``None`` when it asks nothing readable."""
    asked = headers.get("Retry-After")
    if asked is None:
        return None
    try:
        seconds = float(asked)
    except ValueError:
        try:
            seconds = (read_timestamp(asked) - now).total_seconds()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


_NUMBER = re.compile(
    r"(\+|%2B)(?:\d{7,}+(?!X)|\d{1,4}(?:[ .()-]{1,2}\d{1,4}){2,6}(?!\d))"  # with a plus, unless Twilio masked it
    r"|(?<![0-9A-Za-z])(?:\d{7,}|\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4})(?![0-9A-Za-z])"  # or without
)


def mask(text: str) -> str:
    """*text* with every phone number in it reduced to its last four digits; sids and error codes stay."""
    return _NUMBER.sub(lambda found: f"{found[1] or ''}…{''.join(filter(str.isdecimal, found[0]))[-4:]}", text)


# --- pages ---------------------------------------------------------------------------------------------------------------


class ForeignLink(ValueError):
    """A next-page link that leads elsewhere than to the list it came with."""


def next_query(link: str | None, url: str) -> str | None:
    """The query of the next page of the list at *url*; ``None`` after the last.

    Only the query is taken from the link: the address stays the configured one, so credentials cannot follow a link.

    Raises:
        ForeignLink: the link leads to another place. A list whose links cannot be trusted is not read on.
    """
    if not link:
        return None
    here = urlsplit(url)
    try:
        there = urlsplit(link)
        at_home = not (there.scheme or there.netloc) or _origin(there) == _origin(here) or _same_product(here, there)
    except ValueError as error:
        raise ForeignLink("the next page has an address that is none") from error
    if not at_home:
        raise ForeignLink("the next page is said to be on another server")
    if there.path != here.path or not re.fullmatch(_QUERY, there.query):
        raise ForeignLink("the next page is said to be of another list")
    return there.query


_QUERY = r"[!\"$-~]+"  # one that a request line can hold as it is


def _origin(url: SplitResult) -> tuple[str, str | None, str | None, int | None]:
    return url.scheme, url.username, url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _same_product(here: SplitResult, there: SplitResult) -> bool:
    """Twilio's links name ``api.twilio.com`` also when a regional host was asked; that host is Twilio's own."""
    hosts = [re.fullmatch(r"([a-z-]+)(\.[a-z0-9-]+)*\.twilio\.com", url.netloc) for url in (here, there)]
    products = {host and host[1] for host in hosts}
    return here.scheme == there.scheme == "https" and len(products) == 1 and None not in products
