"""`twilio_async.webhooks._requests`: what a server received, read with distrust."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from twilio_async.webhooks import BodyTooLarge, MalformedBody, MalformedRequest
from twilio_async.webhooks._addresses import Address, read_address
from twilio_async.webhooks._requests import is_form, read_body, read_form, read_headers, read_query, read_url, seen_addresses

PAIRS = [("X-Twilio-Signature", "abc="), ("HOST", "example.com"), ("Cookie", "secret")]
READ = {"x-twilio-signature": "abc=", "host": "example.com"}


@pytest.mark.parametrize(
    "headers",
    [
        dict(PAIRS),
        PAIRS,
        [[*pair] for pair in PAIRS],
        (pair for pair in PAIRS),
        [(name.lower().encode(), value.encode()) for name, value in PAIRS],
        {name.encode(): value.encode() for name, value in PAIRS},
        CIMultiDict(PAIRS),
        [*PAIRS, *PAIRS],
        [(name, f" {value}\t") for name, value in PAIRS],
    ],
    ids=["mapping", "pairs", "lists", "iterator", "ASGI", "bytes mapping", "multidict", "twice the same", "blanks"],
)
def test_headers_are_read_in_any_form(headers: Any) -> None:
    """As each framework holds them; and only those that matter here."""
    assert read_headers(headers) == READ


@pytest.mark.parametrize("headers", [None, 5, "X: y", b"X: y", [("a",)], [("a", "b", "c")], {"Host": 5}, [(None, "x")], [5]])
def test_what_are_no_headers_is_a_mistake_of_the_program(headers: Any) -> None:
    """It says what is expected."""
    with pytest.raises(TypeError, match="headers: expected"):
        read_headers(headers)


@pytest.mark.parametrize("name", ["X-Twilio-Signature", "Host", "Content-Type", "X-Twilio-Webhooks-Signature-Settings"])
def test_a_header_with_two_values_is_refused(name: str) -> None:
    """Two servers could read it in two ways."""
    with pytest.raises(MalformedRequest, match="came twice"):
        read_headers([(name, "a"), (name.lower(), "b")])


def test_a_huge_header_is_refused() -> None:
    """It would be looked at again and again."""
    with pytest.raises(MalformedRequest, match="longer than"):
        read_headers({"X-Twilio-Signature": "x" * 10_000})


# --- the address ---------------------------------------------------------------------------------------------------------


def seen(url: str, headers: dict[str, str], *, public: str | None = None, trust: bool = False) -> list[str]:
    """Where a request may have been sent to."""
    address = None if public is None else read_address(public)
    found = seen_addresses(url, read_headers(headers), public_url=address, trust_forwarded=trust)
    return [str(one) for one in found]


FORWARDED = {
    "Host": "10.0.0.3:8000",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "example.com",
    "X-Forwarded-Port": "8443",
}


def test_a_target_is_at_the_host_that_the_request_names() -> None:
    """Nothing tells the scheme, so it may be either."""
    assert seen("/sms?a=1", {"Host": "example.com:81"}) == ["https://example.com:81/sms?a=1", "http://example.com:81/sms?a=1"]


def test_an_absolute_url_is_taken_as_it_is() -> None:
    """The server has put it together."""
    assert seen("http://127.0.0.1:8000/sms", {"Host": "example.com"}) == ["http://127.0.0.1:8000/sms"]


def test_what_a_proxy_forwards_is_not_believed_unless_told_so() -> None:
    """Anybody can send these headers to a server that has no proxy before it."""
    assert seen("http://10.0.0.3:8000/sms", FORWARDED) == ["http://10.0.0.3:8000/sms"]
    assert seen("http://10.0.0.3:8000/sms", FORWARDED, trust=True) == ["https://example.com:8443/sms"]


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ({}, ["https://in.example:8000/sms", "http://in.example:8000/sms"]),
        ({"X-Forwarded-Proto": "https"}, ["https://in.example:8000/sms"]),
        ({"X-Forwarded-Proto": "HTTPS, http"}, ["https://in.example:8000/sms"]),
        ({"X-Forwarded-Proto": "http", "X-Forwarded-Host": "a.example, b.example"}, ["http://a.example/sms"]),
        (
            {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "a.example:81", "X-Forwarded-Port": "82"},
            ["http://a.example:81/sms"],
        ),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Port": "8443"}, ["https://in.example:8443/sms"]),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "[::1]", "X-Forwarded-Port": "8443"}, ["https://[::1]:8443/sms"]),
    ],
)
def test_forwarded_headers_replace_what_they_name(forwarded: dict[str, str], expected: list[str]) -> None:
    """Each for itself; of a list, the one nearest to Twilio."""
    assert seen("/sms", {"Host": "in.example:8000", **forwarded}, trust=True) == expected


@pytest.mark.parametrize(
    "forwarded",
    [
        {"X-Forwarded-Proto": "gopher"}, {"X-Forwarded-Host": "a/b"}, {"X-Forwarded-Host": "a@b"}, {"X-Forwarded-Port": "x"},
        {"X-Forwarded-Port": "-1"}, {"X-Forwarded-Port": "٣"}, {"X-Forwarded-Port": "123456"},
    ],
)  # fmt: skip
def test_forwarded_nonsense_is_refused(forwarded: dict[str, str]) -> None:
    """A trusted proxy does not send it."""
    with pytest.raises(MalformedRequest):
        seen("/sms", {"Host": "example.com", **forwarded}, trust=True)


@pytest.mark.parametrize("host", [None, "", "a b", "a/b", "user@a", "a\\b", "a#b", "a?b", "a:b", "[::1", "\x00"])
def test_a_target_needs_a_host(host: str | None) -> None:
    """Without one there is no URL."""
    with pytest.raises(MalformedRequest):
        seen("/sms", {} if host is None else {"Host": host})


@pytest.mark.parametrize(
    ("url", "public", "expected"),
    [
        ("/sms?a=1", "https://example.com", ["https://example.com/sms?a=1"]),
        ("http://10.0.0.3:8000/sms?a=1", "https://example.com:8443", ["https://example.com:8443/sms?a=1"]),
        ("/sms", "https://example.com/twilio", ["https://example.com/twilio/sms"]),
        (
            "/twilio/sms",
            "https://example.com/twilio",
            ["https://example.com/twilio/twilio/sms", "https://example.com/twilio/sms"],
        ),
        ("/twiliox/sms", "https://example.com/twilio", ["https://example.com/twilio/twiliox/sms"]),
    ],
)
def test_a_public_url_replaces_what_the_proxy_changed(url: str, public: str, expected: list[str]) -> None:
    """Whatever the request says of its host; the prefix stands where the proxy has taken it away."""
    assert seen(url, FORWARDED, public=public, trust=True) == expected


def test_a_url_may_be_bytes() -> None:
    """As ASGI has it."""
    assert read_url(b"/caf%C3%A9") == "/caf%C3%A9"
    assert read_url("/é".encode()) == "/é"
    with pytest.raises(MalformedRequest):
        read_url(b"/\xff")
    with pytest.raises(TypeError, match="url: expected"):
        read_url(5)  # type: ignore[arg-type]


def test_an_address_prints_as_it_was_written() -> None:
    """For the log, and to be signed."""
    assert str(Address("https://", "example.com", ":1", "/x?y")) == "https://example.com:1/x?y"


# --- bodies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"abc", bytearray(b"abc"), "abc"])
def test_a_body_is_raw(body: Any) -> None:
    """Bytes, or text of a gateway that has decoded them."""
    assert read_body(body, 3) == b"abc"
    with pytest.raises(BodyTooLarge) as caught:
        read_body(body, 2)
    assert caught.value.limit == 2
    assert caught.value.status == 413


def test_the_size_of_text_is_that_of_its_bytes() -> None:
    """The limit is one of memory."""
    assert read_body("é", 2) == "é".encode()
    with pytest.raises(BodyTooLarge):
        read_body("é", 1)


def test_text_that_no_request_can_carry_is_refused() -> None:
    """Half a surrogate pair."""
    with pytest.raises(MalformedBody):
        read_body("\ud800", 100)


@pytest.mark.parametrize("body", [None, {}, {"Body": "x"}, [], [1], 1, 1.5, True, object(), ("a", "b"), memoryview(b"x")])
def test_a_parsed_body_is_a_mistake_of_the_program(body: Any) -> None:
    """It cannot be verified any more, and says so."""
    with pytest.raises(TypeError, match="expected the raw body as bytes"):
        read_body(body, 100)


@pytest.mark.parametrize(
    ("content_type", "body", "form"),
    [
        ("application/x-www-form-urlencoded", b"{}", True),
        ("Application/X-WWW-Form-urlencoded ; charset=utf-8", b"a=1", True),
        ("application/json", b"a=1", False),
        ("application/x-www-form-urlencoded-not", b"a=1", False),
        ("", b"a=1", True),
        ("; charset=utf-8", b"a=1", True),
        ("", b"a", False),
        ("", b' {"a": "b=c"}', False),
        ("", b'["a=b"]', False),
        ("", b"<a b='c'/>", False),
    ],
)
def test_a_form_is_known_by_its_content_type(content_type: str, body: bytes, form: bool) -> None:
    """Without one, by its look."""
    assert is_form(content_type, body) is form


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))))
)
def test_a_form_is_read_as_it_was_written(fields: list[tuple[str, str]]) -> None:
    """Names, values, order and repetitions."""
    assert read_form(urlencode(fields).encode(), 1_000) == tuple(fields)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", ()),
        (b"&&", ()),
        (b"a", (("a", ""),)),
        (b"=a", (("", "a"),)),
        (b"a=b=c", (("a", "b=c"),)),
        (b"a=1&a=2&A=3", (("a", "1"), ("a", "2"), ("A", "3"))),
        (b"a=%00+%2b", (("a", "\x00 +"),)),
        (b"a;b=1", (("a;b", "1"),)),
        ("a=é".encode(), (("a", "é"),)),
    ],
)
def test_a_form_may_look_strange(body: bytes, fields: Iterable[tuple[str, str]]) -> None:
    """Nothing is guessed and nothing is dropped."""
    assert read_form(body, 1_000) == fields


@pytest.mark.parametrize(
    "body",
    [b"a=%", b"a=%4", b"a=%zz", b"%=a", b"a=%ff", b"a=%C3", b"a=\xff", b"a=%ED%A0%80", b"a=%C0%80", "a=é".encode("utf-16")],
)
def test_a_form_that_no_encoder_makes_is_refused(body: bytes) -> None:
    """Bad escapes and what is no UTF-8 would be read differently by different programs."""
    with pytest.raises(MalformedBody):
        read_form(body, 1_000)


def test_too_many_fields_are_refused_before_they_are_read() -> None:
    """A body of the allowed size may have 100,000 of them."""
    assert len(read_form(b"a&" * 9 + b"a", 10)) == 10
    with pytest.raises(MalformedBody, match="more than 10 fields"):
        read_form(b"&" * 100_000, 10)
    with pytest.raises(MalformedRequest, match="more than 10 parameters"):
        read_query("&" * 100, 10)


@given(st.text())
def test_any_query_is_read(query: str) -> None:
    """Users type them into a console: a percent sign alone is no reason to lose a message."""
    assert all(isinstance(text, str) for pair in read_query(query, 10_000) for text in pair)
    assert read_query("q=100%&r=%ff", 10) == (("q", "100%"), ("r", "\ufffd"))
