"""`twilio_async.webhooks`: requests in, events out, and nothing hostile gets further than a typed error."""

from __future__ import annotations

import logging
import subprocess
import sys
import tracemalloc
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

import twilio_async.webhooks
from tests.webhooks.officials import FORM
from twilio_async._signature import SETTINGS, SIGNATURE, sign
from twilio_async.webhooks import (
    BodyTooLarge,
    InboundMessage,
    MalformedBody,
    MalformedRequest,
    SignatureError,
    StatusCallback,
    UnknownEvent,
    WebhookError,
    Webhooks,
)

TOKEN = "3f1a9d0c5b7e42868d1c0e9f7a6b5c4d"
URL = "https://example.com/sms?ref=42"
BODY = b"MessageSid=SM1&AccountSid=AC1&SmsStatus=received&From=%2B15558675310&To=%2B15017122661&Body=it%27s+%C3%A9"
FIELDS = {
    "MessageSid": "SM1",
    "AccountSid": "AC1",
    "SmsStatus": "received",
    "From": "+15558675310",
    "To": "+15017122661",
    "Body": "it's é",
}


def headers(url: str = URL, **others: str) -> dict[str, str]:
    """Those of a form that Twilio sends to *url*, signed by the Python package."""
    signature = RequestValidator(TOKEN).compute_signature(url, FIELDS)
    return {SIGNATURE: signature, "Content-Type": f"{FORM}; charset=utf-8", "I-Twilio-Idempotency-Token": "t1", **others}


# --- reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "raw", "body"),
    [
        pytest.param(URL, headers(), BODY, id="text"),
        pytest.param(
            URL.encode(), [(name.lower().encode(), value.encode()) for name, value in headers().items()], BODY, id="ASGI"
        ),
        pytest.param("/sms?ref=42", headers(Host="example.com"), bytearray(BODY), id="raw target"),
        pytest.param(b"/sms?ref=42", [*headers(HOST="example.com").items()], BODY.decode(), id="raw target as bytes"),
    ],
)
def test_a_message_is_read(url: str | bytes, raw: Any, body: Any) -> None:
    """However a server holds it."""
    event = Webhooks(TOKEN).parse("post", url, raw, body)

    assert isinstance(event, InboundMessage)
    assert (event.message_sid, event.from_, event.to, event.body) == ("SM1", "+15558675310", "+15017122661", "it's é")
    assert (event.idempotency_token, event.query) == ("t1", {"ref": "42"})


def test_a_get_is_read_from_its_query() -> None:
    """Where the number is configured so."""
    url = f"{URL}&{BODY.decode()}"
    event = Webhooks(TOKEN).parse("GET", url, {SIGNATURE: sign(TOKEN, url)})

    assert isinstance(event, InboundMessage)
    assert event.body == "it's é"
    assert event.query["ref"] == "42"


def test_a_callback_is_read() -> None:
    """With what the application wrote into its URL."""
    fields = {"MessageSid": "SM1", "AccountSid": "AC1", "MessageStatus": "sent"}
    known = {SIGNATURE: RequestValidator(TOKEN).compute_signature(URL, fields), "Content-Type": FORM}
    event = Webhooks(TOKEN).parse("POST", URL, known, b"MessageSid=SM1&AccountSid=AC1&MessageStatus=sent")

    assert isinstance(event, StatusCallback)
    assert (event.status, event.query) == ("sent", {"ref": "42"})


def test_behind_a_proxy_the_public_url_counts() -> None:
    """TLS ends at the proxy, which speaks to another host and another path."""
    webhooks = Webhooks(TOKEN, public_url="https://example.com/twilio/")
    signed = headers("https://example.com/twilio/sms?ref=42", Host="10.0.0.3:8000")

    assert webhooks.public_url == "https://example.com/twilio"
    for url in ("/sms?ref=42", "http://10.0.0.3:8000/sms?ref=42", "/twilio/sms?ref=42"):
        assert isinstance(webhooks.parse("POST", url, signed, BODY), InboundMessage)
    with pytest.raises(SignatureError, match="public_url"):
        Webhooks(TOKEN).parse("POST", "http://10.0.0.3:8000/sms?ref=42", signed, BODY)


def test_forwarded_headers_count_only_where_they_are_trusted() -> None:
    """Anybody can send them."""
    signed = headers(**{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.com"})

    assert Webhooks(TOKEN, trust_forwarded=True).parse("POST", "http://10.0.0.3:8000/sms?ref=42", signed, BODY)
    with pytest.raises(SignatureError):
        Webhooks(TOKEN).parse("POST", "http://10.0.0.3:8000/sms?ref=42", signed, BODY)


# --- constructing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((), {}, ValueError),
        (("",), {}, ValueError),
        ((TOKEN, ""), {}, ValueError),
        ((f"{TOKEN}\n",), {}, ValueError),
        ((), {"shared_keys": {"K1": ""}}, ValueError),
        ((None,), {}, TypeError),
        (([TOKEN],), {}, TypeError),
        ((TOKEN.encode(),), {}, TypeError),
        ((TOKEN,), {"public_url": "example.com"}, ValueError),
        ((TOKEN,), {"public_url": "https://"}, ValueError),
        ((TOKEN,), {"public_url": "https://example.com/sms?x=1"}, ValueError),
        ((TOKEN,), {"public_url": "https://user:pass@example.com"}, ValueError),
        ((TOKEN,), {"public_url": b"https://example.com"}, TypeError),
    ],
)
def test_what_cannot_verify_is_refused_at_once(arguments: tuple[Any, ...], options: Any, error: type[Exception]) -> None:
    """An empty variable of the environment must not end in a server that refuses, or takes, everything."""
    with pytest.raises(error) as caught:
        Webhooks(*arguments, **options)
    assert TOKEN not in str(caught.value)


def test_nothing_shows_a_secret() -> None:
    """In no repr, and in no report of a crash that prints attributes."""
    webhooks = Webhooks(TOKEN, "old-token", shared_keys={"K1": "shared-secret"}, public_url="https://example.com")
    shown = f"{webhooks!r} {webhooks} {[getattr(webhooks, name) for name in webhooks.__slots__]}"

    assert repr(webhooks) == "<Webhooks <Secrets auth_tokens=2 shared_keys=1> public_url=https://example.com>"
    assert not [secret for secret in (TOKEN, "old-token", "shared-secret") if secret in shown]


def test_the_limits_can_be_set_and_read() -> None:
    """An adapter stops reading there."""
    webhooks = Webhooks(TOKEN, max_body=100, max_fields=2)

    assert (webhooks.max_body, webhooks.max_fields) == (100, 2)
    assert Webhooks(TOKEN).public_url is None
    with pytest.raises(BodyTooLarge):
        webhooks.parse("POST", URL, headers(), BODY)
    with pytest.raises(MalformedBody):
        webhooks.parse("POST", URL, headers(), b"a&b&c")


# --- hostile input -------------------------------------------------------------------------------------------------------

HOSTILE_BODIES = {
    "10 MB": b"a" * 10_000_000,
    "100,000 fields": b"&".join(b"a%d=b" % number for number in range(100_000)),
    "only separators": b"&" * 100_000,
    "bad escapes": b"Body=%zz%",
    "invalid UTF-8": b"Body=\xff\xfe",
    "invalid UTF-8, escaped": b"Body=%ff%fe",
    "overlong UTF-8": b"Body=%C0%AF",
    "surrogates": b"Body=%ED%A0%80",
    "NULs": b"\x00" * 1_000,
    "NUL in a value": b"Body=%00&MessageSid=SM1",
    "duplicate keys": b"MessageSid=SM1&MessageSid=SM2",
    "deep JSON": b"[" * 200_000,
    "a zip bomb's head": b"PK\x03\x04" + b"\x00" * 100,
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 100,
    "one huge name": b"a" * 200_000,
    "one huge value": b"a=" + b"%41" * 60_000,
    "many escapes": b"a=" + b"%41x" * 60_000,
}
CONTENT_TYPES = [FORM, "application/json", "multipart/form-data; boundary=", "", "\x00", "a" * 4_000, f"{FORM}; charset=utf-7"]


@pytest.mark.parametrize("content_type", CONTENT_TYPES, ids=range(len(CONTENT_TYPES)))
@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
def test_a_hostile_body_ends_in_a_typed_error(body: bytes, content_type: str) -> None:
    """In little memory, since it is refused before it is read."""
    known = {SIGNATURE: "A" * 27 + "=", "Content-Type": content_type}
    tracemalloc.start()
    try:
        with pytest.raises(WebhookError) as caught:
            Webhooks(TOKEN).parse("POST", URL, known, body)
        assert tracemalloc.get_traced_memory()[1] < 64 * 262_144
    finally:
        tracemalloc.stop()
    assert caught.value.status in {400, 403, 413}
    assert len(str(caught.value)) < 3_000


def test_a_body_that_is_too_large_is_not_even_copied() -> None:
    """Its size is looked at before anything else."""
    body = "x" * 10_000_000
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            Webhooks(TOKEN).parse("POST", URL, headers(), body)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


HOSTILE_URLS = [
    "", "/", "//", "*", "http://", "https://[", "https://a:b:c/", "/\x00", "/%", "/%zz?%zz", "/\ud800", "/\u202e", b"\xff",
    b"/\xc3", "/?" + "&" * 16_000, "/" + "%41" * 5_000, "/?" + "a=%41&" * 900, "/?a=" + "%C3" * 5_000,
    "https://example.com/" + "a/" * 9_000, "https://example.com/?" + "=" * 16_000, "https://example.com/?" + "%25" * 5_000,
    "https://" + "a." * 5_000 + "com/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE_URLS, ids=range(len(HOSTILE_URLS)))
@pytest.mark.parametrize(
    "options", [{}, {"trust_forwarded": True}, {"public_url": "https://example.com/x"}], ids=["", "forwarded", "public"]
)
def test_a_hostile_url_ends_in_a_typed_error(url: Any, options: dict[str, Any]) -> None:
    """And what is said of it fits into a line of a log, on one line."""
    known = headers(Host="example.com", **{"X-Forwarded-Host": "a", "X-Forwarded-Proto": "https"})
    with pytest.raises(WebhookError) as caught:
        Webhooks(TOKEN, **options).parse("POST", url, known, BODY)
    assert len(str(caught.value)) < 3_000
    assert "\n" not in str(caught.value)
    str(caught.value).encode()


ANY_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [SIGNATURE, SETTINGS, "Content-Type", "Host", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"]
        )
        | st.text(max_size=8)
        | st.binary(max_size=8),
        st.sampled_from(["A" * 27 + "=", "A" * 43 + "=", FORM, "key=K1,algorithm=HMAC_SHA256", "example.com", "https"])
        | st.text(max_size=30)
        | st.binary(max_size=30),
    ),
    max_size=8,
)


@given(
    method=st.sampled_from(["GET", "POST", "HEAD", ""]) | st.text(max_size=4),
    url=st.text(max_size=40).map("/{}".format)
    | st.text(max_size=40).map("https://example.com/{}".format)
    | st.text()
    | st.binary(),
    known=ANY_HEADERS,
    body=st.binary() | st.text() | st.binary().map(quote_from_bytes),
)
@example(method="POST", url="https://example.com/", known=[(SIGNATURE, "\ud800" * 28)], body=b"")
@example(method="POST", url="https://example.com/", known=[(SIGNATURE, "é" * 14)], body=b"")
@example(method="GET", url="https://example.com/?bodySHA256=\u0660", known=[(SIGNATURE, "A")], body=b"x")
def test_any_request_of_a_stranger_ends_in_a_typed_error(method: str, url: str | bytes, known: Any, body: bytes | str) -> None:
    """Whatever comes in, it is neither taken nor does it break anything."""
    with pytest.raises(WebhookError) as caught:
        Webhooks(TOKEN, shared_keys={"K1": "secret"}, trust_forwarded=True).parse(method, url, known, body)
    str(caught.value).encode()


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"]))))
)
def test_any_fields_that_are_signed_are_an_event(fields: list[tuple[str, str]]) -> None:
    """Twilio adds fields without notice: what it signs is never refused."""
    url, known, body, method = twilio_async.webhooks.sign(URL, fields, auth_token=TOKEN)

    assert Webhooks(TOKEN).parse(method, url, known, body)


def test_a_body_of_fields_to_the_limit_is_taken() -> None:
    """The limits refuse nothing that they allow."""
    url, known, body, _ = twilio_async.webhooks.sign(
        URL, [(f"f{number}", "x" * 250) for number in range(1_000)], auth_token=TOKEN
    )
    event = Webhooks(TOKEN).parse("POST", url, known, body)

    assert isinstance(event, UnknownEvent)
    assert len(event.extra) == 1_000


@pytest.mark.parametrize(
    "arguments", [(None, URL, {}), ("POST", None, {}), ("POST", URL, None), (b"POST", URL, {}), ("POST", URL, {}, {})]
)
def test_a_mistake_of_the_program_is_a_type_error(arguments: tuple[Any, ...]) -> None:
    """It says which argument it is, and is not answered with a 403."""
    with pytest.raises(TypeError, match=r"^(method|url|headers|body): expected"):
        Webhooks(TOKEN).parse(*arguments)


def test_a_request_without_a_readable_host_is_malformed() -> None:
    """There is no URL to hold the signature against."""
    with pytest.raises(MalformedRequest, match="no host"):
        Webhooks(TOKEN).parse("POST", "/sms", headers(), BODY)


def test_nothing_is_logged_here(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever answers decides what is written, and where."""
    with caplog.at_level(logging.DEBUG), pytest.raises(SignatureError):
        Webhooks("another").parse("POST", URL, headers(), BODY)
    assert caplog.records == []


# --- the package ---------------------------------------------------------------------------------------------------------


def test_importing_it_loads_neither_aiohttp_nor_the_client() -> None:
    """An application that only receives pays for that alone."""
    code = (
        "import twilio_async.webhooks, sys; loaded = set(sys.modules); "
        "print(sorted(loaded & {'aiohttp', 'yarl', 'anyio', 'asyncio'}), sorted(name for name in loaded "
        "if name.startswith('twilio_async.') and not name.startswith('twilio_async.webhooks')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[] ['twilio_async._signature', 'twilio_async._version']"


def test_every_public_name_is_exported_sorted() -> None:
    """``__all__`` holds what is there, and nothing else."""
    names = twilio_async.webhooks.__all__

    assert names == sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
    assert all(hasattr(twilio_async.webhooks, name) for name in names)
