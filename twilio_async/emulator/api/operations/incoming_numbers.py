"""Phone numbers: what an account owns, buys, sets up and gives back."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, envelope_2010, turn
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.records import Number

FOLDER = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers"
FILTERS = ("FriendlyName", "Beta", "PhoneNumber", "Origin")
ORIGIN = "twilio"
SETTINGS: settings.Settings = {
    "FriendlyName": settings.name,
    "SmsUrl": settings.url,
    "SmsMethod": settings.method,
    "SmsFallbackUrl": settings.url,
    "SmsFallbackMethod": settings.method,
    "SmsApplicationSid": settings.sid("AP"),
    "StatusCallback": settings.url,
    "StatusCallbackMethod": settings.method,
    "VoiceUrl": settings.url,
    "VoiceMethod": settings.method,
    "VoiceFallbackUrl": settings.url,
    "VoiceFallbackMethod": settings.method,
    "VoiceApplicationSid": settings.sid("AP"),
    "VoiceCallerIdLookup": settings.flag,
    "VoiceReceiveMode": settings.one_of("voice", "fax"),
    "TrunkSid": settings.sid("TK"),
    "AddressSid": settings.sid("AD"),
    "IdentitySid": settings.sid("RI"),
    "BundleSid": settings.sid("BU"),
    "EmergencyStatus": settings.one_of("Active", "Inactive"),
    "EmergencyAddressSid": settings.sid("AD"),
}

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_AREA_CODE = re.compile(r"[2-9]\d\d")
_EXCHANGE = "555"
"""What behind the area code belongs to nobody."""

routes: Routes = Routes()


def number_content(account_sid: str, number: Number) -> dict[str, object]:
    """A phone number as the API writes it."""
    return {
        "account_sid": account_sid,
        "address_requirements": "none",
        "address_sid": number.address_sid,
        "api_version": "2010-04-01",
        "beta": False,
        "bundle_sid": number.bundle_sid,
        "capabilities": {
            "fax": False,
            "mms": "MMS" in number.capabilities,
            "sms": "SMS" in number.capabilities,
            "voice": "Voice" in number.capabilities,
        },
        "date_created": rfc2822(number.date_created),
        "date_updated": rfc2822(number.date_updated),
        "emergency_address_sid": number.emergency_address_sid,
        "emergency_address_status": "unregistered",
        "emergency_status": number.emergency_status,
        "friendly_name": number.number if number.friendly_name is None else number.friendly_name,
        "identity_sid": number.identity_sid,
        "origin": ORIGIN,
        "phone_number": number.number,
        "sid": number.sid,
        "sms_application_sid": number.sms_application_sid,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_method": number.sms_method,
        "sms_url": number.sms_url,
        "status": "in-use",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": number.trunk_sid,
        "type": "local",
        "uri": f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_application_sid": number.voice_application_sid,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_receive_mode": number.voice_receive_mode,
        "voice_url": number.voice_url,
    }


def _content(call: Call, number: Number) -> dict[str, object]:
    return number_content(call.account.sid, number)


def _number(call: Call) -> Number:
    number = call.account.numbers.get(call.sids["Sid"])
    if number is None or not number.sid.startswith("PN"):
        raise call.not_found()
    return number


@routes.post("CreateIncomingPhoneNumber", f"{FOLDER}.json", "PhoneNumber", "AreaCode", "ApiVersion", *SETTINGS)
def create_number(call: Call) -> Answer:
    """Buy a number: the one that is named, or any in an area."""
    number = new_number(call, wanted(call, lambda address: call.state.owner_of(address) is not None))
    call.account.numbers[number.sid] = number
    return Answer(201, _content(call, number))


def new_number(call: Call, address: str) -> Number:
    """The number that a call makes, with its settings."""
    number = Number(
        sid=f"PN{call.unique}",
        number=address,
        country=country_of(address) or "US",
        date_created=call.today,
        date_updated=call.today,
    )
    return replace(number, **settings.given(call, SETTINGS))


def wanted(call: Call, taken: Callable[[str], bool]) -> str:
    """The number that somebody wants to buy.

    Args:
        call: says which, by ``PhoneNumber`` or ``AreaCode``.
        taken: whether somebody has a number.

    Raises:
        ApiError: it is no phone number (21421), somebody has it (21422), it is no area code (21451), or all of the area's
            numbers are taken (21452).
    """
    address, area = call.text("PhoneNumber"), call.text("AreaCode")
    if address or not area:
        if not _NUMBER.fullmatch(address or ""):
            raise errors.NUMBER_INVALID.error()
        if taken(address or ""):
            raise errors.NUMBER_TAKEN.error()
        return address or ""
    if not _AREA_CODE.fullmatch(area):
        raise errors.AREA_CODE_INVALID.error()
    local = (f"+1{area}{_EXCHANGE}{index:04}" for index in range(10_000))
    free = next((number for number in local if not taken(number)), None)
    if free is None:
        raise errors.AREA_CODE_EMPTY.error(area=area)
    return free


@routes.get("ListIncomingPhoneNumber", f"{FOLDER}.json", *FILTERS, *PARAMETERS)
def list_numbers(call: Call) -> Answer:
    """The numbers that the account owns, the newest first; short codes are elsewhere."""
    collection = numbers_of(call.account, "PN")
    asked = turn(call, collection)
    found = collection.slice(asked.size, after=asked.after, before=asked.before, keep=_filter(call))
    return envelope_2010(call, "incoming_phone_numbers", FILTERS, asked, found, lambda number: _content(call, number))


def numbers_of(account: Account, prefix: str) -> Collection[Number]:
    """What an account owns whose sids begin so, as a list shows it."""
    # Those that are gone keep their place, so that a page may still follow them.
    collection: Collection[Number] = Collection()
    numbers = [number for number in {**account.released, **account.numbers}.values() if number.sid.startswith(prefix)]
    for number in sorted(numbers, key=lambda number: number.sid):
        collection.add(number, number.date_created)
    for sid in account.released.keys() - account.numbers.keys():
        if collection.get(sid):
            collection.remove(sid)
    return collection


def _filter(call: Call) -> Callable[[Number], bool]:
    named, part = is_named(call), matches(call, "PhoneNumber")
    origin, beta = call.text("Origin"), call.flag("Beta")
    return lambda number: named(number) and part(number) and origin in {None, "", ORIGIN} and beta is not True


def is_named(call: Call) -> Callable[[Number], bool]:
    """Whether a number has the name that a list is asked for, if it is."""
    name = call.text("FriendlyName")
    return lambda number: name in {None, "", number.friendly_name or number.number}


def matches(call: Call, parameter: str) -> Callable[[Number], bool]:
    """Whether a number has the part that a list is asked for, if it is; ``*`` in it is any digit."""
    part = re.escape(call.text(parameter) or "").replace(r"\*", r"\d")
    return lambda number: re.search(part, number.number) is not None


@routes.get("FetchIncomingPhoneNumber", f"{FOLDER}/{{Sid}}.json")
def fetch_number(call: Call) -> Answer:
    """One number."""
    return Answer(content=_content(call, _number(call)))


@routes.post("UpdateIncomingPhoneNumber", f"{FOLDER}/{{Sid}}.json", "AccountSid", "ApiVersion", *SETTINGS)
def update_number(call: Call) -> Answer:
    """Set a number up, or hand it over to another account of the family."""
    owner = _new_owner(call)
    number = replace(_number(call), date_updated=call.today, **settings.given(call, SETTINGS))
    if owner is not call.account:
        call.account.remove_number(number.sid)
        owner.released.pop(number.sid, None)
    owner.numbers[number.sid] = number
    return Answer(content=number_content(owner.sid, number))


def _new_owner(call: Call) -> Account:
    sid = call.text("AccountSid") or call.account.sid
    owner = call.state.accounts.get(sid)
    if owner is None or (owner.parent or owner) is not (call.account.parent or call.account):
        raise errors.INVALID_PARAMETER.error(name="AccountSid")
    return owner


@routes.delete("DeleteIncomingPhoneNumber", f"{FOLDER}/{{Sid}}.json")
def delete_number(call: Call) -> Answer:
    """Give a number back; it is in no pool any more."""
    call.account.remove_number(_number(call).sid)
    return Answer(204)
