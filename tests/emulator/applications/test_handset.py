"""Texts to the emulator's numbers, and what the application answers."""

from __future__ import annotations

import json

import httpx
import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from tests.application import Application, Told, twiml
from tests.emulator.conftest import Connect
from tests.emulator.domain.test_lifecycle import service
from tests.javascript import run_javascript
from twilio_async.emulator import Emulator

ANN = "+15558675310"
BOB = "+14155550199"
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def told_emulator(emulator: Emulator, application: Application) -> Emulator:
    """An emulator whose numbers belong to the application."""
    emulator.set_webhook(f"{application.url}/sms", fallback_url=f"{application.url}/fallback")
    return emulator


async def test_a_text_arrives_and_is_answered(told_emulator: Emulator, application: Application) -> None:
    """The inbound message is among the messages, and so is the reply, on its way back."""
    application.answers.append(twiml(_official("Thanks, Ann!")))
    received = await told_emulator.receive("Hello?", from_=ANN)
    assert (received.message.direction, received.message.status, received.message.body) == ("inbound", "received", "Hello?")
    assert application.told[0].fields["Body"] == "Hello?"
    (reply,) = received.replies
    assert (reply.direction, reply.from_, reply.to, reply.body) == ("outbound-reply", told_emulator.number, ANN, "Thanks, Ann!")
    assert told_emulator.message(reply.sid).status == "delivered"
    assert [message.sid for message in told_emulator.messages] == [received.message.sid, reply.sid]


async def test_both_official_validators_accept_it(told_emulator: Emulator, application: Application) -> None:
    """The signature is over the URL with its port and its query, and over all fields."""
    told_emulator.set_webhook(f"{application.url}/sms?shop=1&shop=2&name=a%20b#rc=2")
    await told_emulator.receive("Grüße & 100 % = + 🎉", from_=ANN)
    (told,) = application.told
    url, signature = application.url + told.target, told.headers["X-Twilio-Signature"]
    assert told.target == "/sms?shop=1&shop=2&name=a%20b"
    assert RequestValidator(told_emulator.auth_token).validate(url, told.fields, signature)
    case = {
        "token": told_emulator.auth_token,
        "signed": url,
        "seen": url,
        "fields": told.fields,
        "signature": signature,
        "body": None,
    }
    assert json.loads(run_javascript("validator.js", stdin=json.dumps(case))) == [signature, True]


async def test_an_application_may_be_asked_with_get(told_emulator: Emulator, application: Application) -> None:
    """All fields are in the query then, signed with it."""
    told_emulator.set_webhook(f"{application.url}/sms?a=1", method="GET")
    await told_emulator.receive("Hello?", from_=ANN)
    (told,) = application.told
    assert (told.method, told.fields["Body"], told.body) == ("GET", "Hello?", b"")
    assert RequestValidator(told_emulator.auth_token).validate(
        application.url + told.target, {}, told.headers["X-Twilio-Signature"]
    )


async def test_a_document_may_say_more_than_one_thing(told_emulator: Emulator, application: Application) -> None:
    """Two messages, one of them to somebody else with a picture, and its status is told."""
    document = MessagingResponse()
    document.message("First")
    second = document.message(to=BOB, status_callback=f"{application.url}/status")
    second.body("Second")
    second.media("https://example.com/cat.png")
    application.answers.append(twiml(str(document)))
    received = await told_emulator.receive("Hello?", from_=ANN)
    assert [(reply.to, reply.body, reply.num_media) for reply in received.replies] == [(ANN, "First", 0), (BOB, "Second", 1)]
    assert [media.content_type for media in told_emulator.media(received.replies[1].sid)] == ["image/png"]
    await told_emulator.settled()
    assert [told.fields["MessageStatus"] for told in application.told if told.target == "/status"] == ["sent", "delivered"]


async def test_a_redirect_is_followed_with_the_same_fields(told_emulator: Emulator, application: Application) -> None:
    """What the second document says is done too; a URL without a host is the application's."""
    document = MessagingResponse()
    document.message("One moment")
    document.redirect("/next?x=1", method="GET")
    application.answers += [twiml(str(document)), twiml(_official("Here you are"))]
    received = await told_emulator.receive("Hello?", from_=ANN)
    assert [reply.body for reply in received.replies] == ["One moment", "Here you are"]
    first, second = application.told
    assert second.method == "GET"
    assert second.target.startswith("/next?x=1&")
    assert {**second.fields, "x": "1"} == {**first.fields, "x": "1"}
    assert len(received.deliveries) == 2


async def test_documents_that_redirect_for_ever_end_somewhere(told_emulator: Emulator, application: Application) -> None:
    """Twilio gives up too, and says so in the debugger."""
    document = MessagingResponse()
    document.redirect("/sms")

    async def again(_: Told) -> web.Response:
        application.answers.append(again)
        return twiml(str(document))

    application.answers.append(again)
    await told_emulator.receive("Hello?", from_=ANN)
    assert [alert.code for alert in told_emulator.alerts] == [14106]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(text="<Response", content_type="text/xml"), 12100),
        (web.Response(text="<Response/>", content_type="application/octet-stream"), 12300),
        (web.Response(status=500, text="oops"), 11217),
    ],
    ids=["malformed", "wrong type", "broken"],
)
async def test_a_wrong_answer_is_in_the_debugger_and_the_fallback_is_asked(
    told_emulator: Emulator, application: Application, answer: web.Response, code: int
) -> None:
    """The other URL gets the same fields, with what went wrong and where; its document counts."""
    application.answers += [answer, twiml(_official("From the fallback"))]
    received = await told_emulator.receive("Hello?", from_=ANN)
    primary, fallback = application.told
    assert fallback.target == "/fallback"
    assert fallback.fields == {**primary.fields, "ErrorCode": str(code), "ErrorUrl": f"{application.url}/sms"}
    assert fallback.headers["I-Twilio-Idempotency-Token"] == primary.headers["I-Twilio-Idempotency-Token"]
    assert [reply.body for reply in received.replies] == ["From the fallback"]
    assert [alert.code for alert in told_emulator.alerts] == [code]
    assert told_emulator.alerts[0].more_info.endswith(str(code))
    assert told_emulator.alerts[0].title


async def test_an_empty_answer_says_nothing(told_emulator: Emulator, application: Application) -> None:
    """No content, or an empty document: no reply and no alert."""
    application.answers += [web.Response(status=204), twiml("<Response/>")]
    for _ in range(2):
        assert not (await told_emulator.receive("Hello?", from_=ANN)).replies
    assert not told_emulator.alerts


async def test_at_most_ten_replies_are_sent(told_emulator: Emulator, application: Application) -> None:
    """The eleventh is in the debugger instead."""
    document = MessagingResponse()
    for number in range(11):
        document.message(f"No. {number}")
    application.answers.append(twiml(str(document)))
    assert len((await told_emulator.receive("Hello?", from_=ANN)).replies) == 10
    assert [alert.code for alert in told_emulator.alerts] == [14109]


async def test_stop_and_start_change_who_wants_texts(
    told_emulator: Emulator, application: Application, api: httpx.AsyncClient, messages_url: str
) -> None:
    """After STOP a text to him is refused, and so is a reply; START takes it back. The application hears of both."""
    application.answers.append(twiml(_official("Sorry to see you go")))
    received = await told_emulator.receive(" stop ", from_=ANN)
    assert (received.keyword, received.replies) == ("STOP", [])
    assert [alert.code for alert in told_emulator.alerts] == [21610]
    text = {"To": ANN, "From": told_emulator.number, "Body": "Hello"}
    assert (await api.post(messages_url, data=text)).json()["code"] == 21610
    assert (await api.post(messages_url, data=text | {"From": told_emulator.numbers[1].number})).status_code == 201
    assert (await told_emulator.receive("START", from_=ANN)).keyword == "START"
    assert (await api.post(messages_url, data=text)).status_code == 201
    assert (await told_emulator.receive("help", from_=ANN)).keyword == "HELP"
    assert [told.fields["Body"] for told in application.told] == [" stop ", "START", "help"]


async def test_a_messaging_service_takes_its_numbers_texts(
    emulator: Emulator, application: Application, api: httpx.AsyncClient
) -> None:
    """Its own URL is asked, opt-outs are for all its numbers, and without a URL nobody is told unless the number may."""
    emulator.set_webhook(f"{application.url}/number")
    sid = await service(api, emulator.numbers[0].sid, emulator.numbers[1].sid, InboundRequestUrl=f"{application.url}/service")
    await emulator.receive("STOP", from_=ANN)
    (told,) = application.told
    assert told.target == "/service"
    assert (told.fields["MessagingServiceSid"], told.fields["OptOutType"]) == (sid, "STOP")
    assert emulator.account.opted_out(emulator.numbers[1].number, ANN) or emulator.account.opted_out(sid, ANN)
    await api.post(f"/v1/Services/{sid}", data={"InboundRequestUrl": ""})
    assert not (await emulator.receive("Hello?", from_=ANN)).deliveries
    await api.post(f"/v1/Services/{sid}", data={"UseInboundWebhookOnNumber": "true"})
    await emulator.receive("Hello?", from_=ANN)
    assert [told.target for told in application.told] == ["/service", "/number"]


async def test_a_picture_is_stored_and_served(
    told_emulator: Emulator, application: Application, api: httpx.AsyncClient
) -> None:
    """The application is told where it is, and gets it there by way of the other origin, with or without a name."""
    received = await told_emulator.receive(from_=ANN, media=[PNG, "https://example.com/cat.gif"])
    fields = application.told[0].fields
    assert (fields["NumMedia"], fields["MediaContentType0"], fields["MediaContentType1"]) == ("2", "image/png", "image/gif")
    assert received.message.sid.startswith("MM")
    answer = await api.get(fields["MediaUrl0"], follow_redirects=True)
    assert (answer.content, answer.headers["Content-Type"]) == (PNG, "image/png")
    assert str(answer.url).startswith(told_emulator.media_url)
    assert "Authorization" not in told_emulator.media_requests[-1].headers


async def test_a_text_on_whatsapp_is_told_to_the_service_of_its_sender(connect: Connect, application: Application) -> None:
    """Whose pool it is in, as with a number; and STOP holds for the service."""
    async with Emulator() as emulator, connect(emulator) as api:
        form = {"FriendlyName": "Shop", "InboundRequestUrl": f"{application.url}/service"}
        service = (await api.post("/v1/Services", data=form)).json()["sid"]
        await api.post(f"/v1/Services/{service}/ChannelSenders", data={"Sid": "XE" + "6" * 32})
        received = await emulator.receive("STOP", from_="whatsapp:+15558675310", to=emulator.whatsapp)
        assert received.message.messaging_service_sid == service
        assert [told.target for told in application.told] == ["/service"]
        assert emulator.account.opted_out(service, "whatsapp:+15558675310")


async def test_other_channels_have_fields_of_their_own(told_emulator: Emulator, application: Application) -> None:
    """WhatsApp names the person by his number, has no places, and a test may add what it wants."""
    await told_emulator.receive(
        "Yes", from_="whatsapp:+15558675310", to=told_emulator.whatsapp, fields={"ButtonText": "Yes", "ButtonPayload": "y1"}
    )
    fields = application.told[0].fields
    assert (fields["WaId"], fields["ButtonPayload"]) == ("15558675310", "y1")
    assert not {"FromCountry", "ToZip"} & fields.keys()


async def test_only_own_numbers_receive(told_emulator: Emulator) -> None:
    """The error names those that do."""
    with pytest.raises(ValueError, match=r"\+15017122661"):
        await told_emulator.receive("Hello?", to=BOB)
    with pytest.raises(ValueError, match=r"\+15017122661"):
        told_emulator.set_webhook("http://127.0.0.1:9/", to=BOB)


async def test_without_a_webhook_a_text_just_arrives(emulator: Emulator, application: Application) -> None:
    """Nobody is told; and a webhook can be taken away again."""
    assert not (await emulator.receive("Hello?", from_=ANN)).deliveries
    emulator.set_webhook(application.url)
    emulator.set_webhook(None)
    assert not (await emulator.receive("Hello?", from_=ANN)).deliveries
    assert [message.direction for message in emulator.messages] == ["inbound", "inbound"]


async def test_a_killed_application_gets_its_retry_and_the_fallback(connect: Connect, application: Application) -> None:
    """Nobody listens at the URL: tried again as Twilio does, then the fallback is asked."""
    async with Emulator() as emulator:
        emulator.set_webhook("http://127.0.0.1:9/sms#rc=2", fallback_url=f"{application.url}/fallback")
        received = await emulator.receive("Hello?", from_=ANN)
    (delivery,) = received.deliveries
    assert [attempt.fallback for attempt in delivery.attempts] == [False, False, False, True]
    assert delivery.state == "delivered"
    assert application.told[0].fields["ErrorUrl"] == "http://127.0.0.1:9/sms"


async def test_a_webhook_of_a_tests_own_is_signed_too(emulator: Emulator, application: Application) -> None:
    """JSON has the hash of its body in the URL; a shared key signs with SHA256 and says so."""
    delivery = await emulator.call_webhook(f"{application.url}/events?a=1", json=b'{"type": "x"}')
    assert (delivery.state, delivery.kind) == ("delivered", "custom")
    (told,) = application.told
    assert "bodySHA256=" in told.target
    validator = RequestValidator(emulator.auth_token)
    assert validator.validate(application.url + told.target, told.body.decode(), told.headers["X-Twilio-Signature"])
    await emulator.call_webhook(application.url, {"Name": "value"})
    assert application.told[1].fields == {"Name": "value"}


def _official(text: str) -> str:
    document = MessagingResponse()
    document.message(text)
    return str(document)
