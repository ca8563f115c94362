"""Senders on WhatsApp and RCS: applied for, verified, changed and deleted."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.addresses import channel_of, parse_address
from twilio_async.emulator.domain.channels import ChannelSender

FOLDER = "/v2/Channels/Senders"
SECTIONS = ("configuration", "webhook", "profile")
WHATSAPP, RCS = "whatsapp", "rcs"
PROPERTIES = {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"}
"""What WhatsApp thinks of whoever is online."""

_Method: TypeAlias = Literal["POST", "PUT"]

# Null says nothing: other clients send it for all that they were not told. An empty text takes away what was there.


class Configuration(Struct, omit_defaults=True):
    """How a sender is set up."""

    waba_id: str | None = None
    verification_method: Literal["sms", "voice"] | None = None
    verification_code: str | None = None
    voice_application_sid: str | None = None
    account_type: Literal["ISV", "ISVSubAccount", ""] | None = None


class Webhook(Struct, omit_defaults=True):
    """Who is told of what happens to a sender."""

    callback_url: str | None = None
    callback_method: _Method | None = None
    fallback_url: str | None = None
    fallback_method: _Method | None = None
    status_callback_url: str | None = None
    status_callback_method: str | None = None


class Website(Struct):
    """A website of a sender."""

    website: str
    label: str = ""


class Email(Struct):
    """An email address of a sender."""

    email: str
    label: str = ""


class ContactNumber(Struct):
    """A phone number of a sender."""

    phone_number: str
    label: str = ""


class Profile(Struct, omit_defaults=True):
    """What recipients see of a sender."""

    name: str | None = None
    about: str | None = None
    address: str | None = None
    description: str | None = None
    logo_url: str | None = None
    banner_url: str | None = None
    privacy_url: str | None = None
    terms_of_service_url: str | None = None
    accent_color: str | None = None
    use_case: Literal["PROMOTIONAL", "TRANSACTIONAL", "OTP", "MULTI_USE"] | None = None
    vertical: str | None = None
    websites: list[Website] | None = None
    emails: list[Email] | None = None
    phone_numbers: list[ContactNumber] | None = None


class Given(Struct):
    """What a request says of a sender."""

    friendly_name: str | None = None
    configuration: Configuration | None = None
    webhook: Webhook | None = None
    profile: Profile | None = None


routes: Routes = Routes()


def _content(call: Call, sender: ChannelSender) -> dict[str, object]:
    on_whatsapp = channel_of(sender.sender_id) == WHATSAPP
    return {
        "sid": sender.sid,
        "status": sender.status,
        "sender_id": sender.sender_id,
        "friendly_name": sender.friendly_name or None,
        "configuration": _complete(Configuration, sender.configuration),
        "webhook": _complete(Webhook, sender.webhook),
        "profile": _complete(Profile, sender.profile),
        "properties": PROPERTIES if on_whatsapp and sender.online else None,
        "offline_reasons": sender.offline_reasons or None,
        "compliance": None if on_whatsapp else {"registration_sid": "", "countries": []},
        "url": f"{call.origin}{FOLDER}/{sender.sid}",
    }


def _complete(section: type[Struct], said: dict[str, Any]) -> dict[str, Any]:
    return {name: said.get(name) or None for name in section.__struct_fields__}


def _changed(call: Call, sender: ChannelSender, given: Given) -> ChannelSender:
    """The sender with what a request says of it; what that leaves out stays, and a code is not kept."""
    sections: dict[str, Any] = {
        name: {**getattr(sender, name), **msgspec.to_builtins(getattr(given, name) or {})} for name in SECTIONS
    }
    sections["configuration"].pop("verification_code", None)
    name = sender.friendly_name if given.friendly_name is None else given.friendly_name
    return replace(sender, friendly_name=name, date_updated=call.today, **sections)


@routes.post("CreateChannelsSender", FOLDER, "sender_id", "friendly_name", *SECTIONS, json=True)
def create_sender(call: Call) -> Answer:
    """Apply for a sender. Whoever brings a number that is not the account's has to prove that it is his."""
    sender_id = _free_address(call)
    sender = ChannelSender(
        sid=f"{ChannelSender.PREFIX}{call.unique}",
        account_sid=call.account.sid,
        sender_id=sender_id,
        date_created=call.today,
        verified=channel_of(sender_id) != WHATSAPP or call.account.number(sender_id.partition(":")[2]) is not None,
    )
    sender = _changed(call, sender, call.read(Given))
    if channel_of(sender_id) == WHATSAPP and not sender.profile.get("name"):
        raise errors.MISSING_PARAMETER.error(name="profile.name")
    call.state.keep(call.account, sender)
    return Answer(202, _content(call, sender))


def _free_address(call: Call) -> str:
    """The address that somebody wants to send from."""
    given = call.body.get("sender_id")
    if not given:
        raise errors.MISSING_PARAMETER.error(name="sender_id")
    address = parse_address(given) if isinstance(given, str) else None
    # On WhatsApp a sender is a phone number, on RCS an agent; only numbers receive.
    if address is None or (address.channel, address.can_receive) not in {(WHATSAPP, True), (RCS, False)}:
        raise errors.INVALID_PARAMETER.error(name="sender_id")
    if any(account.channel_sender(address.text) for account in call.state.accounts.values()):
        raise errors.INVALID_PARAMETER.error(name="sender_id")
    return address.text


@routes.get("ListChannelsSender", FOLDER, "Channel", *PARAMETERS)
def list_senders(call: Call) -> Answer:
    """The account's senders on a channel, the newest first."""
    channel = settings.required_choice(call, "Channel", (WHATSAPP, RCS))
    return page_of(
        call,
        "senders",
        call.account.shelf(ChannelSender),
        lambda sender: _content(call, sender),
        filters=("Channel",),
        keep=lambda sender: channel_of(sender.sender_id) == channel,
    )


@routes.get("FetchChannelsSender", f"{FOLDER}/{{Sid}}")
def fetch_sender(call: Call) -> Answer:
    """One sender."""
    return Answer(content=_content(call, call.one(ChannelSender)))


@routes.post("UpdateChannelsSender", f"{FOLDER}/{{Sid}}", "friendly_name", *SECTIONS, json=True)
def update_sender(call: Call) -> Answer:
    """Change a sender, or verify its number; both are looked at, and who is online goes on sending meanwhile."""
    given = call.read(Given)
    sender = _changed(call, _on_whatsapp(call), given)
    if sender.online:
        sender = replace(sender, status="ONLINE:UPDATING")
    elif given.configuration is not None and given.configuration.verification_code:
        sender = replace(sender, status="VERIFYING", offline_reasons=())
    call.state.change(call.account, sender)
    return Answer(202, _content(call, sender))


@routes.delete("DeleteChannelsSender", f"{FOLDER}/{{Sid}}")
def delete_sender(call: Call) -> Answer:
    """Delete a sender; it is in no pool any more."""
    call.account.remove_channel_sender(_on_whatsapp(call).sid)
    return Answer(204)


def _on_whatsapp(call: Call) -> ChannelSender:
    sender = call.one(ChannelSender)
    if channel_of(sender.sender_id) != WHATSAPP:
        raise errors.INVALID_PARAMETER.error(name="Sid")
    return sender
