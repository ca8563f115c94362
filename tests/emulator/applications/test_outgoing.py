"""How an errand becomes a signed request; Twilio's own validators say whether it is signed right."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, get_signature_algorithm

from tests.javascript import run_javascript
from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications.errands import Method
from twilio_async.emulator.applications.outgoing import Letter, Login, OutgoingRequest, address, host_of, origin_of, target_of
from twilio_async.emulator.domain.credentials import Key

TOKEN = "12345"

# In JavaScript names are sorted by UTF-16 code units, in Python by code points: these agree.
texts = st.text(st.characters(max_codepoint=0xD7FF), max_size=12)
fields = st.lists(st.tuples(texts.filter(bool), texts), max_size=6).map(tuple)
urls = st.builds(
    "{}://{}{}/{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(["example.com", "127.0.0.1", "a-b.example.org", "localhost"]),
    st.sampled_from(["", ":8080", ":443", ":80", ":65535"]),
    st.sampled_from(["", "hook", "caf%C3%A9/a%2Fb", "a;b=c,d", "*'()~!", "x//y/../z", "%zz"]),
    st.sampled_from(["", "?a=1", "?b=2&a=%20&a=+", "?x=~()*!'", "?q=%C3%A9", "?a&b="]),
)


def letter(url: str, method: Method = "POST", pairs: Pairs = (), body: bytes | None = None, key: Key = Key(TOKEN)) -> Letter:  # noqa: B008
    """A letter to *url*."""
    return Letter(address(url).url, method, pairs, body, "token-1", key)


def header(request: OutgoingRequest, name: str) -> str:
    """One header of a request."""
    return dict(request.headers)[name]


class Form:
    """What web frameworks hand to Twilio's validator."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs

    def __iter__(self) -> Any:
        return iter([name for name, _ in self.pairs])

    def __len__(self) -> int:
        return len(self.pairs)

    def getall(self, name: str) -> list[str]:
        return [value for known, value in self.pairs if known == name]


def accepted(request: OutgoingRequest, secret: str = TOKEN) -> bool:
    """Whether the official Python client accepts the request as it arrives."""
    algorithm = get_signature_algorithm(dict(request.headers).get("X-Twilio-Webhooks-Signature-Settings"))
    content_type = dict(request.headers).get("Content-Type", "")
    received: Any = Form(tuple(parse_qsl(request.body.decode(), keep_blank_values=True)))
    if content_type == "application/json":
        received = request.body.decode()
    return bool(RequestValidator(secret).validate(request.url, received, header(request, "X-Twilio-Signature"), algorithm))


# --- the address ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h", "http://h/"),
        ("HTTPS://Ex.com:443?x=1", "https://Ex.com:443/?x=1"),
        ("http://h/?", "http://h/"),
        ("http://h/%7e/%zz/a%2fb?x=%20+~&&", "http://h/%7e/%zz/a%2fb?x=%20+~&&"),
        ("http://h/a b\n/é?q=日", "http://h/a%20b%0A/%C3%A9?q=%E6%97%A5"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        ('http://h/"<>\\^`{|}?"<>\\^`{|}', 'http://h/"<>\\^`{|}?"<>\\^`{|}'),
    ],
)
def test_an_address_is_what_was_configured(url: str, expected: str) -> None:
    """Byte by byte, but for what no request line can hold."""
    assert address(url) == (expected, None)


def test_user_and_password_are_taken_out_of_the_url() -> None:
    """Unescaped, and hidden from logs; they are no part of what is signed."""
    url, login = address("https://us%3Aer:p%40ss:w@example.com/x@y")
    assert url == "https://example.com/x@y"
    assert login == Login("us:er", "p@ss:w")
    assert "p@ss" not in repr(login)
    assert address("http://u@h/").login == Login("u", "")
    assert address("http://@h/").login is None


@pytest.mark.parametrize(
    "url",
    [
        "", "/hook", "ftp://h/", "http:/h", "http://", "http:///x", "http://h:x/", "http://h:0/", "http://h:65536/", "http://h:123456/",
        "http://a b/", "http://h\r\nX: y/", "http://[::1/", "http://é/", "http://u%0d%0a:p@h/", "http://\\h/", "http://h:/",
    ],
)  # fmt: skip
def test_what_cannot_be_called_is_refused_without_being_named(url: str) -> None:
    """The reason is said in words that hold no password."""
    with pytest.raises(ValueError, match=r"^the URL"):
        address(url)


@given(st.text())
@example("0\\")
def test_any_text_is_an_address_or_is_not(text: str) -> None:
    """What is taken fits into a request line, and is an address itself."""
    for url in (text, f"http://{text}", f"http://h/{text}"):
        try:
            found = address(url.partition("#")[0]).url
        except ValueError:
            continue
        assert found.isascii()
        assert found.isprintable()
        assert " " not in found
        assert address(found).url == found
        assert target_of(found).startswith("/")


def test_an_address_falls_into_host_origin_and_target() -> None:
    """Host and target as they stand there, and an origin that two URLs can be compared by."""
    url = "https://Ex.com:443/a/b?c=/d"
    assert (host_of(url), origin_of(url), target_of(url)) == ("Ex.com:443", "https://ex.com:443", "/a/b?c=/d")


# --- the request ---------------------------------------------------------------------------------------------------------


def test_a_form_is_posted_as_twilio_posts_it() -> None:
    """Headers as they were recorded, and the fields in their order."""
    request = letter("http://u:p@127.0.0.1:8080/hook?x=1", pairs=(("To", "+1555"), ("Body", "ä b&c"), ("A", ""))).request()
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:8080/hook?x=1")
    assert request.body == b"To=%2B1555&Body=%C3%A4+b%26c&A="
    headers = dict(request.headers)
    assert len(headers.pop("X-Twilio-Signature")) == 28
    assert headers == {
        "Host": "127.0.0.1:8080",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "I-Twilio-Idempotency-Token": "token-1",
        "Connection": "close",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Content-Length": "31",
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h/", "http://h/?To=%2B1&To=%2B2"),
        ("http://h/x?a=b", "http://h/x?a=b&To=%2B1&To=%2B2"),
        ("http://h/x?a=b&", "http://h/x?a=b&To=%2B1&To=%2B2"),
        ("http://h/x?", "http://h/x?To=%2B1&To=%2B2"),
    ],
)
def test_a_get_has_its_fields_in_the_query(url: str, expected: str) -> None:
    """Behind what the URL has already, and without a body or anything said about one."""
    request = letter(url, "GET", (("To", "+1"), ("To", "+2"))).request()
    assert (request.method, request.url, request.body) == ("GET", expected, b"")
    assert not {"Content-Type", "Content-Length"} & dict(request.headers).keys()
    assert accepted(request)


def test_json_is_posted_whatever_the_method_and_its_hash_is_signed() -> None:
    """The query says what the body must be."""
    request = letter("http://h/x?a=b", "GET", (("To", "+1"),), b'{"a": 1}').request()
    assert (request.method, request.body) == ("POST", b'{"a": 1}')
    assert request.url.startswith("http://h/x?a=b&bodySHA256=")
    assert header(request, "Content-Type") == "application/json"
    assert accepted(request)
    assert not accepted(request._replace(body=b'{"a": 2}'))


def test_a_shared_key_is_named() -> None:
    """With its algorithm; an auth token is not."""
    key = Key("s3cret", "webhooks_sharedkey_1")
    request = letter("http://h:8080/x?a=b", pairs=(("B", "b"), ("A", "a")), key=key).request()
    assert header(request, "X-Twilio-Webhooks-Signature-Settings") == "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    assert len(header(request, "X-Twilio-Signature")) == 44
    assert accepted(request, "s3cret")
    assert not accepted(request, "other")


def test_half_a_surrogate_pair_is_sent_and_signed_as_a_question_mark() -> None:
    """It has no form in UTF-8."""
    request = letter("http://h/", pairs=(("Body", "\ud83d"),)).request()
    assert request.body == b"Body=%3F"
    assert accepted(request)


@given(urls, fields, st.sampled_from(["GET", "POST"]), st.none() | st.text(st.characters(codec="utf-8")), st.booleans())
def test_the_official_python_client_accepts_every_request(
    url: str, pairs: Pairs, method: Method, body: str | None, shared: bool
) -> None:
    """Ports, queries, escapes, repeated names, GET and JSON, with either kind of key; and with no other key."""
    key = Key(TOKEN, "SK1" if shared else None)
    if body is not None and not body:
        body = "{}"  # to that validator an empty body is an empty form
    request = letter(url, method, pairs, None if body is None else body.encode(), key).request()
    assert accepted(request)
    assert not accepted(request, "54321")


NODE_CASES = 2_000


def test_the_official_node_client_accepts_every_request() -> None:
    """The same in JavaScript, thousands at once, and it refuses each of them with one character changed."""
    asked: list[dict[str, Any]] = []

    @given(urls, fields, st.sampled_from(["GET", "POST"]), st.none() | st.text(st.characters(codec="utf-8")))
    def collect(url: str, pairs: Pairs, method: Method, body: str | None) -> None:
        request = letter(url, method, pairs, None if body is None else body.encode()).request()
        received: dict[str, list[str]] = {}
        for name, value in parse_qsl(request.body.decode(), keep_blank_values=True) if body is None else ():
            received.setdefault(name, []).append(value)
        signature = header(request, "X-Twilio-Signature")
        case = {"token": TOKEN, "url": request.url, "signature": signature, "fields": received, "body": body}
        asked.extend((case, {**case, "token": "54321"}))

    while len(asked) < NODE_CASES:
        collect()
    answers = run_javascript("webhooks.js", stdin="\n".join(map(json.dumps, asked))).split()
    assert len(answers) == len(asked)
    wrong = [case for case, answer in zip(asked, answers, strict=True) if (answer == "true") is not (case["token"] == TOKEN)]
    assert not wrong, wrong[:3]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_forwarded_letter_keeps_its_content_only_where_http_says_so(status: int) -> None:
    """After 307 and 308 it is posted again, and signed for where it goes; otherwise fetched."""
    for original in (letter("http://h/", pairs=(("A", "a"),)), letter("http://h/", body=b"{}")):
        request = original.forwarded("http://other/x", status).request()
        assert accepted(request)
        assert host_of(request.url) == "other"
        if status in {307, 308}:
            assert (request.method, request.body) == ("POST", original.request().body)
        else:
            assert (request.method, request.body, urlsplit(request.url).query) == ("GET", b"", "")


def test_a_get_that_is_forwarded_does_not_say_its_fields_again() -> None:
    """Where it is sent, is for the application to say."""
    request = letter("http://h/", "GET", (("A", "a"),)).forwarded("http://h/y?b=c", 307).request()
    assert (request.method, request.url) == ("GET", "http://h/y?b=c")
