"""`twilio_async._signature`: what Twilio signs, judged by Twilio's own packages for Python and for Node."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.webhooks import officials
from twilio_async._signature import Algorithm, body_hash, fields_text, fields_text_by_code_point, mac, sign

URL = "https://example.com/sms?ref=42"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FIELDS = st.lists(st.tuples(TEXT, TEXT), max_size=8)


def test_a_signature_is_the_base64_of_a_hash_over_url_and_sorted_fields() -> None:
    """The rule, spelled out once without any help of the code."""
    text = b"https://example.com/sms?ref=42" + b"Bodyhi" + b"From+15558675310" + b"To+15017122661"
    expected = base64.b64encode(hmac.new(b"token", text, hashlib.sha1).digest()).decode()

    assert sign("token", URL, [("To", "+15017122661"), ("Body", "hi"), ("From", "+15558675310")]) == expected


@pytest.mark.parametrize(("algorithm", "length"), [("HMAC_SHA1", 28), ("HMAC_SHA256", 44)])
def test_a_shared_key_signs_the_same_text_with_another_hash(algorithm: Algorithm, length: int) -> None:
    """Both kinds of signature are those of the Python package, which knows both."""
    made = sign("secret", URL, [("Body", "hi")], algorithm)

    assert made == RequestValidator("secret").compute_signature(URL, {"Body": "hi"}, algorithm)
    assert len(made) == length


@given(FIELDS, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_fields_changes_a_signature(
    fields: list[tuple[str, str]], chance: random.Random
) -> None:
    """A framework may hand over the fields in any order, and a field that came twice with one value counts once."""
    shuffled = [*fields, *fields]
    chance.shuffle(shuffled)

    assert sign("token", URL, shuffled) == sign("token", URL, fields)


@given(FIELDS)
def test_signing_is_the_hash_of_url_and_fields(fields: list[tuple[str, str]]) -> None:
    """Whoever tries several URLs puts the fields together once."""
    assert sign("token", URL, fields) == mac("token", URL + fields_text(fields))


@given(FIELDS)
def test_both_orders_hold_the_same_fields(fields: list[tuple[str, str]]) -> None:
    """They differ in order alone, and only where rare characters meet."""
    units, points = fields_text(fields), fields_text_by_code_point(fields)

    assert sorted(units) == sorted(points)
    if max(units, default="") <= "\uffff":
        assert units == points


@given(FIELDS)
def test_fields_are_sorted_by_utf_16_units(fields: list[tuple[str, str]]) -> None:
    """The short cut for common characters gives what comparing UTF-16 gives."""
    in_order = sorted(set(fields), key=lambda field: (field[0].encode("utf-16-be"), field[1].encode("utf-16-be")))

    assert fields_text(fields) == "".join(name + value for name, value in in_order)


def test_characters_beyond_the_basic_plane_come_before_the_last_ones_in_it() -> None:
    """U+1F600 is written with units below U+E000: JavaScript and Java sort it first, Python last."""
    fields = [("\ue000", ""), ("\U0001f600", "")]

    assert fields_text(fields) == "\U0001f600\ue000"
    assert fields_text_by_code_point(fields) == "\ue000\U0001f600"


def test_a_hash_of_a_body_is_that_of_the_python_package() -> None:
    """Of the raw bytes, in small hexadecimal digits."""
    assert body_hash('{"é": 1}'.encode()) == RequestValidator("").compute_hash('{"é": 1}')


def test_half_a_surrogate_pair_can_be_signed() -> None:
    """Text that no UTF-8 can carry is no reason to fail here; it matches nothing that Twilio signs."""
    assert len(sign("token", URL, [("\ud800", "\udfff")])) == 28


@pytest.mark.timeout(120)
def test_signatures_are_those_of_both_official_packages() -> None:
    """Of 6,000 requests: both make the signature that we make, and both take ours."""
    requests = [*officials.requests(6_000, seed=1)]
    ours = [sign(request.token, request.signed, request.fields) for request in requests]
    unchanged = [
        officials.Request(request.token, request.signed, request.signed, "none", request.fields) for request in requests
    ]

    for request, made, (expected, valid) in zip(
        unchanged, ours, officials.node([*zip(unchanged, ours, strict=True)]), strict=True
    ):
        assert expected == made, request
        assert valid, request
        if officials.sorts_alike(request):
            assert officials.python_signature(request) == made, request
