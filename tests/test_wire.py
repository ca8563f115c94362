"""What goes over the wire and what comes back: encoders, decoders, error bodies and links, as functions of values."""

from __future__ import annotations

import collections
import datetime as dt
import email.utils
import enum
import json
import re
import string
import types
from collections.abc import Callable
from decimal import Decimal
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from yarl import URL

from twilio_async import _wire
from twilio_async._wire import ForeignLink, Timestamp, Unsendable, mask, next_query, read_error, read_timestamp

texts = st.text(st.characters(exclude_categories=["Cs"]))
zones = st.one_of(st.timezones(), st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))))
moments = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone
NOW = dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC)


# --- arguments to text ---------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(texts, texts)))
def test_a_form_reads_back_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    """Any names and texts survive a form: order, repeats, empty values and every character."""
    assert parse_qsl(_wire.form(pairs), keep_blank_values=True, strict_parsing=bool(pairs)) == pairs


def test_a_plus_is_never_a_blank() -> None:
    """The plus of a phone number is escaped, since a bare one arrives as a blank."""
    assert _wire.form([("To", "+1555"), ("DateSent>", "2024-01-01"), ("Body", "a b&c=d")]) == (
        "To=%2B1555&DateSent%3E=2024-01-01&Body=a+b%26c%3Dd"
    )


@given(texts)
def test_text_is_sent_as_it_is(text: str) -> None:
    """No text is trimmed, normalised or refused, the empty one included."""
    assert _wire.write_text(text) == text


@pytest.mark.parametrize("text", ["\ud800", "hi \udfff", "\udc80\ud800"])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    """What UTF-8 cannot carry is refused before anything is sent, not in the middle of it."""
    with pytest.raises(Unsendable, match="surrogate"):
        _wire.write_text(text)


@pytest.mark.parametrize("write", [_wire.write_text, _wire.write_segment])
@pytest.mark.parametrize("value", [b"bytes", 5, None, True, ["a"]])
def test_only_a_str_is_text(write: Callable[[object], str], value: object) -> None:
    """Nothing is turned into text by guessing: no ``None`` and no ``b'…'`` reaches Twilio."""
    with pytest.raises(Unsendable, match="expected str"):
        write(value)


@given(st.integers())
def test_an_integer_is_its_digits(number: int) -> None:
    """A whole number of any size is written in decimal."""
    assert int(_wire.write_integer(number)) == number


@pytest.mark.parametrize("value", [True, False, 1.0, "1", Decimal(1), None])
def test_only_an_int_is_an_integer(value: object) -> None:
    """A bool is refused where a number is meant, and so is a number with a fraction."""
    with pytest.raises(Unsendable, match="expected int"):
        _wire.write_integer(value)


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.decimals(-(10**20), 10**20, places=9)))
@example(5e-05)
@example(1e22)
@example(Decimal("1E-9"))
@example(10**400)
def test_a_number_is_exact_and_without_exponent(number: float | Decimal) -> None:
    """A number reads back as the same, and Twilio never sees ``5e-05``."""
    written = _wire.write_number(number)

    assert re.fullmatch(r"-?\d+(\.\d+)?", written)
    assert Decimal(written) == Decimal(str(number))


@pytest.mark.parametrize(
    "value", [True, float("nan"), float("inf"), -float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), "1", None]
)
def test_only_a_finite_number_is_a_number(value: object) -> None:
    """Booleans, texts, infinities and both kinds of NaN are refused, and none of them with another error."""
    with pytest.raises(Unsendable, match="expected a finite number"):
        _wire.write_number(value)


def test_a_boolean_is_lower_case() -> None:
    """Twilio reads ``true`` and ``false``; Python's own spelling would be read as false."""
    assert [_wire.write_boolean(value) for value in (True, False)] == ["true", "false"]


@pytest.mark.parametrize("value", [1, 0, "true", None])
def test_only_a_bool_is_a_boolean(value: object) -> None:
    """A truthy value is no boolean: ``"false"`` would be true."""
    with pytest.raises(Unsendable, match="expected True or False"):
        _wire.write_boolean(value)


@given(moments)
@example(dt.datetime(2026, 1, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=-5))))
@example(dt.datetime(2026, 3, 8, 2, 30, tzinfo=ZoneInfo("America/New_York")))  # an hour that is skipped
@example(dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=0))  # an hour that comes twice
@example(dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1))
@example(dt.datetime(999, 1, 1, 0, 0, 0, 999_999, tzinfo=dt.UTC))
def test_an_instant_is_written_in_utc(moment: dt.datetime) -> None:
    """Whatever its zone, an aware time goes out as the same instant, to the second, in one form."""
    written = _wire.write_instant(moment)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)
    assert dt.datetime.fromisoformat(written) == moment.astimezone(dt.UTC).replace(microsecond=0)


@pytest.mark.parametrize("write", [_wire.write_instant, _wire.write_day, _wire.write_loose])
def test_a_naive_time_is_refused(write: Callable[[object], str]) -> None:
    """A time without a zone names no instant, and the error says how to give it one."""
    with pytest.raises(Unsendable, match="tzinfo"):
        write(dt.datetime(2026, 1, 2, 9, 0))  # noqa: DTZ001 - naive on purpose


def test_a_zone_that_does_not_know_its_offset_makes_no_instant() -> None:
    """A time is naive also when it has a zone that gives no offset."""

    class Nowhere(dt.tzinfo):
        def utcoffset(self, _: dt.datetime | None) -> None:
            return None

        tzname = dst = utcoffset

    with pytest.raises(Unsendable, match="naive"):
        _wire.write_instant(dt.datetime(2026, 1, 2, tzinfo=Nowhere()))


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5))),
        dt.datetime(9999, 12, 31, 23, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
    ],
)
def test_an_instant_outside_the_calendar_is_refused(moment: dt.datetime) -> None:
    """A time whose UTC has no year from 1 to 9999 is refused like any other unsendable value."""
    with pytest.raises(Unsendable, match="9999"):
        _wire.write_instant(moment)


@pytest.mark.parametrize("value", [dt.date(2026, 1, 2), "2026-01-02T09:00:00Z", 1_767_344_400, None])
def test_only_a_datetime_is_an_instant(value: object) -> None:
    """A date is refused where Twilio wants a moment, and so is text, which nobody has checked."""
    with pytest.raises(Unsendable, match="expected an aware datetime"):
        _wire.write_instant(value)


@given(st.dates())
@example(dt.date(999, 1, 1))
def test_a_day_is_written_as_iso(day: dt.date) -> None:
    """A date goes out with four digits of year, whatever the year."""
    assert _wire.write_day(day) == f"{day.year:04}-{day.month:02}-{day.day:02}"


def test_a_day_may_be_an_instant() -> None:
    """Where Twilio takes either, a datetime stays an instant and is not cut to its day."""
    late = dt.datetime(2026, 1, 2, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))

    assert _wire.write_day(late) == "2026-01-03T04:30:00Z"


@given(st.dictionaries(texts, st.one_of(texts, st.integers(), st.booleans())))
def test_a_mapping_is_sent_as_json(mapping: dict[str, object]) -> None:
    """All of a mapping reaches the wire, not its first key."""
    assert json.loads(_wire.write_json(mapping)) == mapping


@pytest.mark.parametrize("mapping", [types.MappingProxyType({"1": "x"}), collections.ChainMap({"1": "x"})])
def test_any_mapping_is_sent_as_json(mapping: object) -> None:
    """A read-only view and a chain of dicts are mappings, too, declared or loose."""
    assert _wire.write_json(mapping) == _wire.write_loose(mapping) == '{"1":"x"}'


def test_text_is_json_already() -> None:
    """Who writes the JSON by hand has it sent as it is."""
    assert _wire.write_json('{"1": "x"}') == '{"1": "x"}'


@pytest.mark.parametrize("value", [["x"], b"x", 5, {"1": "\ud800"}, {"1": object()}, {"1": {1, 2}, 2: 3j}])
def test_only_a_mapping_is_json(value: object) -> None:
    """A list, bytes or a number is no set of variables, and what JSON cannot hold is refused as unsendable."""
    with pytest.raises(Unsendable, match="JSON"):
        _wire.write_json(value)


def test_a_lone_text_is_one_text() -> None:
    """A str is never sent letter by letter."""
    assert _wire.write_texts("https://example.com/a.png") == ["https://example.com/a.png"]


@given(st.lists(texts), st.sampled_from([list, tuple, iter, collections.deque]))
def test_several_texts_keep_their_order(items: list[str], kind: Callable[[list[str]], object]) -> None:
    """Any iterable of texts is sent one by one, in order."""
    assert _wire.write_texts(kind(items)) == items


@pytest.mark.parametrize("value", [5, None, b"https://example.com/a.png", {"https://example.com/a.png": 1}, ["a", 1]])
def test_only_texts_are_texts(value: object) -> None:
    """Bytes are no sequence of texts, a mapping is not its keys, and every item is looked at."""
    with pytest.raises(Unsendable, match="expected str"):
        _wire.write_texts(value)


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a", "a"),
        (Colour.RED, "red"),
        (True, "true"),
        (5, "5"),
        (5e-05, "0.00005"),
        (Decimal("0.10"), "0.10"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (NOW, "2026-01-31T12:00:00Z"),
        ({"a": [1]}, '{"a":[1]}'),
    ],
)
def test_a_loose_value_is_written_by_its_own_type(value: object, written: str) -> None:
    """A parameter that nobody declared is written like a declared one of its type; a bool is no int."""
    assert _wire.write_loose(value) == written


@pytest.mark.parametrize("value", [b"a", {1}, object(), ["a"], 1j])
def test_a_loose_value_of_another_type_is_refused(value: object) -> None:
    """What has no form on the wire is refused by its type, and its repr goes nowhere."""
    with pytest.raises(Unsendable, match=f"no way to send {type(value).__name__}"):
        _wire.write_loose(value)


# --- segments of a path --------------------------------------------------------------------------------------------------

BASE = "https://api.twilio.com/2010-04-01/Accounts/"


@given(st.text(st.one_of(st.characters(), st.sampled_from("./%?#\\ ;:@+&=~é\n\r\t\0"))))
@example("..")
@example("%2e%2e")
@example("%2F..%2F")
@example("..;")
def test_a_segment_stays_one_segment(text: str) -> None:
    """Whatever is not refused is, in a URL, one segment that reads back as the same text."""
    try:
        segment = _wire.write_segment(text)
    except Unsendable:
        assert text in {"", ".", ".."} or not text.isprintable() or set(text) & set("/?#\\")
        return
    url = URL(f"{BASE}{segment}/Media.json", encoded=True)

    assert segment.isascii()
    assert url.raw_parts == ("/", "2010-04-01", "Accounts", segment, "Media.json")
    assert url.parts[3] == unquote(url.raw_parts[3]) == text
    assert (url.host, url.raw_query_string, url.raw_fragment) == ("api.twilio.com", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "../../Accounts",
        "SM/..",
        "/",
        "SM?x=1",
        "SM#x",
        "..\\..",
        "SM\n",
        "SM\r\nHost: evil",
        "\0",
        "SM\u2028",
        "\ud800",
    ],
)
def test_a_segment_that_could_lead_elsewhere_is_refused(text: str) -> None:
    """No traversal, no query, no fragment, no header and nothing empty gets into a path."""
    with pytest.raises(Unsendable, match="identifier"):
        _wire.write_segment(text)


def test_a_refused_segment_is_not_quoted_at_length() -> None:
    """A whole URL given as a sid does not put a number or a page of text into the error."""
    with pytest.raises(Unsendable) as caught:
        _wire.write_segment("/Messages.json?To=+15558675310&Body=" + "secret " * 100)

    assert "15558675310" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_pairs_of_one_name_are_grouped_in_order() -> None:
    """A repeated name holds a list, also when it repeats the very same text."""
    same = "https://example.com/a.png"
    pairs = [("To", "+1"), ("MediaUrl", same), ("MediaUrl", same), ("MediaUrl", "b"), ("Body", same)]

    assert _wire.grouped(pairs) == {"To": "+1", "MediaUrl": [same, same, "b"], "Body": same}


# --- times ---------------------------------------------------------------------------------------------------------------


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 1, 1)), st.integers(-1439, 1439))  # noqa: DTZ001 - the zone follows
@example(dt.datetime(2019, 5, 24, 17, 44, 46), 0)  # noqa: DTZ001
def test_rfc_2822_is_read_with_its_offset(naive: dt.datetime, minutes: int) -> None:
    """A time of the 2010 API is the instant that it says, in any zone."""
    moment = naive.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)), microsecond=0)
    text = email.utils.format_datetime(moment)
    read = read_timestamp(text)

    assert read == moment == email.utils.parsedate_to_datetime(text)
    assert read.utcoffset() is not None


@given(st.datetimes(timezones=st.one_of(st.none(), st.just(dt.UTC), st.timezones())), st.sampled_from("T "))
def test_iso_8601_is_read_with_its_offset_and_fraction(moment: dt.datetime, separator: str) -> None:
    """A time of the newer APIs is the instant that it says, to the microsecond; without an offset it is UTC."""
    offset = moment.utcoffset()
    assume(offset is None or offset.microseconds == 0)
    read = read_timestamp(moment.isoformat(separator))

    assert read.replace(tzinfo=None) == moment.replace(tzinfo=None)
    assert read.utcoffset() == (dt.timedelta() if offset is None else offset)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 24 May 2019 17:44:46 +0000", "2019-05-24T17:44:46+00:00"),
        ("Fri,  4 May 2019 17:44:46 +0000", "2019-05-04T17:44:46+00:00"),
        ("Fri, 24 May 2019 17:44:46 -0700", "2019-05-24T17:44:46-07:00"),
        ("Fri, 24 May 2019 17:44:46 GMT", "2019-05-24T17:44:46+00:00"),
        ("Fri, 24 May 2019 17:44:46 -0000", "2019-05-24T17:44:46+00:00"),
        ("Fri, 24 May 2019 17:44:46 EST", "2019-05-24T17:44:46-05:00"),
        ("24 May 2019 17:44:46 +0100", "2019-05-24T17:44:46+01:00"),
        ("2015-07-30T20:12:31Z", "2015-07-30T20:12:31+00:00"),
        ("2015-07-30T20:12:31.5Z", "2015-07-30T20:12:31.500000+00:00"),
        ("2015-07-30T20:12:31.123456789Z", "2015-07-30T20:12:31.123456+00:00"),
        ("2015-07-30T20:12:31+0530", "2015-07-30T20:12:31+05:30"),
        ("2015-07-30 20:12:31", "2015-07-30T20:12:31+00:00"),
        ("2015-07-30", "2015-07-30T00:00:00+00:00"),
    ],
)
def test_every_form_that_twilio_writes_is_read(text: str, moment: str) -> None:
    """Both notations, with their variants of zone and fraction, name the instant that they say."""
    read = read_timestamp(text)

    assert read.isoformat() == moment


likely_times = st.from_regex(r"[A-Z][a-z]{2}, \d{1,30} [A-Z][a-z]{2} \d{1,30} [\d:]{1,12} [+-]?\w{1,30}", fullmatch=True)


@given(st.one_of(st.text(), likely_times))
@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
@example("Mon, 01 Jan 2024 00:00:00 +999999999999999999999")
@example("Xyz, 24 Foo 2019 17:44:46 +0000")
@example("Fri, 31 Feb 2019 17:44:46 +0000")
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    """Any text is either an aware time or a ValueError; no other error comes out of a hostile answer."""
    try:
        read = read_timestamp(text)
    except ValueError:
        return
    assert read.utcoffset() is not None


# --- answers to values ---------------------------------------------------------------------------------------------------


class Record(msgspec.Struct, kw_only=True):
    sid: str
    status: Literal["queued", "sent"] | str = ""
    body: str | None = None
    segments: int | None = None
    price: Decimal | None = None
    flag: bool | None = None
    sent: Timestamp | None = None


read_record = _wire.decoder(Record)


def test_values_become_what_they_mean() -> None:
    """Numbers and prices come as texts and leave as int and Decimal, with every digit; times are aware."""
    record = read_record(
        b'{"sid": "SM1", "segments": "2", "price": "-0.00750", "flag": true, "sent": "Fri, 24 May 2019 17:44:46 +0000"}'
    )

    assert (record.segments, str(record.price), record.flag) == (2, "-0.00750", True)
    assert record.sent == dt.datetime(2019, 5, 24, 17, 44, 46, tzinfo=dt.UTC)


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 1, 1)), st.sampled_from([0, 0, -420, 330]))  # noqa: DTZ001
def test_times_are_read_alike_in_an_answer(naive: dt.datetime, minutes: int) -> None:
    """What makes the reading of an answer quick changes no time that comes out of it."""
    moment = naive.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)), microsecond=0)
    for text in (email.utils.format_datetime(moment), moment.isoformat()):
        assert read_record(json.dumps({"sid": "SM1", "sent": text}).encode()).sent == moment == read_timestamp(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 24 May 2019 17:60:46 +0000",
        "Fri, 24 May 2019 17:44:60 +0000",
        "Fri, 24 May 2019 25:44:46 +0000",
        "Fri, 31 Feb 2019 17:44:46 +0000",
        "Fri, 24 May 2019 17:44:xx +0000",
        "Fri, 24 May 2019 17:٤٤:٤٦ +0000",
        "0123456789012345678:44:46 +0000",
    ],
)
def test_a_time_that_only_looks_like_one_is_no_time(text: str) -> None:
    """A minute of 60 seconds or a digit of another alphabet is read in an answer as it is elsewhere, or not at all."""
    try:
        expected = read_timestamp(text)
    except ValueError:
        with pytest.raises(ValueError):
            read_record(json.dumps({"sid": "SM1", "sent": text}).encode())
    else:
        assert read_record(json.dumps({"sid": "SM1", "sent": text}).encode()).sent == expected


def test_null_is_none() -> None:
    """Whatever Twilio leaves open is ``None``."""
    record = read_record(b'{"sid": "SM1", "body": null, "segments": null, "price": null, "flag": null, "sent": null}')

    assert [record.body, record.segments, record.price, record.flag, record.sent] == [None] * 5


def test_what_is_not_known_yet_does_no_harm() -> None:
    """A new field is ignored, and a new status is kept as it is."""
    record = read_record(b'{"sid": "SM1", "status": "teleported", "invented": {"deep": [1, 2]}}')

    assert record == Record(sid="SM1", status="teleported")


@pytest.mark.parametrize("text", ["null", "true", "5", "NaN", "", "2019-05-24", "\0", "\u2028"])
def test_text_stays_text(text: str) -> None:
    """Reading numbers out of texts does not touch what is meant to be text, a body that says "null" included."""
    body = json.dumps({"sid": "SM1", "body": text, "status": text}).encode()

    assert read_record(body) == Record(sid="SM1", body=text, status=text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b'{"sid": "SM1"',
        b'{"sid": "\xff"}',
        b'{"sid": null}',
        b"{}",
        b'{"sid": "SM1", "segments": "many"}',
        b'{"sid": "SM1", "price": "free"}',
        b'{"sid": "SM1", "sent": {}}',
        b'{"sid": "SM1", "sent": 5}',
        b'{"sid": "SM1", "sent": "yesterday"}',
        b'{"sid": "SM1", "sent": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}',
    ],
)
def test_an_answer_that_cannot_be_read_is_a_value_error(body: bytes) -> None:
    """Nothing but ValueError comes out of the decoder, so that nothing but an UnreadableAnswer comes out of a call."""
    with pytest.raises(ValueError):
        read_record(body)


def test_a_page_of_the_2010_api_is_read() -> None:
    """Records are found under their key, and the next page's link beside them."""
    read = _wire.page_decoder("messages", Record)

    assert read(b'{"messages": [{"sid": "SM1"}], "next_page_uri": "/next?Page=1", "page": 0, "end": 0}') == (
        [Record(sid="SM1")],
        "/next?Page=1",
    )
    assert read(b'{"next_page_uri": null, "messages": []}') == ([], None)
    assert read(b'{"messages": []}') == ([], None)


def test_a_page_of_the_newer_apis_is_read() -> None:
    """Records are found under their key, and the next page's link in the meta object."""
    read = _wire.page_decoder("services", Record)

    assert read(b'{"meta": {"key": "services", "next_page_url": "https://x/y?z"}, "services": [{"sid": "MG1"}]}') == (
        [Record(sid="MG1")],
        "https://x/y?z",
    )
    assert read(b'{"meta": {"next_page_url": null}, "services": []}') == ([], None)


@pytest.mark.parametrize("body", [b'{"items": []}', b'{"messages": null}', b'{"messages": {}}', b'{"messages": [{}]}', b"[]"])
def test_a_page_without_its_records_is_not_an_empty_page(body: bytes) -> None:
    """An answer that is no page is an error, and not the end of the list."""
    with pytest.raises(ValueError):
        _wire.page_decoder("messages", Record)(body)


# --- errors --------------------------------------------------------------------------------------------------------------


def test_the_old_dialect_is_read() -> None:
    """Message, code and Twilio's page come from the four keys of the 2010 API."""
    body = b'{"code": 21211, "message": "Invalid Number: +1500555XXXX", "more_info": "https://t/21211", "status": 400}'

    assert read_error(400, body) == ("Invalid Number: +1500555XXXX", 21211, "https://t/21211", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"status":404,"message":"not found"}', ("not found", None, None, None)),
        (b'{"code":20003,"message":"Authenticate","detail":"Your token"}', ("Authenticate: Your token", 20003, None, None)),
        (b'{"code":20003,"message":"Same","detail":"Same"}', ("Same", 20003, None, None)),
        (b'{"code":1,"message":"m","details":{"a":[1]}}', ("m", 1, None, {"a": [1]})),
        (b'{"code":"21610","message":"m"}', ("m", 21610, None, None)),
        (b'{"code":null,"message":null}', ("HTTP 418", None, None, None)),
        (b"{}", ("HTTP 418", None, None, None)),
        (b'{"code":true,"message":"m","more_info":5}', ("m", None, None, None)),
        (b'{"code":[1],"message":["m"]}', ("['m']", None, None, None)),
        (b'{"code":"x","message":"m"}', ("m", None, None, None)),
        (b'{"code":1.5,"message":"m"}', ("m", None, None, None)),
        (b'{"code":-1,"message":"m"}', ("m", None, None, None)),
    ],
)
def test_variants_of_the_old_dialect_are_read(body: bytes, expected: tuple[object, ...]) -> None:
    """Keys may be missing, empty or of another type; what is left is used."""
    assert read_error(418, body) == expected


def test_rfc_9457_is_read() -> None:
    """Title and detail make the message, the type is the page to read, and the list of errors the details."""
    problem = {
        "type": "https://www.twilio.com/docs/api/errors/20001",
        "title": "Bad Request",
        "status": 400,
        "code": 20001,
        "detail": "Two fields are wrong",
        "instance": "/v2/x",
        "errors": [{"detail": "too long", "pointer": "#/name"}],
    }

    assert read_error(400, json.dumps(problem).encode()) == (
        "Bad Request: Two fields are wrong",
        20001,
        "https://www.twilio.com/docs/api/errors/20001",
        [{"detail": "too long", "pointer": "#/name"}],
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "HTTP 502 without a word"),
        (b" \r\n ", "HTTP 502 without a word"),
        (b"<html></html>", "HTTP 502 without a word"),
        (
            b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<hr><center>openresty</center>\r\n</html>",
            "502 Bad Gateway openresty",
        ),
        (b"The server didn't respond in time.", "The server didn't respond in time."),
        (b"5", "5"),
        (b'"down"', '"down"'),
        (b"\xff\xfe oops", "\ufffd\ufffd oops"),
    ],
)
def test_an_answer_that_is_no_json_object_gives_its_words(body: bytes, message: str) -> None:
    """A proxy's page, bare text, bad UTF-8 or nothing: the words without the tags, and no code."""
    assert read_error(502, body) == (message, None, None, None)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (
            b"<Code>20429</Code><Message>Too Many &amp; too soon</Message><MoreInfo>https://x/20429</MoreInfo><Status>429</Status>",
            ("Too Many & too soon", 20429, "https://x/20429", None),
        ),
        (b"<Message>To +15558675310 not found</Message><Code>20404</Code>", ("To +…5310 not found", 20404, None, None)),
        (b"<Code>many</Code>", ("HTTP 429", None, None, None)),
        (b"<Code>" + b"9" * 5000 + b"</Code>", ("HTTP 429", None, None, None)),
        (b"", ("HTTP 429", None, None, None)),
    ],
)
def test_an_error_in_xml_tells_the_same(inside: bytes, expected: tuple[object, ...]) -> None:
    """Paths without ``.json``, such as a media item's content, answer so: its code decides whether it is repeated."""
    body = b"<?xml version='1.0'?>\n<TwilioResponse><RestException>" + inside + b"</RestException></TwilioResponse>"
    assert read_error(429, body) == expected


@pytest.mark.parametrize("unit", [b"[", b'{"a":', b'{"details":', b"<", b"x "])
def test_a_hostile_answer_is_cut_short(unit: bytes) -> None:
    """Neither deep nesting nor a large page breaks the reading or fills a log."""
    said = read_error(500, unit * 100_000)

    assert len(said.message) <= 200
    assert said.code is None


keys = st.sampled_from(["code", "message", "title", "detail", "more_info", "type", "details", "errors"]) | texts
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
)


@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
@example(b'{"code": "' + b"9" * 5000 + b'"}')
@example(b'{"code": ' + b"9" * 5000 + b"}")
@example(b'{"code": "\xd9\xa3"}')
def test_any_answer_at_all_can_be_read(body: bytes) -> None:
    """Whatever a server says, an error is read from it, with a message and of the right types."""
    said = read_error(500, body)

    assert said.message
    assert said.code is None or isinstance(said.code, int)
    assert said.more_info is None or isinstance(said.more_info, str)


def test_numbers_in_errors_are_masked() -> None:
    """A phone number in Twilio's words reaches no log, in any dialect; the code stays."""
    for body in (
        b'{"code": 21614, "message": "+15558675310 is not mobile (21614)", "detail": "15558675310"}',
        b'{"code": 21614, "title": "+15558675310 is not mobile (21614)", "detail": "15558675310"}',
        b"<b>+15558675310</b> is not mobile (21614): 15558675310",
    ):
        message = read_error(400, body).message
        assert "5558675310"[:7] not in message
        assert "+…5310" in message
        assert "(21614)" in message


# --- masking -------------------------------------------------------------------------------------------------------------

phone_numbers = st.from_regex(r"[1-9]\d{6,14}", fullmatch=True).filter(str.isascii)
sids = st.builds(
    "{}{}".format,
    st.sampled_from(["AC", "SM", "MM", "MG", "PN", "RQ", "HX", "SK"]),
    st.text("0123456789abcdef", min_size=32, max_size=32) | st.text("0123456789", min_size=32, max_size=32),
)
codes = st.integers(10_000, 99_999).map(str)
words = st.sampled_from(["number", "is", "not", "valid", "To=", "whatsapp:", "(", ")", "'", "'To'", "HTTP 400", ",", "."])
blanks = st.sampled_from([" ", ", ", ": ", "\n", " (", ") ", "'", "&From=", "; "])


written = st.builds("{}{}".format, st.sampled_from(["", "+", "%2B"]), phone_numbers)


@given(st.lists(st.tuples(st.one_of(written, sids, codes, words), blanks)))
@example([("+15558675310", " ("), ("21610", ")")])
@example([("%2B15558675310", "&")])
def test_no_number_survives_and_nothing_else_is_lost(parts: list[tuple[str, str]]) -> None:
    """Of a phone number four digits are left, wherever it stands; sids and error codes stay whole."""
    masked = mask("".join(part + blank for part, blank in parts))

    for part, _ in parts:
        digits = part.removeprefix("%2B").removeprefix("+")
        if digits.isdecimal() and len(digits) >= 7:
            assert f"…{digits[-4:]}" in masked
            assert not [start for start in range(len(digits) - 6) if re.search(rf"(?<!\w){digits[start : start + 7]}", masked)]
        elif len(part) == 34 or part.isdecimal():
            assert part in masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+1 555 867 5310", "+…5310"),
        ("+1 (555) 867-5310 (21610)", "+…5310 (21610)"),
        ("+33 6 12 34 56 78", "+…5678"),
        ("(555) 867-5310", "…5310"),
        ("555-867-5310 21211", "…5310 21211"),
        ("555.867.5310", "…5310"),
        ("2026-01-31 17:44:46", "2026-01-31 17:44:46"),
        ("HTTP 400, code 21211, 20003", "HTTP 400, code 21211, 20003"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("192.168.100.200", "192.168.100.200"),
        ("whatsapp:+15558675310", "whatsapp:+…5310"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_a_number_is_masked_as_people_write_it_too(text: str, masked: str) -> None:
    """Blanks, dashes and brackets hide no number; dates, addresses and short codes are none."""
    assert mask(text) == masked


# --- Retry-After ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0.0),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Sat, 31 Jan 2026 12:00:30 GMT", 30.0),
        ("Sat, 31 Jan 2026 07:00:30 -0500", 30.0),
        ("2026-01-31T12:00:30Z", 30.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("1e999", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_from_now(asked: str, seconds: float | None) -> None:
    """A number or a date of either notation gives seconds, never less than none; anything else asks nothing."""
    assert _wire.retry_after({"Retry-After": asked}, NOW) == seconds


def test_nobody_asked_to_wait() -> None:
    """Without the header there is nothing to wait for."""
    assert _wire.retry_after({}, NOW) is None


@given(st.text())
def test_retry_after_is_never_negative_or_endless(asked: str) -> None:
    """Whatever stands in the header, the answer is None or a finite number from 0."""
    seconds = _wire.retry_after({"Retry-After": asked}, NOW)

    assert seconds is None or 0 <= seconds < float("inf")


# --- next pages ----------------------------------------------------------------------------------------------------------

PATH = "/2010-04-01/Accounts/AC1/Messages.json"
HERE = f"https://api.twilio.com{PATH}"


@pytest.mark.parametrize("link", [None, ""])
def test_no_link_is_the_end(link: str | None) -> None:
    """The last page has no link, or an empty one."""
    assert next_query(link, HERE) is None


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (HERE, f"{PATH}?Page=1&PageToken=PA1"),
        (HERE, f"{HERE}?Page=1&PageToken=PA1"),
        (HERE, f"https://API.twilio.com:443{PATH}?Page=1&PageToken=PA1"),
        (f"https://api.dublin.ie1.twilio.com{PATH}", f"{HERE}?Page=1&PageToken=PA1"),
        (HERE, f"https://api.dublin.ie1.twilio.com{PATH}?Page=1&PageToken=PA1"),
        (f"http://127.0.0.1:8080{PATH}", f"http://127.0.0.1:8080{PATH}?Page=1&PageToken=PA1"),
        (f"http://localhost:80{PATH}", f"http://localhost{PATH}?Page=1&PageToken=PA1"),
        (f"http://LOCALHOST:8080{PATH}", f"http://localhost:8080{PATH}?Page=1&PageToken=PA1"),
    ],
)
def test_a_link_to_the_same_list_is_followed(url: str, link: str) -> None:
    """Relative, on the same origin however it is spelled, or on another host of the product: its query is what counts."""
    assert next_query(link, url) == "Page=1&PageToken=PA1"


@pytest.mark.parametrize(
    "link",
    [
        f"//evil.example{PATH}?Page=1",
        f"https://evil.example{PATH}?Page=1",
        f"https://api.twilio.com@evil.example{PATH}?Page=1",
        f"https://api.twilio.com%40evil.example{PATH}?Page=1",
        f"https://user:word@api.twilio.com{PATH}?Page=1",
        f"https://api.twilio.com.evil.example{PATH}?Page=1",
        f"https://apitwilio.com{PATH}?Page=1",
        f"https://api.eviltwilio.com{PATH}?Page=1",
        f"https://messaging.twilio.com{PATH}?Page=1",
        f"https://api.x@messaging.twilio.com{PATH}?Page=1",
        f"https://api.twilio.com:8443{PATH}?Page=1",
        f"https://api.twilio.com:99999{PATH}?Page=1",
        f"http://api.twilio.com{PATH}?Page=1",
        f"ftp://api.twilio.com{PATH}?Page=1",
        f"https:{PATH}?Page=1",
        f"https:///{PATH}?Page=1",
        f"https://[::1{PATH}?Page=1",
        f"https://api.twilio.com\\@evil.example{PATH}?Page=1",
        "/2010-04-01/Accounts/AC2/Messages.json?Page=1",
        "/2010-04-01/Accounts/AC1/../AC1/Messages.json?Page=1",
        "/2010-04-01/Accounts/AC1/Messages.json/../Messages.json?Page=1",
        "/2010-04-01/Accounts/AC1/%4Dessages.json?Page=1",
        "Messages.json?Page=1",
        "?Page=1",
        PATH,
        f"{PATH}?",
        f"{PATH}#Page=1",
        f"{PATH}?Page=1 HTTP/1.1",
        f"{PATH}?Page=é",
        "javascript:alert(1)",
        "http://",
    ],
)
def test_a_link_to_anywhere_else_is_refused(link: str) -> None:
    """Another host, port, scheme or path, credentials, or what no request line may hold: the list is not read on."""
    with pytest.raises(ForeignLink):
        next_query(link, HERE)


likely_links = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "//", "https://", "http://", "https:/", "\\\\"]),
    st.sampled_from(["", "api.twilio.com", "evil.example", "api.twilio.com:8443", "a@api.twilio.com"]),
    st.sampled_from([PATH, "/", "", PATH + "/.."]),
    st.text(st.sampled_from("?&=#/.. \rPage1é")),
)


@given(likely_links | st.text(st.sampled_from("/:@?#.\\[]%&= \n" + string.ascii_lowercase)))
def test_whatever_the_link_the_next_request_stays_here(link: str) -> None:
    """Any text is the end, a refusal, or a query that makes a proper URL of the same list, on the same host."""
    try:
        query = next_query(link, HERE)
    except ForeignLink:
        return
    if query is None:
        assert not link
        return
    url = URL(f"{HERE}?{query}", encoded=True)

    assert (str(url.origin()), url.raw_path) == ("https://api.twilio.com", PATH)
    assert url.raw_query_string == query == urlsplit(link).query
    assert quote(query, safe=string.punctuation) == query == _wire.write_query(query)


@pytest.mark.parametrize("value", ["", "a b", "a#b", "é", "a\r\nHost: evil", "\0", 5, None, b"Page=1"])
def test_only_a_proper_query_is_sent_as_it_is(value: object) -> None:
    """The token of a page goes into the request line unchanged, so it must fit there."""
    assert _wire.write_query("To=%2B1&DateSent>=2026-01-01&Page=1&PageToken=PA1").startswith("To=%2B1&DateSent>=")
    with pytest.raises(Unsendable, match="token of a page"):
        _wire.write_query(value)
