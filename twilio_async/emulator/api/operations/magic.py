"""What test credentials can do: make messages, calls and numbers that are not real, with inputs that mean something.

https://www.twilio.com/docs/iam/test-credentials
"""

from __future__ import annotations

from collections.abc import Mapping

from twilio_async.emulator.api.admission import LIVE, Checks, admit
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822
from twilio_async.emulator.api.operations.incoming_numbers import FOLDER as NUMBERS
from twilio_async.emulator.api.operations.incoming_numbers import SETTINGS, new_number, number_content, wanted
from twilio_async.emulator.api.operations.messages import FOLDER as MESSAGES
from twilio_async.emulator.api.operations.messages import first_version, message_content
from twilio_async.emulator.api.operations.messages import routes as message_routes
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.addresses import Address, parse_address
from twilio_async.emulator.domain.credentials import Credentials
from twilio_async.emulator.domain.errors import Row, masked

CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls"

_MESSAGE_PARAMETERS = next(route.parameters for route in message_routes if route.operation_id == "CreateMessage")
_CALL_PARAMETERS = (
    *("To", "From", "Url", "Twiml", "ApplicationSid", "Method", "FallbackUrl", "FallbackMethod"),
    *("StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod", "SendDigits", "Timeout", "TimeLimit"),
    *("Record", "RecordingChannels", "RecordingTrack", "RecordingStatusCallback", "RecordingStatusCallbackMethod"),
    *("RecordingStatusCallbackEvent", "RecordingConfigurationId", "SipAuthUsername", "SipAuthPassword", "Trim"),
    *("MachineDetection", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold"),
    *("MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout"),
    *("AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", "ClientNotificationUrl"),
    *("CallerId", "CallReason", "CallToken", "Byoc", "Passports"),
)


def _magic(last: int) -> str:
    return f"+1500555{last:04}"


VALID = _magic(6)
"""The number that can be bought, texted from and called from."""

MESSAGE_FROM: Mapping[str, Row] = {_magic(1): errors.FROM_INVALID, _magic(7): errors.FROM_NOT_OWNED}
MESSAGE_TO_INVALID = _magic(1)
MESSAGE_TO: Mapping[str, Row] = {
    _magic(2): errors.UNREACHABLE,
    _magic(3): errors.REGION_NOT_ENABLED,
    _magic(4): errors.OPTED_OUT,
    _magic(9): errors.NOT_MOBILE,
}
MESSAGE_QUEUE_FULL = _magic(8)
CALL_FROM: Mapping[str, Row] = {_magic(1): errors.CALL_FROM_INVALID}
CALL_TO: Mapping[str, Row] = {
    _magic(1): errors.CALL_TO_INVALID,
    _magic(2): errors.CALL_TO_UNREACHABLE,
    _magic(3): errors.CALL_REGION_NOT_ENABLED,
    _magic(4): errors.CALL_TO_BLOCKED,
}
NUMBER: Mapping[str, Row] = {_magic(0): errors.NUMBER_TAKEN, _magic(1): errors.NUMBER_INVALID}
EMPTY_AREA = "533"

routes: Routes = Routes()


def pretender(credentials: Credentials) -> Account:
    """The account that test credentials open: it owns nothing, and is gone with the request."""
    return Account(credentials.test_sid, credentials.test_token, {}, ())


@routes.post("CreateMessage", f"{MESSAGES}.json", *_MESSAGE_PARAMETERS)
def create_message(call: Call) -> Answer:
    """Answer as if a message were accepted."""
    return Answer(201, message_content(first_version(call, admit(call, CHECKS)), feedback=False))


def _recipient(text: str) -> Address:
    if text == MESSAGE_TO_INVALID:
        raise errors.TO_INVALID.error(to=masked(text))
    return LIVE.recipient(text)


def _sender(call: Call, text: str, to: Address, as_mms: bool) -> str:  # noqa: ARG001, FBT001  # has its place in `Checks`
    address = parse_address(text)
    if address is None:
        raise errors.FROM_INVALID.error(sender=text)
    if address.text not in {VALID, MESSAGE_QUEUE_FULL}:
        raise MESSAGE_FROM.get(address.text, errors.FROM_NOT_OWNED).error(sender=address.text)
    if address.channel != to.channel:
        raise errors.CHANNELS_DIFFER.error()
    if address == to:
        raise errors.TO_IS_FROM.error(to=masked(to.text))
    return address.text


def _permit(call: Call, to: Address, sender: str | None, service_sid: str | None) -> None:  # noqa: ARG001  # as above
    if to.text in MESSAGE_TO:
        raise MESSAGE_TO[to.text].error(to=masked(to.text), sender=masked(sender or ""))
    if sender == MESSAGE_QUEUE_FULL:
        raise errors.QUEUE_FULL.error()


CHECKS = Checks(recipient=_recipient, sender=_sender, permit=_permit)


@routes.post("CreateCall", f"{CALLS}.json", *_CALL_PARAMETERS)
def create_call(call: Call) -> Answer:
    """Answer as if somebody were called."""
    to, sender = call.text("To"), call.text("From")
    if not to:
        raise errors.CALL_TO_MISSING.error()
    if not sender:
        raise errors.CALL_FROM_MISSING.error()
    if not (call.text("Url") or call.text("Twiml") or call.text("ApplicationSid")):
        raise errors.CALL_URL_MISSING.error()
    if sender != VALID:
        raise CALL_FROM.get(sender, errors.CALL_FROM_UNVERIFIED).error(sender=sender)
    address = parse_address(to)
    if to in CALL_TO or address is None or address.kind != "number":
        raise CALL_TO.get(to, errors.CALL_TO_INVALID).error(to=masked(to))
    return Answer(201, _call_content(call, address.text, sender))


def _call_content(call: Call, to: str, sender: str) -> dict[str, object]:
    uri = f"/2010-04-01/Accounts/{call.account.sid}/Calls/CA{call.unique}"
    unknown_yet = (
        *("annotation", "answered_by", "caller_name", "duration", "end_time", "forwarded_from", "group_sid"),
        *("parent_call_sid", "price", "start_time", "trunk_sid"),
    )
    return {
        **dict.fromkeys(unknown_yet),
        "account_sid": call.account.sid,
        "api_version": "2010-04-01",
        "date_created": rfc2822(call.today),
        "date_updated": rfc2822(call.today),
        "direction": "outbound-api",
        "from": sender,
        "from_formatted": sender,
        "phone_number_sid": f"PN{call.unique}",
        "price_unit": "USD",
        "queue_time": "0",
        "sid": f"CA{call.unique}",
        "status": "queued",
        "subresource_uris": {"recordings": f"{uri}/Recordings.json"},
        "to": to,
        "to_formatted": to,
        "uri": f"{uri}.json",
    }


@routes.post("CreateIncomingPhoneNumber", f"{NUMBERS}.json", "PhoneNumber", "AreaCode", "ApiVersion", *SETTINGS)
def create_number(call: Call) -> Answer:
    """Answer as if a number were bought."""
    address = call.text("PhoneNumber") or ""
    if address in NUMBER:
        raise NUMBER[address].error()
    if not address and call.text("AreaCode") == EMPTY_AREA:
        raise errors.AREA_CODE_EMPTY.error(area=EMPTY_AREA)
    return Answer(201, number_content(call.account.sid, new_number(call, wanted(call, lambda _: False))))
