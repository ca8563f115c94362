"""Signs that an answer is being written. Nothing is kept of them but the request."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from msgspec import Struct, field

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.addresses import channel_of, parse_address

_MESSAGE_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")


class _OnWhatsApp(Struct, tag_field="channel", tag="WHATSAPP", forbid_unknown_fields=True):
    message_id: str = field(name="messageId")


class _OnApple(Struct, tag_field="channel", tag="APPLE", forbid_unknown_fields=True):
    to: str
    from_: str = field(name="from")
    event: Literal["START", "END"] = "START"


class _OnRcs(Struct, tag_field="channel", tag="RCS", forbid_unknown_fields=True):
    to: str
    from_: str = field(name="from")
    event: Literal["START"] = "START"


_INDICATOR: Final[Any] = _OnWhatsApp | _OnApple | _OnRcs

routes: Routes = Routes()


@routes.post("CreateTypingIndicator", "/v2/Indicators/Typing.json", "channel", "messageId")
def create_indicator(call: Call) -> Answer:
    """Show somebody on WhatsApp that his message is being answered."""
    settings.required_choice(call, "channel", ("whatsapp",))
    sid = call.text("messageId")
    if not sid:
        raise errors.MISSING_PARAMETER.error(name="messageId")
    _check_message(call, sid)
    return Answer(content={"success": True})


@routes.post("CreateV3TypingIndicator", "/v3/Indicators/Typing.json", "channel", "messageId", "from", "to", "event", json=True)
def create_indicator_v3(call: Call) -> Answer:
    """The same for several channels; what tells whom it is for differs between them."""
    indicator = call.read(_INDICATOR)
    if isinstance(indicator, _OnWhatsApp):
        _check_message(call, indicator.message_id)
    else:
        _check_ends(call, indicator.from_, indicator.to, "apple" if isinstance(indicator, _OnApple) else "rcs")
    return Answer(content={"success": True})


def _check_message(call: Call, sid: str) -> None:
    message = call.account.messages.get(sid)
    if _MESSAGE_SID.fullmatch(sid) and message is None:
        raise call.not_found()
    if message is None or message.direction != "inbound" or channel_of(message.from_ or "") != "whatsapp":
        raise errors.INVALID_PARAMETER.error(name="messageId")


def _check_ends(call: Call, sender: str, recipient: str, channel: str) -> None:
    for name, end in (("from", sender), ("to", recipient)):
        address = parse_address(end)
        if address is None or address.channel != channel or (name == "to" and not address.can_receive):
            raise errors.INVALID_PARAMETER.error(name=name)
    if sender not in call.account.channels:
        raise call.not_found()
