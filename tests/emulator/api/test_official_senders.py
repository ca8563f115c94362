"""Twilio's own client with what an account texts from: senders on WhatsApp, numbers, short codes, and the money for it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from twilio.rest.messaging.v2.channels_sender import ChannelsSenderList

from tests.emulator.api.conftest import OFFICIAL, Official

pytestmark = OFFICIAL

STRANGE = "whatsapp:+14155550177"
ANN = "whatsapp:+15558675310"

# The asynchronous half sends a form where it should send JSON, and says that it is JSON.
SENDS_JSON = pytest.mark.parametrize("half", ["sync"])


def application(**said: Any) -> Any:
    """What the official client applies for a sender with."""
    return ChannelsSenderList.MessagingV2ChannelsSenderRequestsCreate(_objects(said))


def change(**said: Any) -> Any:
    """What it changes a sender with."""
    return ChannelsSenderList.MessagingV2ChannelsSenderRequestsUpdate(_objects(said))


def _objects(said: dict[str, Any]) -> dict[str, Any]:
    kinds = {
        "configuration": ChannelsSenderList.MessagingV2ChannelsSenderConfiguration,
        "profile": ChannelsSenderList.MessagingV2ChannelsSenderProfile,
    }
    return {name: kinds[name](value) if name in kinds else value for name, value in said.items()}


@SENDS_JSON
async def test_a_sender_on_whatsapp_writes_through_a_service(official: Official) -> None:
    """Applied for, verified, online, put into a pool, written from, changed, removed and deleted."""
    client, emulator = official.client, official.emulator
    senders = client.messaging.v2.channels_senders
    asked = application(sender_id=STRANGE, profile={"name": "Parcels"}, configuration={"waba_id": "1"})
    made = await official(senders, "create", asked)
    assert (made.status, made.sender_id, made.profile["name"]) == ("CREATING", STRANGE, "Parcels")
    assert (await official(senders(made.sid), "fetch")).status == "PENDING_VERIFICATION"
    verifying = await official(senders(made.sid), "update", change(configuration={"verification_code": "123456"}))
    assert (verifying.status, verifying.configuration["waba_id"], verifying.profile["name"]) == ("VERIFYING", "1", "Parcels")
    assert (await official(senders(made.sid), "fetch")).status == "ONLINE"
    listed = await official(senders, "list", channel="whatsapp")
    assert [sender.sender_id for sender in listed] == [STRANGE, emulator.whatsapp]

    service = await official.service(0)
    pool = service.channel_senders
    member = await official(pool, "create", sid=made.sid)
    assert (member.sender, member.sender_type, member.messaging_service_sid) == (STRANGE, "WhatsApp", service.sid)
    assert await official.refused(pool, "create", sid=made.sid) == (409, 21710)
    sent = await official.send(to=ANN, messaging_service_sid=service.sid)
    assert (await official(client.messages(sent.sid), "fetch")).from_ == STRANGE
    inbound = (await emulator.receive("Thanks", from_=ANN, to=STRANGE)).message
    assert inbound.messaging_service_sid == service.sid
    typing = await official(client.messaging.v2.typing_indicator, "create", channel="whatsapp", message_id=inbound.sid)
    assert typing.success is True

    changed = await official(senders(made.sid), "update", change(profile={"about": "We carry"}))
    assert (changed.status, changed.profile["name"], changed.profile["about"]) == ("ONLINE:UPDATING", "Parcels", "We carry")
    emulator.reject(made.sid, "Spam", 63100)
    refused = await official(senders(made.sid), "fetch")
    assert (refused.status, refused.offline_reasons[0]["code"]) == ("OFFLINE", "63100")
    message = {"to": ANN, "body": "Hello", "messaging_service_sid": service.sid}
    assert await official.refused(client.messages, "create", **message) == (400, 21703)
    assert await official(pool(made.sid), "delete") is True
    assert await official(senders(made.sid), "delete") is True
    assert await official.refused(senders(made.sid), "fetch") == (404, 20404)
    assert await official.refused(pool, "create", sid=made.sid) == (404, 21711)


async def test_an_empty_text_takes_a_setting_away(api: httpx.AsyncClient) -> None:
    """Such as the kind of account; null says nothing, nor does a section that is null."""
    sender = "/v2/Channels/Senders/XE" + "6" * 32
    said = {"friendly_name": "Shop", "configuration": {"account_type": "ISV"}, "profile": {"name": "Parcels"}}
    assert (await api.post(sender, json=said)).json()["configuration"]["account_type"] == "ISV"
    same = await api.post(sender, json={"friendly_name": None, "configuration": {"account_type": None}, "profile": None})
    assert (same.status_code, same.json()["configuration"]["account_type"]) == (202, "ISV")
    assert (same.json()["friendly_name"], same.json()["profile"]["name"]) == ("Shop", "Parcels")
    cleared = (await api.post(sender, json={"friendly_name": "", "configuration": {"account_type": ""}})).json()
    assert (cleared["friendly_name"], cleared["configuration"]["account_type"]) == (None, None)
    assert (await api.post(sender, content=b"[]", headers={"Content-Type": "application/json"})).status_code == 400


async def test_an_id_for_one_country_goes_before_the_general_one(official: Official) -> None:
    """Added, listed by country, and shown to who lives there."""
    service = await official.service()
    await official(service.alpha_senders, "create", alpha_sender="Parcels")
    pool = service.destination_alpha_senders
    french = await official(pool, "create", alpha_sender="Colis", iso_country_code="FR")
    assert (french.alpha_sender, french.iso_country_code) == ("Colis", "FR")
    assert [sender.sid for sender in await official(pool, "list", iso_country_code="FR")] == [french.sid]
    assert len(await official(pool, "list")) == 2
    sent = await official.send(to="+33612345678", messaging_service_sid=service.sid)
    assert (await official(official.client.messages(sent.sid), "fetch")).from_ == "Colis"
    assert await official(pool(french.sid), "delete") is True
    assert await official.refused(pool(french.sid), "fetch") == (404, 20404)


async def test_an_account_pays_for_what_it_sends(official: Official) -> None:
    """A number is bought, set up and given back, a short code set up, and what is left goes down."""
    client = official.client
    before = Decimal((await official(client.balance, "fetch")).balance)
    number = await official(client.incoming_phone_numbers, "create", area_code="202", sms_url="https://x.example/in")
    moved = await official(client.incoming_phone_numbers(number.sid), "update", sms_url="", friendly_name="Parcels")
    assert (moved.sms_url, moved.friendly_name) == (None, "Parcels")
    sent = await official.send(from_=number.phone_number)
    assert (await official(client.messages(sent.sid), "fetch")).status == "delivered"
    left = await official(client.balance, "fetch")
    assert (Decimal(left.balance), left.currency) == (before - Decimal("0.0075"), "USD")
    assert await official(client.incoming_phone_numbers(number.sid), "delete") is True
    assert await official.refused(client.incoming_phone_numbers(number.sid), "fetch") == (404, 20404)

    (code,) = await official(client.short_codes, "list", short_code="7*7")
    assert (code.short_code, code.friendly_name) == ("70707", "70707")
    set_up = await official(client.short_codes(code.sid), "update", sms_url="https://x.example/in", sms_method="GET")
    assert (set_up.sms_url, set_up.sms_method) == ("https://x.example/in", "GET")
    assert (await official(client.short_codes(code.sid), "fetch")).sms_url == "https://x.example/in"


async def test_deactivated_numbers_are_said_to_be_elsewhere(official: Official) -> None:
    """The official client follows no redirect; it says where it leads."""
    official.emulator.deactivate("+15558675310", day=date(2024, 5, 24))
    found = await official(official.client.messaging.v1.deactivations(), "fetch", date=date(2024, 5, 24))
    assert found.redirect_to == f"{official.emulator.media_url}/deactivations/2024-05-24.txt"
