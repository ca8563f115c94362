"""Short codes: what an account owns, and sets up. They are neither bought nor given back here."""

from __future__ import annotations

from msgspec.structs import replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.operations.incoming_numbers import is_named, matches, numbers_of
from twilio_async.emulator.api.paging import PARAMETERS, envelope_2010, turn
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain.records import Number

FOLDER = "/2010-04-01/Accounts/{AccountSid}/SMS/ShortCodes"
FILTERS = ("FriendlyName", "ShortCode")
SETTINGS: settings.Settings = {
    "FriendlyName": settings.name,
    "SmsUrl": settings.url,
    "SmsMethod": settings.method,
    "SmsFallbackUrl": settings.url,
    "SmsFallbackMethod": settings.method,
}

routes: Routes = Routes()


def _content(call: Call, code: Number) -> dict[str, object]:
    return {
        "account_sid": call.account.sid,
        "api_version": "2010-04-01",
        "date_created": rfc2822(code.date_created),
        "date_updated": rfc2822(code.date_updated),
        "friendly_name": code.number if code.friendly_name is None else code.friendly_name,
        "short_code": code.number,
        "sid": code.sid,
        "sms_fallback_method": code.sms_fallback_method,
        "sms_fallback_url": code.sms_fallback_url,
        "sms_method": code.sms_method,
        "sms_url": code.sms_url,
        "uri": f"/2010-04-01/Accounts/{call.account.sid}/SMS/ShortCodes/{code.sid}.json",
    }


def _code(call: Call) -> Number:
    code = call.account.numbers.get(call.sids["Sid"])
    if code is None or not code.sid.startswith("SC"):
        raise call.not_found()
    return code


@routes.get("ListShortCode", f"{FOLDER}.json", *FILTERS, *PARAMETERS)
def list_short_codes(call: Call) -> Answer:
    """The short codes that the account owns, the newest first."""
    collection = numbers_of(call.account, "SC")
    asked = turn(call, collection)
    named, part = is_named(call), matches(call, "ShortCode")
    found = collection.slice(asked.size, after=asked.after, before=asked.before, keep=lambda code: named(code) and part(code))
    return envelope_2010(call, "short_codes", FILTERS, asked, found, lambda code: _content(call, code))


@routes.get("FetchShortCode", f"{FOLDER}/{{Sid}}.json")
def fetch_short_code(call: Call) -> Answer:
    """One short code."""
    return Answer(content=_content(call, _code(call)))


@routes.post("UpdateShortCode", f"{FOLDER}/{{Sid}}.json", "ApiVersion", *SETTINGS)
def update_short_code(call: Call) -> Answer:
    """Set a short code up."""
    code = replace(_code(call), date_updated=call.today, **settings.given(call, SETTINGS))
    call.account.numbers[code.sid] = code
    return Answer(content=_content(call, code))
