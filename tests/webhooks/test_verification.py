"""`twilio_async.webhooks._verification`: which requests are Twilio's, judged by its own validators and by tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.javascript import run_javascript
from tests.webhooks import officials
from tests.webhooks.officials import FORM
from twilio_async._signature import SETTINGS, SIGNATURE, body_hash, sign
from twilio_async.webhooks import SignatureError, SignatureProblem, Webhooks

TOKEN = "3f1a9d0c5b7e42868d1c0e9f7a6b5c4d"
URL = "https://example.com/sms"
FIELDS = {"MessageSid": "SM1", "Body": "it's & é", "From": "+15558675310"}
BODY = b"MessageSid=SM1&Body=it%27s+%26+%C3%A9&From=%2B15558675310"
JSON = b'{"type": "com.twilio.messaging.message.delivered", "n": 1.0}'

Arguments = tuple[str, str, dict[str, str], Any]


def signed(url: str = URL, fields: Mapping[str, str] = FIELDS, token: str = TOKEN, **headers: str) -> dict[str, str]:
    """The headers of a form as Twilio sends it, signed by the Python package."""
    signature = RequestValidator(token).compute_signature(url, dict(fields))
    return {SIGNATURE: signature, "Content-Type": f"{FORM}; charset=utf-8", **headers}


def as_json(url: str = URL, body: bytes = JSON, *, digest: str | None = None) -> tuple[str, dict[str, str]]:
    """URL and headers of a JSON body as Twilio sends it."""
    url = f"{url}{'&' if '?' in url else '?'}bodySHA256={digest or body_hash(body)}"
    return url, {SIGNATURE: RequestValidator(TOKEN).compute_signature(url, {}), "Content-Type": "application/json"}


def refusal(*arguments: Any, **options: Any) -> SignatureError:
    """Why a request is refused."""
    with pytest.raises(SignatureError) as caught:
        Webhooks(TOKEN, **options).verify(*arguments)
    return caught.value


# --- what Twilio's validators say ----------------------------------------------------------------------------------------

OURS_ALONE = {
    "lone ? dropped", "lone ? added", "apostrophe escaped", "apostrophe plain", "letters escaped", "letters plain",
    "host in capitals", "scheme in capitals",
}  # fmt: skip
"""Ways to write the same URL that are taken here always, and by the official packages now and then."""


@pytest.mark.timeout(120)
def test_what_an_official_validator_takes_is_taken_and_what_both_refuse_is_refused() -> None:
    """6,000 requests that arrive under another URL than was signed: with and without ports, escaped and not, changed."""
    requests = [*officials.requests(6_000, seed=2)]
    taken = dict.fromkeys(["none", *officials.CHANGES], 0)

    for request, (signature, node_takes) in zip(
        requests, officials.node([(request, None) for request in requests]), strict=True
    ):
        theirs = node_takes or (officials.sorts_alike(request) and officials.python_takes(request, signature))
        headers = {**request.headers, SIGNATURE: signature}
        try:
            found = Webhooks(request.token).verify("POST", request.seen, headers, request.body)
        except SignatureError:
            assert not theirs, request
            continue
        taken[request.change] += 1
        assert theirs or request.change in OURS_ALONE, request
        assert found.fields == request.fields

    assert min(taken[change] for change in (*OURS_ALONE, "none", "no port", "usual port")) > 5
    assert taken["another path"] == taken["another scheme"] == taken["slash plain"] == 0


def test_a_signature_in_pythons_order_is_taken_too() -> None:
    """A proxy or a test written in Python sorts characters beyond U+FFFF otherwise than Twilio does."""
    fields = (("\ue000", "1"), ("\U0001f600", "2"))
    request = officials.Request(TOKEN, URL, URL, "none", fields)
    pythons, nodes = officials.python_signature(request), officials.node([(request, None)])[0][0]

    assert pythons != nodes
    for signature in (pythons, nodes):
        headers = {SIGNATURE: signature, "Content-Type": FORM}
        assert Webhooks(TOKEN).verify("POST", URL, headers, request.body).fields == fields


def test_a_json_body_is_judged_as_the_node_package_judges_it() -> None:
    """The body that was signed is taken, another is not."""
    url, headers = as_json(f"{URL}?ref=42")
    rows = [
        {"token": TOKEN, "signed": url, "seen": url, "fields": {}, "signature": headers[SIGNATURE], "body": body}
        for body in (JSON.decode(), JSON.decode() + " ")
    ]
    verdicts = [
        json.loads(line)[1] for line in run_javascript("validator.js", stdin="\n".join(map(json.dumps, rows))).splitlines()
    ]

    assert verdicts == [True, False]
    assert Webhooks(TOKEN).verify("POST", url, headers, JSON).body == JSON
    assert refusal("POST", url, headers, JSON + b" ").kind == "body_hash"


# --- twenty-five cases that the official validator for Python gets wrong, or that users lose days on -----------------------

JSON_URL, JSON_HEADERS = as_json()
CAPITALS_URL, CAPITALS_HEADERS = as_json(digest=body_hash(JSON).upper())
LIST_URL, LIST_HEADERS = as_json(body=b"[1, 2]")

CASES: dict[str, tuple[Arguments, SignatureProblem | type[TypeError] | None]] = {
    "a form as bytes": (("POST", URL, signed(), BODY), None),
    "a form as text": (("POST", URL, signed(), BODY.decode()), None),
    "no header": (("POST", URL, {"Content-Type": FORM}, BODY), "no_signature"),
    "an empty header": (("POST", URL, {"Content-Type": FORM, SIGNATURE: " "}, BODY), "no_signature"),
    "a parsed form": (("POST", URL, signed(), FIELDS), TypeError),
    "parsed JSON, an object": (("POST", JSON_URL, JSON_HEADERS, {"n": 1.0}), TypeError),
    "parsed JSON, a list": (("POST", LIST_URL, LIST_HEADERS, [1, 2]), TypeError),
    "parsed JSON, a number": (("POST", JSON_URL, JSON_HEADERS, 1), TypeError),
    "no body at all": (("POST", JSON_URL, JSON_HEADERS, None), TypeError),
    "JSON as bytes": (("POST", JSON_URL, JSON_HEADERS, JSON), None),
    "JSON as text": (("POST", JSON_URL, JSON_HEADERS, JSON.decode()), None),
    "JSON that was changed": (("POST", JSON_URL, JSON_HEADERS, JSON.replace(b"1.0", b"2.0")), "body_hash"),
    "JSON that was encoded again": (("POST", JSON_URL, JSON_HEADERS, json.dumps(json.loads(JSON), indent=1)), "body_hash"),
    "JSON without a hash": (("POST", URL, {**signed(fields={}), "Content-Type": "application/json"}, JSON), "no_body_hash"),
    "the same as text": (("POST", URL, {**signed(fields={}), "Content-Type": "text/plain"}, JSON.decode()), "no_body_hash"),
    "the same without Content-Type": (("POST", URL, {SIGNATURE: signed(fields={})[SIGNATURE]}, JSON), "no_body_hash"),
    "JSON with its hash in capitals": (("POST", CAPITALS_URL, CAPITALS_HEADERS, JSON), None),
    "a lone ? that was signed": (("POST", f"{URL}?", signed(f"{URL}?"), BODY), None),
    "a lone ? that the server dropped": (("POST", URL, signed(f"{URL}?"), BODY), None),
    "a lone ? that was not signed": (("POST", f"{URL}?", signed(), BODY), None),
    "IPv6 with a port": (("POST", "http://[::1]:8080/sms", signed("http://[::1]:8080/sms"), BODY), None),
    "IPv6, the port not signed": (("POST", "http://[::1]:8080/sms", signed("http://[::1]/sms"), BODY), None),
    "IPv6 without a port": (("POST", "http://[2001:db8::1]/sms", signed("http://[2001:db8::1]:80/sms"), BODY), None),
    "a user in the URL": (("POST", "https://user:pass@example.com:81/sms", signed("https://example.com:81/sms"), BODY), None),
    "a signature cut short": (("POST", URL, signed() | {SIGNATURE: signed()[SIGNATURE][:-1]}, BODY), "mismatch"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "wrong"), CASES.values(), ids=CASES)
def test_each_case_has_the_right_verdict(arguments: Arguments, wrong: SignatureProblem | type[TypeError] | None) -> None:
    """Taken, refused for the right reason, or a mistake of the program's own that says so."""
    webhooks = Webhooks(TOKEN)

    if wrong is None:
        assert webhooks.verify(*arguments).url
    elif isinstance(wrong, str):
        assert refusal(*arguments).kind == wrong
    else:
        with pytest.raises(wrong, match="body: expected the raw body as bytes, got"):
            webhooks.verify(*arguments)


def test_there_are_as_many_cases_as_were_found() -> None:
    """None was lost."""
    assert len(CASES) == 25


# --- URLs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "url", "taken"),
    [
        pytest.param("https://example.com/sms", "https://example.com:443/sms", True, id="usual port signed"),
        pytest.param("https://example.com:443/sms", "https://example.com/sms", True, id="usual port seen"),
        pytest.param("http://example.com:8080/sms", "http://example.com:8080/sms", True, id="port signed and seen"),
        pytest.param("http://example.com:8080/sms", "http://example.com/sms", True, id="port not signed"),
        pytest.param("http://example.com/sms", "http://example.com:8080/sms", False, id="port not seen"),
        pytest.param("https://example.com/sms", "http://example.com/sms", False, id="another scheme"),
        pytest.param("https://example.com/caf%C3%A9", "https://example.com/caf%C3%A9", True, id="escaped path"),
        pytest.param("https://example.com/caf%C3%A9", "https://example.com/café", True, id="path signed as typed"),
        pytest.param("https://example.com/café", "https://example.com/caf%C3%A9", True, id="path decoded by a framework"),
        pytest.param("https://example.com/a%2Fb", "https://example.com/a%2Fb", True, id="escaped slash"),
        pytest.param("https://example.com/a/b", "https://example.com/a%2Fb", False, id="escaped slash is no slash"),
        pytest.param("https://example.com/a%2Fb", "https://example.com/a/b", False, id="nor the other way round"),
        pytest.param("https://example.com/?q=it%27s", "https://example.com/?q=it's", True, id="apostrophe signed as typed"),
        pytest.param("https://example.com/?q=it's", "https://example.com/?q=it%27s", True, id="apostrophe seen as typed"),
        pytest.param("https://example.com/?b=1&a=2", "https://example.com/?b=1&a=2", True, id="query in its own order"),
        pytest.param("https://example.com/?a=2&b=1", "https://example.com/?b=1&a=2", False, id="query sorted by a framework"),
        pytest.param("https://example.com/?a=1&a=2", "https://example.com/?a=1&a=2", True, id="repeated parameter"),
        pytest.param("https://example.com/?a=2&a=1", "https://example.com/?a=1&a=2", False, id="repeated parameters swapped"),
        pytest.param("https://example.com/?a=1%262", "https://example.com/?a=1&2", False, id="escaped ampersand"),
        pytest.param("https://example.com/?a=b%20c", "https://example.com/?a=b+c", False, id="blank as plus"),
        pytest.param("https://example.com/", "https://example.com", True, id="slash that clients add"),
        pytest.param("https://example.com/?a=1", "https://example.com?a=1", True, id="the same before a query"),
        pytest.param("https://example.com/sms/", "https://example.com/sms", False, id="slash that means something"),
        pytest.param("https://example.com/sms#rc=2", "https://example.com/sms", True, id="fragment"),
        pytest.param("https://Example.COM/sms", "https://example.com/sms", True, id="host in capitals"),
    ],
)  # fmt: skip
def test_a_url_is_taken_as_it_may_have_been_written(seen: str, url: str, taken: bool) -> None:
    """What stands for the same place is taken; what stands for another is not."""
    if taken:
        assert Webhooks(TOKEN).verify("POST", seen, signed(url), BODY).url == url
    else:
        error = refusal("POST", seen, signed(url), BODY)
        assert error.kind == "mismatch"
        assert url not in error.tried


# --- secrets -------------------------------------------------------------------------------------------------------------


def test_any_of_several_tokens_may_have_signed() -> None:
    """During a rotation Twilio signs with the old token and then with the new one."""
    webhooks = Webhooks("new", TOKEN, "older")

    for token in ("new", TOKEN, "older"):
        assert webhooks.verify("POST", URL, signed(token=token), BODY)
    with pytest.raises(SignatureError):
        webhooks.verify("POST", URL, signed(token="oldest"), BODY)


def shared(settings: str, secret: str, algorithm: str = "HMAC_SHA256") -> dict[str, str]:
    """The headers of a form that a shared key signed, made by the Python package."""
    signature = RequestValidator(secret).compute_signature(URL, FIELDS, algorithm)
    return {SIGNATURE: signature, SETTINGS: settings, "Content-Type": FORM}


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        pytest.param(shared("key=K1,algorithm=HMAC_SHA256", "one"), None, id="shared key"),
        pytest.param(shared(" algorithm = hmac_sha256 , key = K2 ,x", "two"), None, id="blanks, order, small letters"),
        pytest.param(shared("", TOKEN, "HMAC_SHA1"), None, id="empty settings mean the token"),
        pytest.param(shared("key=K1", TOKEN, "HMAC_SHA1"), None, id="without algorithm, the token"),
        pytest.param(shared("key=K1,algorithm=HMAC_SHA1", TOKEN, "HMAC_SHA1"), None, id="SHA1 is the token"),
        pytest.param(shared("key=K2,algorithm=HMAC_SHA256", "one"), "mismatch", id="another key's secret"),
        pytest.param(shared("key=K1,algorithm=HMAC_SHA256", TOKEN), "mismatch", id="a token is no shared secret"),
        pytest.param(shared("key=K1,algorithm=HMAC_SHA1", "one", "HMAC_SHA1"), "mismatch", id="a shared secret is no token"),
        pytest.param(shared("key=K3,algorithm=HMAC_SHA256", "one"), "unknown_key", id="unknown key"),
        pytest.param(shared("algorithm=HMAC_SHA256", "one"), "unknown_key", id="no key"),
        pytest.param(shared("key=K1,algorithm=HMAC_SHA512", "one"), "unknown_algorithm", id="unknown algorithm"),
        pytest.param(shared("key=K1,algorithm=none", "one"), "unknown_algorithm", id="none"),
    ],
)
def test_the_settings_name_the_secret_and_the_algorithm(headers: dict[str, str], kind: SignatureProblem | None) -> None:
    """A token signs with SHA1 and a shared key with SHA256; neither can pass for the other."""
    webhooks = Webhooks(TOKEN, shared_keys={"K1": "one", "K2": "two"})
    if kind is None:
        assert webhooks.verify("POST", URL, headers, BODY)
        return
    with pytest.raises(SignatureError) as caught:
        webhooks.verify("POST", URL, headers, BODY)
    assert caught.value.kind == kind


def test_without_a_token_what_a_token_signed_is_refused_with_that_reason() -> None:
    """Who has configured shared keys alone is told what is missing."""
    with pytest.raises(SignatureError, match="signed with the auth token, and none was given") as caught:
        Webhooks(shared_keys={"K1": "one"}).verify("POST", URL, signed(), BODY)
    assert caught.value.kind == "unknown_key"


# --- what is signed ------------------------------------------------------------------------------------------------------


def test_a_get_has_its_fields_in_the_query_and_nothing_is_appended() -> None:
    """The query is signed as part of the URL."""
    url = f"{URL}?ref=42&MessageSid=SM1&Body=hi+there"
    found = Webhooks(TOKEN).verify("get", url, {SIGNATURE: sign(TOKEN, url)})

    assert found.method == "GET"
    assert found.fields == found.query == (("ref", "42"), ("MessageSid", "SM1"), ("Body", "hi there"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_that_comes_with_a_get_must_be_proved(method: str) -> None:
    """Nothing of a GET's body is signed, so a form there would pass unread by the signature."""
    assert refusal(method, URL, signed(fields={}), BODY).kind == "no_body_hash"


def test_a_form_whose_hash_is_signed_is_taken() -> None:
    """The Node package takes it as such, whatever the Content-Type says."""
    url, headers = as_json(body=BODY)
    headers["Content-Type"] = FORM

    assert dict(Webhooks(TOKEN).verify("POST", url, headers, BODY).fields) == FIELDS
    assert refusal("POST", url, headers, BODY + b"&x=1").kind == "mismatch"


def test_a_form_with_a_foreign_hash_in_its_url_is_verified_by_its_fields() -> None:
    """The URL is the application's own: a parameter of that name proves nothing against the fields."""
    url = f"{URL}?bodySHA256=abc"

    assert dict(Webhooks(TOKEN).verify("POST", url, signed(url), BODY).fields) == FIELDS


def test_the_signature_of_json_does_not_cover_a_form() -> None:
    """A recorded signature over a URL alone cannot be used again with fields of one's own."""
    assert refusal("POST", JSON_URL, {**JSON_HEADERS, "Content-Type": FORM}, b"Body=forged").kind == "mismatch"


def test_a_post_without_a_body_needs_no_hash() -> None:
    """There is nothing to prove; but where a hash is signed, an empty body must be what it says."""
    assert Webhooks(TOKEN).verify("POST", URL, {SIGNATURE: sign(TOKEN, URL)}).fields == ()
    assert refusal("POST", JSON_URL, JSON_HEADERS, b"").kind == "body_hash"


def test_a_form_without_content_type_is_read_as_one() -> None:
    """Some gateways drop the header; the fields are signed all the same."""
    assert dict(Webhooks(TOKEN).verify("POST", URL, {SIGNATURE: signed()[SIGNATURE]}, BODY).fields) == FIELDS


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "text/plain", "application/json", "x"])
def test_a_body_of_another_content_type_is_no_form(content_type: str) -> None:
    """What an application would read otherwise must not be verified as a form."""
    assert refusal("POST", URL, signed() | {"Content-Type": content_type}, BODY).kind == "no_body_hash"


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1, max_size=5), st.data())
def test_no_field_can_be_changed(fields: dict[str, str], data: st.DataObject) -> None:
    """Another value, one field more, one less: each is refused."""
    fields = {"Body": "hi", **{_encodable(name): _encodable(value) for name, value in fields.items()}}
    headers = {SIGNATURE: sign(TOKEN, URL, fields.items()), "Content-Type": FORM}
    changes: list[Callable[[dict[str, str]], dict[str, str]]] = [
        lambda known: known | {"Body": "ho"},
        lambda known: known | {"Added": "1"},
        lambda known: {name: value for name, value in known.items() if name != "Body"},
    ]
    changed = data.draw(st.sampled_from(changes))(fields)

    assert Webhooks(TOKEN).verify("POST", URL, headers, _form(fields))
    assert refusal("POST", URL, headers, _form(changed)).kind == "mismatch"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _form(fields: Mapping[str, str]) -> bytes:
    return officials.Request(TOKEN, URL, URL, "none", tuple(fields.items())).body


# --- what an error says --------------------------------------------------------------------------------------------------


def test_a_mismatch_says_what_was_seen_and_tried_and_what_to_do() -> None:
    """That is what users of a bare 403 ask for."""
    error = refusal("POST", "http://10.0.0.3:8000/sms?to=%2B15558675310&ref=1", signed(), BODY)

    assert error.status == 403
    assert error.url == "http://10.0.0.3:8000/sms?to=%2B…5310&ref=1"
    assert error.tried[:2] == ("http://10.0.0.3/sms?to=%2B…5310&ref=1", "http://10.0.0.3:8000/sms?to=%2B…5310&ref=1")
    assert error.url in str(error)
    assert "public_url" in error.reason


def test_a_signature_of_another_length_is_said_to_be_none() -> None:
    """One by a shared key, whose settings a proxy dropped, is told from a wrong one."""
    error = refusal("POST", URL, shared("", "one"), BODY)

    assert "which has 28 characters and not 44" in error.reason
    assert error.tried == ()


def test_what_was_verified_does_not_show_what_it_says() -> None:
    """It ends in logs."""
    assert repr(Webhooks(TOKEN).verify("POST", URL, signed(), BODY)) == f"<Verified POST fields=3 body={len(BODY)}>"


def test_no_error_shows_a_secret_or_the_right_signature() -> None:
    """A log of refusals must not teach anybody to sign."""
    right = signed("https://example.com/sms/")[SIGNATURE]
    for arguments in [("POST", f"{URL}/", signed(), BODY), *(case for case, wrong in CASES.values() if isinstance(wrong, str))]:
        error = refusal(*arguments)
        for secret in (right, TOKEN, "it's", "8675310"):
            assert secret not in f"{error} {error.args} {vars(error)}"
