"""`twilio_async.webhooks.signing`: requests for users' own tests, judged by Twilio's validator."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, get_signature_algorithm

from tests.webhooks.officials import Fields
from twilio_async._signature import SETTINGS, SIGNATURE
from twilio_async.webhooks import InboundMessage, UnknownEvent, Webhooks, sign

URL = "http://127.0.0.1:8000/sms?ref=42"
FIELDS = {"MessageSid": "SM1", "AccountSid": "AC1", "From": "+15558675310", "To": "+15017122661", "Body": "it's & é"}
SECRETS = [{"auth_token": "secret"}, {"shared_key": ("K1", "secret")}]


def judged(url: str, headers: dict[str, str], content: Any) -> bool:
    """What the official validator says."""
    algorithm = get_signature_algorithm(headers.get(SETTINGS))
    valid: bool = RequestValidator("secret").validate(url, content, headers[SIGNATURE], algorithm)
    return valid


@pytest.mark.parametrize("secret", SECRETS, ids=["token", "shared key"])
def test_a_form_is_signed_as_twilio_does(secret: dict[str, Any]) -> None:
    """The official validator takes it, and we read it."""
    url, headers, body, method = sign(URL, FIELDS, **secret, idempotency_token="t1")
    event = Webhooks("secret", shared_keys={"K1": "secret"}).parse(method, url, headers, body)

    assert judged(url, headers, dict(parse_qsl(body.decode())))
    assert (url, method) == (URL, "POST")
    assert isinstance(event, InboundMessage)
    assert (event.body, event.query, event.idempotency_token) == ("it's & é", {"ref": "42"}, "t1")


@pytest.mark.parametrize("secret", SECRETS, ids=["token", "shared key"])
def test_a_get_has_its_fields_in_the_query(secret: dict[str, Any]) -> None:
    """Behind what the URL already has."""
    url, headers, body, method = sign(URL, FIELDS, method="GET", **secret)
    event = Webhooks("secret", shared_keys={"K1": "secret"}).parse(method, url, headers, body)

    assert judged(url, headers, {})
    assert (body, method) == (b"", "GET")
    assert parse_qsl(urlsplit(url).query) == [("ref", "42"), *FIELDS.items()]
    assert isinstance(event, InboundMessage)
    assert event.body == "it's & é"


@pytest.mark.parametrize("secret", SECRETS, ids=["token", "shared key"])
@pytest.mark.parametrize("json", [{"é": [1.0, None]}, [], None, b'{"raw":  1}'])
def test_json_is_signed_by_its_hash(secret: dict[str, Any], json: Any) -> None:
    """Bytes are taken as they are."""
    url, headers, body, method = sign(URL, json=json, **secret)
    event = Webhooks("secret", shared_keys={"K1": "secret"}).parse(method, url, headers, body)

    assert judged(url, headers, body.decode())
    assert isinstance(event, UnknownEvent)
    assert event.json() == ({"raw": 1} if isinstance(json, bytes) else json)


@given(
    st.lists(st.tuples(st.text(st.characters(max_codepoint=0xD7FF)), st.text(st.characters(max_codepoint=0xD7FF))), max_size=6)
)
def test_any_fields_are_signed_as_twilio_does(fields: list[tuple[str, str]]) -> None:
    """Repeated ones included."""
    url, headers, body, _ = sign(URL, fields, auth_token="secret")

    assert judged(url, headers, Fields(tuple(fields)))
    assert Webhooks("secret").verify("POST", url, headers, body).fields == tuple(fields)


@pytest.mark.parametrize(
    ("url", "appended"), [("http://h/", "?a=1"), ("http://h/?", "a=1"), ("http://h/?b", "&a=1"), ("http://h/?b&", "a=1")]
)
def test_parameters_are_appended_to_any_url(url: str, appended: str) -> None:
    """What the URL has stays as it is."""
    assert sign(url, {"a": "1"}, method="GET", auth_token="secret").url == url + appended
    assert sign(url, method="GET", auth_token="secret").url == url


def test_neither_user_nor_fragment_is_signed() -> None:
    """They are Twilio's own business."""
    assert sign("http://user:pass@h/sms#rc=2", FIELDS, auth_token="secret").url == "http://h/sms"


@pytest.mark.parametrize(
    "arguments",
    [
        {}, {"auth_token": "a", "shared_key": ("b", "c")}, {"auth_token": "a", "json": 1, "fields": {"x": "y"}},
        {"auth_token": "a", "json": 1, "method": "GET"}, {"auth_token": "a", "url": "/sms"},
    ],
)  # fmt: skip
def test_what_twilio_cannot_send_is_refused(arguments: dict[str, Any]) -> None:
    """A test of something that never happens would prove nothing."""
    with pytest.raises(ValueError, match=r"give either|json is|no absolute URL"):
        sign(**{"url": URL, **arguments})
