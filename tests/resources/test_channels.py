"""Senders on WhatsApp and RCS over a real socket: applied for, verified, changed, deleted; and signs of life."""

from __future__ import annotations

import json
from typing import Any

import pytest

from twilio_async import (
    AmbiguousOutcome,
    AsyncSession,
    Contact,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    SenderConfiguration,
    SenderProfile,
    SenderWebhook,
)
from twilio_async.emulator import Emulator

OWN, STRANGE = "whatsapp:+15017122661", "whatsapp:+14155550177"
ANN = "whatsapp:+15558675310"
UNKNOWN = "XE" + "0" * 32
CONFIGURATION = SenderConfiguration(
    waba_id="12345678912345", verification_method="voice", voice_application_sid="AP" + "1" * 32, account_type="ISV"
)
WEBHOOK = SenderWebhook(
    callback_url="https://example.com/in", callback_method="PUT",
    fallback_url="https://example.com/else", fallback_method="PUT",
    status_callback_url="https://example.com/status", status_callback_method="POST",
)  # fmt: skip
PROFILE = SenderProfile(
    name="Parcels", about="We carry", address="Example St 1", description="Parcels and more",
    logo_url="https://example.com/logo", banner_url="https://example.com/banner",
    privacy_url="https://example.com/privacy", terms_of_service_url="https://example.com/terms",
    accent_color="#112233", use_case="OTP", vertical="Travel and Transportation",
    websites=(Contact(website="https://example.com", label="Website"),),
    emails=(Contact(email="us@example.com", label="Email"),),
    phone_numbers=(Contact(phone_number="+15017122661", label="Phone"),),
)  # fmt: skip


def body(emulator: Emulator) -> Any:
    """What the last request said."""
    return json.loads(emulator.requests[-1].body)


async def test_a_sender_is_applied_for_with_all_that_can_be_said(twilio: AsyncSession, emulator: Emulator) -> None:
    """It goes out in Twilio's words, and comes back as what was given."""
    sender = await twilio.channels_senders.create(
        sender_id=OWN, friendly_name="Shop", configuration=CONFIGURATION, webhook=WEBHOOK, profile=PROFILE
    )
    sent = body(emulator)
    assert sent.keys() == {"sender_id", "friendly_name", "configuration", "webhook", "profile"}
    assert sent["profile"]["websites"] == [{"website": "https://example.com", "label": "Website"}]
    assert sent["configuration"].keys() == {"waba_id", "verification_method", "voice_application_sid", "account_type"}
    assert (sender.status, sender.sender_id, sender.friendly_name) == ("CREATING", OWN, "Shop")
    assert (sender.configuration, sender.webhook, sender.profile) == (CONFIGURATION, WEBHOOK, PROFILE)
    assert (sender.properties, sender.offline_reasons, sender.compliance) == (None, None, None)
    online = await twilio.channels_senders.fetch(sender.sid)
    assert (online.status, online.profile) == ("ONLINE", PROFILE)
    assert online.properties is not None
    assert (online.properties.quality_rating, online.properties.messaging_limit) == ("HIGH", "10K Customers/24hr")
    assert (await twilio.messages.create(to=ANN, from_=OWN, body="Hello")).from_ == OWN


async def test_a_strange_number_is_verified_by_a_code(twilio: AsyncSession, emulator: Emulator) -> None:
    """It sends nothing before; and the code is not told again. Mappings say the same as the types."""
    sender = await twilio.channels_senders.create(sender_id=STRANGE, profile={"name": "Parcels"})
    assert (await twilio.channels_senders.fetch(sender.sid)).status == "PENDING_VERIFICATION"
    with pytest.raises(InvalidRequest) as caught:
        await twilio.messages.create(to=ANN, from_=STRANGE, body="Hello")
    assert caught.value.code == 63007
    verifying = await twilio.channels_senders.update(sender.sid, configuration={"verification_code": "123456"})
    assert body(emulator) == {"configuration": {"verification_code": "123456"}}
    assert verifying.status == "VERIFYING"
    assert verifying.configuration == SenderConfiguration()
    assert (await twilio.channels_senders.fetch(sender.sid)).status == "ONLINE"
    assert (await twilio.messages.create(to=ANN, from_=STRANGE, body="Hello")).from_ == STRANGE
    emulator.reject(sender.sid)
    assert (await twilio.channels_senders.update(sender.sid, friendly_name="Shop")).status == "OFFLINE"


async def test_a_refused_sender_says_why(twilio: AsyncSession, emulator: Emulator) -> None:
    """It is offline, cannot send, and comes online when it is granted after all."""
    sender = await twilio.channels_senders.create(sender_id=OWN, profile={"name": "Parcels"})
    emulator.reject(sender.sid, "No such business", 63100)
    refused = await twilio.channels_senders.fetch(sender.sid)
    assert refused.status == "OFFLINE"
    assert refused.offline_reasons is not None
    (reason,) = refused.offline_reasons
    assert (reason.code, reason.message) == (63100, "No such business")
    assert reason.more_info is not None
    with pytest.raises(InvalidRequest):
        await twilio.messages.create(to=ANN, from_=OWN, body="Hello")
    assert (await twilio.channels_senders.update(sender.sid, friendly_name="Shop")).status == "OFFLINE"
    emulator.approve(sender.sid)
    assert (await twilio.channels_senders.fetch(sender.sid)).status == "ONLINE"


async def test_an_update_changes_what_is_given_and_nothing_else(twilio: AsyncSession, emulator: Emulator) -> None:
    """Within a section too; the sender goes on sending; a lost answer is made up for."""
    sender = await twilio.channels_senders.create(sender_id=OWN, configuration=CONFIGURATION, webhook=WEBHOOK, profile=PROFILE)
    emulator.approve(sender.sid)
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    changed = await twilio.channels_senders.update(
        sender.sid, friendly_name="Shop", profile=SenderProfile(about="We carry all"), webhook={"callback_method": "POST"}
    )
    assert body(emulator) == {
        "friendly_name": "Shop",
        "profile": {"about": "We carry all"},
        "webhook": {"callback_method": "POST"},
    }
    assert (changed.status, changed.friendly_name, changed.configuration) == ("ONLINE:UPDATING", "Shop", CONFIGURATION)
    assert changed.profile is not None
    assert changed.webhook is not None
    assert (changed.profile.about, changed.profile.name) == ("We carry all", "Parcels")
    assert (changed.webhook.callback_method, changed.webhook.fallback_method) == ("POST", "PUT")
    assert (await twilio.messages.create(to=ANN, from_=OWN, body="Hello")).from_ == OWN


async def test_a_deleted_sender_is_gone(twilio: AsyncSession, emulator: Emulator) -> None:
    """Out of its service too; it can be applied for again."""
    (sender,) = await twilio.channels_senders.list(channel="whatsapp").to_list()
    service = await twilio.services.create(friendly_name="Parcels")
    await twilio.channel_senders.add(service.sid, sid=sender.sid)
    emulator.faults.add("DELETE", kind="accept_then_500", times=1)
    await twilio.channels_senders.delete(sender.sid)
    assert await twilio.channel_senders.list(service.sid).to_list() == []
    assert sender.sender_id not in emulator.account.channels
    for call in (twilio.channels_senders.fetch, twilio.channels_senders.update, twilio.channels_senders.delete):
        with pytest.raises(NotFound):
            await call(sender.sid)
    again = await twilio.channels_senders.create(sender_id=sender.sender_id, profile={"name": "Parcels"})
    assert again.sid != sender.sid


async def test_senders_are_listed_by_channel(twilio: AsyncSession, emulator: Emulator) -> None:
    """Those that every emulator begins with, and those that were applied for, page by page."""
    await twilio.channels_senders.create(sender_id=OWN, profile={"name": "Parcels"})
    agent = await twilio.channels_senders.create(sender_id="rcs:letters_agent")
    listed = [sender.sender_id async for sender in twilio.channels_senders.list(channel="whatsapp", page_size=1)]
    assert listed == [OWN, emulator.whatsapp]
    assert emulator.requests[-1].parameters["Channel"] == ["whatsapp"]
    agents = await twilio.channels_senders.list(channel="rcs").to_list()
    assert [sender.sender_id for sender in agents] == ["rcs:letters_agent", emulator.rcs]
    assert agents[0].compliance is not None
    assert (agents[0].compliance.registration_sid, agents[0].compliance.countries) == ("", ())
    for call in (twilio.channels_senders.update, twilio.channels_senders.delete):
        with pytest.raises(InvalidRequest):
            await call(agent.sid)
    for channel in ("sms", ""):
        with pytest.raises(InvalidRequest):
            await twilio.channels_senders.list(channel=channel)


@pytest.mark.parametrize(
    ("sender_id", "settings"),
    [
        ("", {}),
        ("+15017122661", {}),
        ("whatsapp:12", {"profile": {"name": "x"}}),
        ("messenger:shop", {}),
        ("rcs:+15017122661", {}),
        ("whatsapp:+14155238886", {"profile": {"name": "taken"}}),
        (OWN, {}),
        (OWN, {"profile": {"name": ""}}),
        (OWN, {"profile": {"name": "x"}, "webhook": {"callback_method": "GET"}}),
        (OWN, {"profile": {"name": "x", "websites": ({"label": "Website"},)}}),
    ],
)
async def test_not_everybody_can_be_a_sender(
    sender_id: str, settings: dict[str, Any], twilio: AsyncSession, emulator: Emulator
) -> None:
    """400 (20001), and nobody is made one."""
    before = {*emulator.account.channels}
    with pytest.raises(InvalidRequest) as caught:
        await twilio.channels_senders.create(sender_id=sender_id, **settings)
    assert caught.value.code == 20001
    assert emulator.account.channels == before


async def test_what_cannot_be_sent_is_named(twilio: AsyncSession, emulator: Emulator) -> None:
    """A section of the wrong shape fails before anything goes out."""
    wrong: Any = {"callback_url": 5}
    with pytest.raises(InvalidArgument) as caught:
        await twilio.channels_senders.create(sender_id=OWN, webhook=wrong)
    assert (caught.value.argument, caught.value.operation) == ("webhook", "channels_senders.create")
    assert emulator.requests == []


async def test_an_application_whose_answer_is_lost_is_not_repeated(twilio: AsyncSession, emulator: Emulator) -> None:
    """Its repeat would be refused."""
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome):
        await twilio.channels_senders.create(sender_id=OWN, profile={"name": "Parcels"})
    assert len(emulator.requests) == 1


async def test_an_answer_on_whatsapp_is_announced(twilio: AsyncSession, emulator: Emulator) -> None:
    """By the text that is answered, in both versions; a lost answer is made up for."""
    sid = (await emulator.receive("Hello?", from_=ANN, to=emulator.whatsapp)).message.sid
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    assert (await twilio.typing_indicators.create(channel="whatsapp", message_id=sid)).success
    assert emulator.requests[-1].parameters == {"channel": ["whatsapp"], "messageId": [sid]}
    assert (await twilio.typing_indicators.create_v3(channel="WHATSAPP", message_id=sid)).success
    assert body(emulator) == {"channel": "WHATSAPP", "messageId": sid}


async def test_an_answer_elsewhere_is_announced(twilio: AsyncSession, emulator: Emulator) -> None:
    """By who writes to whom; Apple's users also see that it will not come."""
    rcs: Any = {"from_": emulator.rcs, "to": "rcs:+15558675310"}
    assert (await twilio.typing_indicators.create_v3(channel="RCS", **rcs)).success
    assert body(emulator) == {"channel": "RCS", "from": emulator.rcs, "to": "rcs:+15558675310"}
    emulator.account.channels |= {"apple:shop"}
    apple: Any = {"from_": "apple:shop", "to": "apple:urn:mbid:AQAAY", "event": "END"}
    assert (await twilio.typing_indicators.create_v3(channel="APPLE", **apple)).success
    assert body(emulator)["event"] == "END"


async def test_not_everything_can_be_answered(twilio: AsyncSession, emulator: Emulator) -> None:
    """A text that nobody sent, or not on WhatsApp; an announcement that its channel does not know."""
    text = (await emulator.receive("Hello?")).message.sid
    own = (await twilio.messages.create(to=ANN, from_=emulator.whatsapp, body="Hello")).sid
    indicators = twilio.typing_indicators
    for sid in (text, own, "SM1"):
        with pytest.raises(InvalidRequest):
            await indicators.create_v3(channel="WHATSAPP", message_id=sid)
    for sid in ("SM" + "0" * 32, "MM" + "0" * 32):
        with pytest.raises(NotFound):
            await indicators.create(channel="whatsapp", message_id=sid)
    rcs: Any = {"channel": "RCS", "from_": emulator.rcs, "to": "rcs:+15558675310"}
    for changes in ({"event": "END"}, {"to": "rcs:agent"}, {"to": ANN}, {"from_": None}, {"channel": "SMS"}):
        with pytest.raises(InvalidRequest):
            await indicators.create_v3(**{**rcs, **changes})
    with pytest.raises(NotFound):
        await indicators.create_v3(**{**rcs, "from_": "rcs:nobody"})
