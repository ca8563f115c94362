"""`twilio_async.webhooks._reception`: what holds in every framework, tried in each behind a real server.

The caller's signatures are the official client's.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.webhooks.apps import APPS, Factory
from tests.webhooks.caller import DELIVERED, INBOUND, TOKEN, call, call_in_chunks
from tests.webhooks.reverse_proxy import reverse_proxy
from twilio_async.twiml import Message, MessagingResponse, Redirect
from twilio_async.webhooks import InboundMessage, StatusCallback, WebhookError, Webhooks
from twilio_async.webhooks._reception import check_length

WEBHOOKS = Webhooks(TOKEN)


def frameworks(*without: str) -> pytest.MarkDecorator:
    """Each framework in turn, but those *without* what a test is about."""
    chosen = {name: start for name, start in APPS.items() if name not in without}
    return pytest.mark.parametrize("start", chosen.values(), ids=chosen)


every_framework = frameworks()
takes_a_kind = frameworks("aiohttp middleware", "asgi middleware", "wsgi middleware")
tells_raw_target = frameworks("flask on wsgiref")
reads_chunks = frameworks("flask on wsgiref", "django")


def refusals(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of webhooks."""
    return [record.getMessage() for record in caplog.records if record.name == "twilio_async.webhooks"]


@every_framework
async def test_a_message_is_received_and_answered_in_twiml(start: Factory, caplog: pytest.LogCaptureFixture) -> None:
    """What Twilio says reaches the application typed, what it answers reaches Twilio as XML, and the log has nothing to say."""
    async with start(WEBHOOKS) as app:
        answer = await call(f"{app.url}/sms", INBOUND)

    [event] = app.events
    assert isinstance(event, InboundMessage)
    assert (event.from_, event.body) == ("+15558675310", "Olé & <hello> 👋")
    assert (answer.status, answer.content_type.split(";")[0]) == (200, "text/xml")
    assert ET.fromstring(answer.body).findtext("Message") == "You said: Olé & <hello> 👋"
    assert refusals(caplog) == []


@every_framework
async def test_whatever_an_application_answers_is_sent_as_it_is(start: Factory) -> None:
    """The bytes of a TwiML value are the answer's, not a JSON text nor one encoded again."""
    said = MessagingResponse(Message("Ça va?\r\n👋", media_url="/map.png?a=1&b=2", to="+15558675310"), Redirect("/next"))

    async with start(WEBHOOKS, answer=lambda _: said) as app:
        answer = await call(f"{app.url}/sms", INBOUND)

    assert answer.body == said.to_bytes()


@every_framework
async def test_a_status_callback_is_received_and_needs_no_answer(start: Factory) -> None:
    """An application that has nothing to say answers so in a way that Twilio takes."""
    async with start(WEBHOOKS) as app:
        answer = await call(f"{app.url}/status?ref=42", DELIVERED)

    [event] = app.events
    assert isinstance(event, StatusCallback)
    assert (event.status, event.query) == ("delivered", {"ref": "42"})
    assert (answer.status, answer.body) == (200, MessagingResponse().to_bytes())


TARGETS = {
    "the root": "/",
    "an escaped path": "/caf%C3%A9/sms",
    "escaped characters of all kinds": "/a%20b/%E2%82%AC/%7Bx%7D/c%3Fd%23e",
    "what needs no escape": "/a!$&'()*+,;=:@-._~b/sms",
    "a repeated key": "/sms?a=1&a=2&b=&a=1",
    "an unsorted query": "/sms?zebra=1&ape=2&Bee=3",
    "an escaped query": "/sms?next=%2Fa%3Fb%3D1&text=x+y%20z&e=%C3%A9",
    "a key without a value": "/sms?flag",
    "an empty query": "/sms?",
    "a slash at the end": "/sms/",
}


@every_framework
async def test_a_target_is_verified_as_it_was_written(start: Factory) -> None:
    """No framework's own reading of the path and the query comes between what Twilio signed and what is compared."""
    async with start(WEBHOOKS) as app:
        answers = {name: (await call(app.url + target, INBOUND)).status for name, target in TARGETS.items()}

    assert answers == dict.fromkeys(TARGETS, 200)


@tells_raw_target
async def test_an_escaped_slash_is_not_a_slash(start: Factory) -> None:
    """Where the server tells the raw target, ``%2F`` in it is kept apart from ``/``."""
    async with start(WEBHOOKS) as app:
        assert (await call(f"{app.url}/a%2Fb", INBOUND)).status == 200
        assert (await call(f"{app.url}/a%2Fb", INBOUND, signed=f"{app.url}/a/b")).status == 403


@every_framework
async def test_a_form_with_repeated_fields_is_verified(start: Factory) -> None:
    """Every value of a field counts, in whatever order."""
    fields = [*INBOUND, ("Tag", "b"), ("Tag", "a"), ("Tag", "b"), ("Empty", "")]

    async with start(WEBHOOKS) as app:
        assert (await call(f"{app.url}/sms", fields)).status == 200

    assert app.events[0].extra["Empty"] == ""


@every_framework
async def test_a_get_brings_its_fields_in_the_query(start: Factory) -> None:
    """A webhook that was configured as GET is received alike."""
    async with start(WEBHOOKS) as app:
        answer = await call(f"{app.url}/sms?MessageSid=SM1&AccountSid=AC1&From=%2B15558675310&To=%2B1501&Body=hi", method="GET")

    [event] = app.events
    assert isinstance(event, InboundMessage)
    assert (answer.status, event.body) == (200, "hi")


@every_framework
async def test_what_is_not_signed_by_twilio_is_refused_and_only_the_log_knows_why(
    start: Factory, caplog: pytest.LogCaptureFixture
) -> None:
    """A changed body or URL, another secret or no signature: 403 without a word; the application never sees it."""
    async with start(WEBHOOKS) as app:
        url = f"{app.url}/sms"
        answers = [
            await call(url, INBOUND, body=b"Body=changed"),
            await call(f"{url}?to=changed", INBOUND, signed=url),
            await call(url, INBOUND, signed="http://attacker.example/sms"),
            await call(url, INBOUND, headers={"X-Twilio-Signature": None}),
            await call(url, INBOUND, headers={"X-Twilio-Signature": ""}),
            await call(url, INBOUND, headers={"X-Twilio-Signature": "A" * 27 + "="}),
            await call(url, method="GET", headers={"X-Twilio-Signature": None}),
        ]

    assert [answer.status for answer in answers] == [403] * len(answers)
    assert app.events == []
    reasons = refusals(caplog)
    assert len(reasons) == len(answers)
    assert all(reason.startswith("webhook refused with 403: ") for reason in reasons)
    assert len(set(reasons)) >= 3  # it says what differs
    for answer in answers:
        assert b"ignature" not in answer.body
        assert not any(reason.partition(": ")[2].encode() in answer.body for reason in reasons)


@every_framework
async def test_what_cannot_be_read_is_answered_400(start: Factory, caplog: pytest.LogCaptureFixture) -> None:
    """Hostile bytes end in an answer, and not in an error of the application."""
    async with start(WEBHOOKS) as app:
        answers = [await call(f"{app.url}/sms", INBOUND, body=body) for body in (b"Body=%ZZ", b"Body=\xff\xfe", b"&" * 5_000)]

    assert [answer.status for answer in answers] == [400, 400, 400]
    assert (app.events, len(refusals(caplog))) == ([], 3)


def too_large(start: Factory) -> int:
    """The status for a body that is too large: Django has no exception for the right one."""
    return 400 if start in {APPS["django"], APPS["django under asgi"]} else 413


@every_framework
async def test_a_large_body_is_answered_413(start: Factory, caplog: pytest.LogCaptureFixture) -> None:
    """What says that it is larger than may be is not taken, and the reason is in the log."""
    async with start(Webhooks(TOKEN, max_body=1_000)) as app:
        fitting = [*INBOUND, ("Pad", "x" * 700)]
        assert (await call(f"{app.url}/sms", fitting)).status == 200
        assert (await call(f"{app.url}/sms", [*INBOUND, ("Pad", "x" * 1_000)])).status == too_large(start)

    assert len(app.events) == 1
    assert refusals(caplog) == ["webhook refused with 413: the body is larger than 1,000 bytes"]


@reads_chunks
async def test_a_large_body_that_hides_its_length_is_answered_413(start: Factory) -> None:
    """A body in chunks is counted as it comes."""
    async with start(Webhooks(TOKEN, max_body=1_000)) as app:
        assert await call_in_chunks(f"{app.url}/sms", INBOUND, [b"x" * 1_000] * 4) == too_large(start)

    assert app.events == []


@reads_chunks
async def test_a_body_in_chunks_is_verified(start: Factory) -> None:
    """A length is not needed: proxies may take it away."""
    async with start(WEBHOOKS) as app:
        fields = [("MessageSid", "SM1"), ("AccountSid", "AC1"), ("From", "a"), ("To", "b"), ("Body", "hi")]
        body = "&".join(f"{name}={value}" for name, value in fields).encode()
        assert await call_in_chunks(f"{app.url}/sms", fields, [body[:10], body[10:]]) == 200

    assert isinstance(app.events[0], InboundMessage)


@takes_a_kind
async def test_another_kind_of_event_is_answered_400(start: Factory, caplog: pytest.LogCaptureFixture) -> None:
    """A place that was made for messages gets nothing else, so that its types are true."""
    async with start(WEBHOOKS, kind=InboundMessage) as app:
        assert (await call(f"{app.url}/sms", INBOUND)).status == 200
        assert (await call(f"{app.url}/sms", DELIVERED)).status == 400

    assert [type(event) for event in app.events] == [InboundMessage]
    assert refusals(caplog) == ["webhook refused with 400: it is a signed StatusCallback, and this place takes InboundMessage"]


# --- behind a proxy ------------------------------------------------------------------------------------------------------


@every_framework
async def test_behind_a_proxy_the_public_url_is_what_is_verified(start: Factory) -> None:
    """TLS ends at the proxy and it changes the host: with ``public_url`` the signature is right all the same."""
    async with reverse_proxy() as proxy, start(Webhooks(TOKEN, public_url=proxy.url)) as app:
        proxy.upstream = app.url
        right = await call(f"{proxy.url}/caf%C3%A9?a=1&a=2", INBOUND, tls=proxy.trust)
        direct = await call(f"{app.url}/sms", INBOUND)

    assert (right.status, direct.status) == (200, 403)
    assert len(app.events) == 1


@every_framework
async def test_what_a_proxy_says_is_not_believed_unless_asked(start: Factory, caplog: pytest.LogCaptureFixture) -> None:
    """Anybody can send ``X-Forwarded-Host``: by default it changes nothing, and the log shows which URL was seen instead."""
    async with reverse_proxy() as proxy, start(WEBHOOKS) as app:
        proxy.upstream = app.url
        assert (await call(f"{proxy.url}/sms", INBOUND, tls=proxy.trust)).status == 403
        forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "bank.example"}
        assert (await call(f"{app.url}/sms", INBOUND, signed="https://bank.example/sms", headers=forged)).status == 403
        assert (await call(f"{app.url}/sms", INBOUND, headers=forged)).status == 200

    assert len(app.events) == 1
    assert app.url.removeprefix("http://") in refusals(caplog)[0]


@every_framework
async def test_what_a_trusted_proxy_says_is_believed(start: Factory) -> None:
    """With ``trust_forwarded`` no ``public_url`` is needed."""
    async with reverse_proxy() as proxy, start(Webhooks(TOKEN, trust_forwarded=True)) as app:
        proxy.upstream = app.url
        assert (await call(f"{proxy.url}/sms?a=1", INBOUND, tls=proxy.trust)).status == 200

    assert len(app.events) == 1


# --- lengths -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("declared", "known"), [(None, None), ("", None), ("0", 0), (" 10 ", 10), (10, 10), ("0010", 10)])
def test_a_length_within_the_limit_is_known(declared: str | int | None, known: int | None) -> None:
    """It may be missing, and may be as large as the limit."""
    assert check_length(declared, 10) == known


@pytest.mark.parametrize(
    ("declared", "status"),
    [("11", 413), (11, 413), ("9" * 10_000, 413), ("-1", 400), ("1_0", 400), ("0x1", 400), ("²", 400), ("1,1", 400)],
)
def test_a_length_that_is_too_large_or_none_is_refused(declared: str | int, status: int) -> None:
    """What Python would take for a number is not always one in HTTP, and a long one costs no time."""
    with pytest.raises(WebhookError) as caught:
        check_length(declared, 10)

    assert caught.value.status == status
