from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from tests.webhooks.caller import INBOUND, TOKEN, signature
from twilio_async._signature import body_hash
from twilio_async.cli.webhook.explanation import Explanation, explain
from twilio_async.webhooks import sign
from twilio_async.webhooks._addresses import read_address

URL = "https://example.com/sms?b=2&a=1"
FORM = urlencode(INBOUND).encode()


def explained(signed: str, seen: str = URL, body: bytes = FORM, secret: str = TOKEN, **headers: str) -> Explanation | None:
    """Why a request to *seen* is not right for a signature, with headers by their names in snake case."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return explain(read_address(seen), {"x-twilio-signature": signed, **told}, body, secret)


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        ("http://example.com/sms?b=2&a=1", ["the scheme is http, not https"]),
        ("https://example.com:8443/sms?b=2&a=1", ["the port is 8443, not none"]),
        ("https://www.example.com/sms?b=2&a=1", ["the host is www.example.com, not example.com"]),
        ("https://example.com/sms/?b=2&a=1", ["the path has a slash at its end"]),
        ("https://example.com/sms?a=1&b=2", ["the query is sorted by name"]),
        ("https://example.com/sms", ["there is no query"]),
        ("https://example.com/sms?b=2", ["the query is without a"]),
        (
            "http://example.com:5000/sms/?b=2&a=1",
            ["the scheme is http, not https", "the port is 5000, not none", "the path has a slash at its end"],
        ),
        ("http://www.example.com/sms?a=1&b=2", ["the scheme", "the host", "the query"]),
    ],
)
def test_a_url_that_the_official_client_signed_is_found(signed: str, said: list[str]) -> None:
    """What differs is named part by part, and no more than that."""
    found = explained(signature(signed, INBOUND))
    assert found is not None
    assert found.url == signed
    assert len(found.differences) == len(said)
    assert all(words.startswith(beginning) for words, beginning in zip(found.differences, said, strict=True))


def test_url_and_body_may_both_be_other() -> None:
    """One mishap seldom comes alone."""
    found = explained(signature("http://example.com/sms?b=2&a=1", [*INBOUND, ("ToCity", "")]))
    assert found is not None
    assert found.changed == {"scheme", "body"}
    assert found.differences[1] == "the form has ToCity, empty, which was dropped"


def test_headers_tell_what_a_proxy_changed() -> None:
    """A host that nobody could guess is looked for where proxies leave it."""
    found = explained(
        signature("https://shop.example/sms", INBOUND),
        "http://10.0.0.7:8000/sms",
        x_forwarded_host="shop.example",
        host="10.0.0.7:8000",
    )
    assert found is not None
    assert found.changed == {"scheme", "host"}  # the port is tried without being asked for


@pytest.mark.parametrize("signed", ["http://example.com/sms", "https://example.com/sms"])
def test_json_that_was_written_anew_is_found(signed: str) -> None:
    """The URL's hash tells of the body, the signature of the URL."""
    request = sign(signed, json=b'{"a":1}', auth_token=TOKEN)
    seen = request.url.replace("http://", "https://")
    found = explained(
        request.headers["X-Twilio-Signature"], seen, json.dumps({"a": 1}).encode(), content_type="application/json"
    )
    assert found is not None
    assert "the body is JSON without white space; it was decoded, and encoded again" in found.differences
    assert ("scheme" in found.changed) is (signed.startswith("http:"))


def test_json_that_says_something_else_is_told_from_another_url() -> None:
    """Then the signature is right, and it is the body alone."""
    request = sign("https://example.com/sms", json={"a": 1}, auth_token=TOKEN)
    found = explained(request.headers["X-Twilio-Signature"], request.url, b'{"a":2}', content_type="application/json")
    assert found is not None
    assert found.differences == ("the body is another one, as its bodySHA256 in the URL says",)


def test_a_hash_that_was_dropped_is_found() -> None:
    """A framework that is asked for the path gives no query."""
    request = sign("https://example.com/sms", json=b"{}", auth_token=TOKEN)
    found = explained(request.headers["X-Twilio-Signature"], "https://example.com/sms", b"{}", content_type="application/json")
    assert found is not None
    assert found.differences == ("the query has bodySHA256, which was dropped",)
    assert body_hash(b"{}") in found.url


def test_a_get_that_is_taken_for_a_post_is_found() -> None:
    """The fields are part of the URL, and signed there."""
    request = sign("https://example.com/sms", [("a", "1")], method="GET", auth_token=TOKEN)
    found = explained(request.headers["X-Twilio-Signature"], request.url, b"a=1")
    assert found is not None
    assert found.differences == ("no field is signed: it is a GET, or a body that is no form",)


def test_the_other_kind_of_secret_is_found() -> None:
    """The length of a signature tells the kind; the header may have been lost, or be another's."""
    request = sign(URL, INBOUND, shared_key=("K1", TOKEN))
    found = explained(request.headers["X-Twilio-Signature"])
    assert found is not None
    assert found.differences == ("a shared key signed it: the header X-Twilio-Webhooks-Signature-Settings was dropped",)
    settings = request.headers["X-Twilio-Webhooks-Signature-Settings"]
    found = explained(signature(URL, INBOUND), x_twilio_webhooks_signature_settings=settings)
    assert found is not None
    assert found.differences == ("the auth token signed it, whatever its settings say",)


def test_what_is_right_differs_in_nothing() -> None:
    """The request as it is comes first."""
    assert explained(signature(URL, INBOUND)) == Explanation((), frozenset(), URL)


@pytest.mark.parametrize("signed", ["", "x", "é" * 28, "A" * 27 + "=", "\ud800" * 28])
def test_what_nothing_explains_stays_unexplained(signed: str) -> None:
    """After a bounded number of tries, and whatever the header holds."""
    assert explained(signed) is None
    assert explained(signature(URL, INBOUND), secret="another") is None


@pytest.mark.parametrize("body", [b"a=" + b"x" * 3_000_000, b"&".join(b"f%d=1" % number for number in range(9_000))])
def test_a_large_body_is_looked_at_in_bounded_time_and_memory(body: bytes) -> None:
    """The more there is to sign, the less is tried; the likeliest still is."""
    assert explained("A" * 27 + "=", body=body) is None
    found = explained(sign("http://example.com/", auth_token=TOKEN).headers["X-Twilio-Signature"], "http://example.com/", body)
    assert found is not None
    assert found.changed == {"body"}
