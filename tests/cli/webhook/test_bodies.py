from __future__ import annotations

import json

import pytest

from tests.webhooks.caller import INBOUND
from twilio_async._signature import body_hash, fields_text
from twilio_async.cli.webhook.bodies import other_body, other_texts, seen_text

FORM = "application/x-www-form-urlencoded"


def words(signed: list[tuple[str, str]], seen: list[tuple[str, str]], query: tuple[tuple[str, str], ...] = ()) -> list[str]:
    """What is said of a form, if another was signed."""
    return [other.words for other in other_texts(tuple(seen), query, b"-") if other.value == fields_text(signed)]


def test_a_form_is_signed_by_its_fields_and_other_bodies_are_not() -> None:
    """The Content-Type decides, and where there is none, the look of it."""
    assert seen_text(FORM, b"b=2&a=%2B1") == ((("b", "2"), ("a", "+1")), "a+1b2")
    assert seen_text("", b"b=2&a=%2B1")[1] == "a+1b2"
    assert seen_text("application/json", b"b=2") == (None, "")


@pytest.mark.parametrize(
    ("signed", "seen", "said"),
    [
        ("+15558675310", " 15558675310", "the numbers begin with +, which was read as a space"),
        ("a+b c", "a%2Bb+c", "the values are decoded; here they are still encoded"),
        ("Hi", " Hi\n", "the values have no white space at their ends"),
        ("a\nb", "a\r\nb", "the line ends are those of Unix"),
        ("a\r\nb", "a\nb", "the line ends are those of Windows"),
        ("Olé 👋", "Olé 👋".encode().decode("latin-1"), "the values are UTF-8, which was read as Latin-1"),
        ("it’s", "it’s".encode().decode("cp1252"), "the values are UTF-8, which was read as Windows-1252"),
        ("\u00e9", "e\u0301", "the values are composed Unicode (NFC)"),
        ("e\u0301", "\u00e9", "the values are decomposed Unicode (NFD)"),
    ],
)
def test_what_programs_do_to_values_is_undone(signed: str, seen: str, said: str) -> None:
    """Each of the usual mishaps is known by its name."""
    assert said in words([("A", "b"), ("Body", signed)], [("A", "b"), ("Body", seen)])


def test_a_field_too_many_and_empty_ones_too_few_are_found() -> None:
    """A parser that drops empty values is the most common of all."""
    assert words(INBOUND, [*INBOUND, ("csrf", "1")]) == ["the form is without csrf"]
    blank = [("FromCity", ""), ("ToZip", "")]
    assert words([*INBOUND, *blank], INBOUND) == ["the form has ToZip, FromCity, empty, which was dropped"]


def test_what_the_url_says_may_have_been_mixed_into_the_form() -> None:
    """As frameworks do that know only one kind of parameters."""
    assert words(INBOUND, [*INBOUND, ("ref", "42")], (("ref", "42"),))[0] == "the form is without what is in the URL"
    assert words([*INBOUND, ("ref", "42")], INBOUND, (("ref", "42"),)) == ["the form has what is in the URL, too"]


def test_a_form_may_have_become_something_else() -> None:
    """JSON, or a body with the wrong label, or a part of the URL."""
    found = {other.value: other.words for other in other_texts(None, (), json.dumps(dict(INBOUND)).encode())}
    assert found[fields_text(INBOUND)] == "the body is a form, which was turned into JSON"
    found = {other.value: other.words for other in other_texts(None, (), b"a=1")}
    assert found["a1"] == f"the body is a form: its Content-Type is {FORM}"
    found = {other.value: other.words for other in other_texts(None, (("a", "1"),), b"")}
    assert found["a1"] == "the fields are in a form, and not in the URL"


@pytest.mark.parametrize(
    ("signed", "seen", "said"),
    [
        (b'{"a":1,"b":"\xc3\xa9"}', b'{"a": 1, "b": "\\u00e9"}', "JSON without white space"),
        (b'{"a": 1}', b'{"a":1}', "JSON with a space after each comma and colon"),
        (b'{\n  "a": 1\n}', b'{"a":1}', "indented by 2"),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', "JSON without white space"),
        (b"{}", b"{}\r\n", "no white space at its ends"),
        (b"{}\n", b"{}", "a line end at its end"),
        (b"[\n]", b"[\r\n]", "line ends of Unix"),
        (b"[\r\n]", b"[\n]", "line ends of Windows"),
        (b"x", b"\xef\xbb\xbfx", "no byte order mark"),
        (b"", b"x", "empty"),
    ],
)
def test_a_body_that_was_encoded_again_is_known_by_its_hash(signed: bytes, seen: bytes, said: str) -> None:
    """The hash in the URL proves which of the usual ways to write it was meant."""
    assert said in (other_body(seen, body_hash(signed).upper()) or "")


@pytest.mark.parametrize("body", [b"{}", b"[" * 100_000, b"\xff", b'{"a":"\\ud800"}', b"9" * 10_000])
def test_a_body_that_is_quite_another_stays_unknown(body: bytes) -> None:
    """Hostile ones, too, are no more than that."""
    assert other_body(body, "0" * 64) is None
    assert [other for other in other_texts(None, (), body) if other.value.isascii()] == []
