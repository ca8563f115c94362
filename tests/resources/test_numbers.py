"""What an account has, over a real socket: numbers bought, set up and given back, short codes, money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, InvalidArgument, InvalidRequest, NotFound
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.resources.numbers import AccountShortCodes, IncomingPhoneNumbers

NEW = "+12025550188"
SENT_AS: dict[str, tuple[Any, str]] = {
    "friendly_name": ("Parcels & more", "Parcels & more"),
    "sms_url": ("https://example.com/in?a=1", "https://example.com/in?a=1"),
    "sms_method": ("GET", "GET"),
    "sms_fallback_url": ("https://example.com/else", "https://example.com/else"),
    "sms_fallback_method": ("GET", "GET"),
    "sms_application_sid": ("AP" + "1" * 32, "AP" + "1" * 32),
    "status_callback": ("https://example.com/status", "https://example.com/status"),
    "status_callback_method": ("GET", "GET"),
    "voice_url": ("https://example.com/voice", "https://example.com/voice"),
    "voice_method": ("GET", "GET"),
    "voice_fallback_url": ("https://example.com/voice-else", "https://example.com/voice-else"),
    "voice_fallback_method": ("GET", "GET"),
    "voice_application_sid": ("AP" + "2" * 32, "AP" + "2" * 32),
    "voice_caller_id_lookup": (True, "true"),
    "voice_receive_mode": ("fax", "fax"),
    "trunk_sid": ("TK" + "1" * 32, "TK" + "1" * 32),
    "address_sid": ("AD" + "1" * 32, "AD" + "1" * 32),
    "identity_sid": ("RI" + "1" * 32, "RI" + "1" * 32),
    "bundle_sid": ("BU" + "1" * 32, "BU" + "1" * 32),
    "emergency_status": ("Active", "Active"),
    "emergency_address_sid": ("AD" + "2" * 32, "AD" + "2" * 32),
}
"""A value for each setting that is answered, none of them the default, and what stands on the wire for it."""
OF_SHORT_CODES = ("friendly_name", "sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method")
WIRE_NAMES = {
    parameter.name: parameter.wire_name
    for name in ("create", "update")
    for parameter in IncomingPhoneNumbers.operations[name].parameters
}
UNKNOWN = {"number": "PN" + "0" * 32, "code": "SC" + "0" * 32}


def sent(*names: str) -> dict[str, list[str]]:
    """What stands on the wire for settings."""
    return {WIRE_NAMES[name]: [SENT_AS[name][1]] for name in names}


def test_the_table_names_every_setting() -> None:
    """No setting goes without a try on the wire."""
    numbers, codes = IncomingPhoneNumbers.operations, AccountShortCodes.operations
    for operation, others in (
        (numbers["create"], {"phone_number", "area_code", "api_version"}),
        (numbers["update"], {"sid", "account_sid", "api_version"}),
    ):
        assert operation.arguments - Options.__annotations__.keys() == SENT_AS.keys() | others
    assert codes["update"].arguments - Options.__annotations__.keys() == {*OF_SHORT_CODES, "sid", "api_version"}


async def test_a_number_is_bought_with_every_setting(twilio: AsyncSession, emulator: Emulator) -> None:
    """Each goes out under Twilio's name, and comes back as what was given; then it texts."""
    given: dict[str, Any] = {name: value for name, (value, _) in SENT_AS.items()}
    number = await twilio.incoming_phone_numbers.create(phone_number=NEW, api_version="2010-04-01", **given)
    assert emulator.requests[-1].parameters == sent(*SENT_AS) | {"PhoneNumber": [NEW], "ApiVersion": ["2010-04-01"]}
    assert {name: getattr(number, name) for name in SENT_AS} == given
    assert (number.phone_number, number.account_sid, number.type, number.beta) == (NEW, emulator.account_sid, "local", False)
    assert number.capabilities is not None
    assert (number.capabilities.sms, number.capabilities.mms, number.capabilities.fax) == (True, True, False)
    assert await twilio.incoming_phone_numbers.fetch(number.sid) == number
    assert (await twilio.messages.create(to="+15558675310", from_=NEW, body="Hello")).from_ == NEW


async def test_any_number_of_an_area_is_bought(twilio: AsyncSession, emulator: Emulator) -> None:
    """Or none, if nobody says which, which is found before anything goes out."""
    assert (await twilio.incoming_phone_numbers.create(area_code="202")).phone_number.startswith("+1202")
    assert emulator.requests[-1].parameters == {"AreaCode": ["202"]}
    with pytest.raises(InvalidArgument, match="phone_number or area_code"):
        await twilio.incoming_phone_numbers.create(friendly_name="Parcels")
    assert len(emulator.requests) == 1


async def test_a_number_that_cannot_be_bought(twilio: AsyncSession, emulator: Emulator) -> None:
    """Is refused with Twilio's code."""
    for wanted, code in ((emulator.number, 21422), ("12", 21421)):
        with pytest.raises(InvalidRequest) as caught:
            await twilio.incoming_phone_numbers.create(phone_number=wanted)
        assert caught.value.code == code


async def test_a_purchase_whose_answer_is_lost_is_not_repeated(twilio: AsyncSession, emulator: Emulator) -> None:
    """It would buy a second number."""
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome):
        await twilio.incoming_phone_numbers.create(area_code="202")
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("name", sorted(SENT_AS))
async def test_an_update_changes_what_is_given_and_nothing_else(name: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """One setting goes out alone and leaves the others as they were; a lost answer is made up for."""
    before = await twilio.incoming_phone_numbers.fetch(emulator.numbers[0].sid)
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    setting: dict[str, Any] = {name: SENT_AS[name][0]}
    changed = await twilio.incoming_phone_numbers.update(before.sid, **setting)
    assert emulator.requests[-1].parameters == sent(name)
    settings = {other: getattr(before, other) for other in SENT_AS} | setting
    assert {other: getattr(changed, other) for other in SENT_AS} == settings


async def test_an_empty_text_takes_a_url_away(twilio: AsyncSession, emulator: Emulator) -> None:
    """Which is another thing than leaving it out."""
    number = await twilio.incoming_phone_numbers.create(phone_number=NEW, sms_url="https://example.com")
    assert (await twilio.incoming_phone_numbers.update(number.sid)).sms_url == "https://example.com"
    changed = await twilio.incoming_phone_numbers.update(number.sid, sms_url="", api_version="2010-04-01")
    assert changed.sms_url is None
    assert emulator.requests[-1].parameters == {"SmsUrl": [""], "ApiVersion": ["2010-04-01"]}


async def test_a_number_is_handed_over_to_a_subaccount(twilio: AsyncSession, emulator: Emulator) -> None:
    """Where it is from then on."""
    branch, sid = emulator.add_account("Branch", parent=emulator.account), emulator.numbers[0].sid
    moved = await twilio.incoming_phone_numbers.update(sid, account_sid=branch.sid)
    assert (moved.account_sid, emulator.requests[-1].parameters) == (branch.sid, {"AccountSid": [branch.sid]})
    with pytest.raises(NotFound):
        await twilio.incoming_phone_numbers.fetch(sid)


async def test_a_number_that_was_given_back_is_gone(twilio: AsyncSession, emulator: Emulator) -> None:
    """A lost answer is made up for; the next time there is nothing to give back."""
    sid = emulator.numbers[0].sid
    emulator.faults.add("DELETE", kind="accept_then_500", times=1)
    await twilio.incoming_phone_numbers.delete(sid)
    with pytest.raises(NotFound):
        await twilio.incoming_phone_numbers.delete(sid)
    assert sid not in emulator.account.numbers


async def test_numbers_are_listed_and_filtered(twilio: AsyncSession, emulator: Emulator) -> None:
    """By a part, by name, by origin; short codes are elsewhere."""
    owned = [number.number for number in emulator.numbers]
    numbers = twilio.incoming_phone_numbers
    assert [number.phone_number async for number in numbers.list(page_size=1)] == owned[3::-1]
    named = await numbers.update(emulator.numbers[2].sid, friendly_name="Parcels")
    for filters, found in (
        ({"phone_number": "+1415*550142"}, [owned[1]]),
        ({"friendly_name": "Parcels"}, [named.phone_number]),
        ({"origin": "hosted"}, []),
        ({"beta": False, "origin": "twilio", "phone_number": "0144"}, [owned[3]]),
    ):
        options: dict[str, Any] = filters
        assert [number.phone_number async for number in numbers.list(**options)] == found
    sent_last = emulator.requests[-1].parameters
    assert sent_last.items() >= {"Beta": ["false"], "Origin": ["twilio"], "PhoneNumber": ["0144"]}.items()


async def test_a_short_code_is_set_up(twilio: AsyncSession, emulator: Emulator) -> None:
    """Each setting goes out under Twilio's name, and comes back; a lost answer is made up for."""
    (code,) = await twilio.account_short_codes.list().to_list()
    assert (code.short_code, code.friendly_name, code.account_sid) == ("70707", "70707", emulator.account_sid)
    given: dict[str, Any] = {name: SENT_AS[name][0] for name in OF_SHORT_CODES}
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    changed = await twilio.account_short_codes.update(code.sid, api_version="2010-04-01", **given)
    assert emulator.requests[-1].parameters == sent(*OF_SHORT_CODES) | {"ApiVersion": ["2010-04-01"]}
    assert {name: getattr(changed, name) for name in OF_SHORT_CODES} == given
    assert await twilio.account_short_codes.fetch(code.sid) == changed


async def test_short_codes_are_listed_and_filtered(twilio: AsyncSession, emulator: Emulator) -> None:
    """By a part and by name; numbers are elsewhere."""
    emulator.account.add_number("80808")
    codes = twilio.account_short_codes
    assert {code.short_code async for code in codes.list(page_size=1)} == {"70707", "80808"}
    assert [code.short_code async for code in codes.list(short_code="*08")] == ["80808"]
    assert [code.short_code async for code in codes.list(friendly_name="70707")] == ["70707"]
    assert emulator.requests[-1].parameters["FriendlyName"] == ["70707"]


async def test_what_is_not_there(twilio: AsyncSession, emulator: Emulator) -> None:
    """A number is no short code, and a short code no number."""
    number, code = emulator.numbers[0].sid, emulator.numbers[4].sid
    for sid in (UNKNOWN["number"], code):
        for call in (twilio.incoming_phone_numbers.fetch, twilio.incoming_phone_numbers.update):
            with pytest.raises(NotFound):
                await call(sid)
    for sid in (UNKNOWN["code"], number):
        for look in (twilio.account_short_codes.fetch, twilio.account_short_codes.update):
            with pytest.raises(NotFound):
                await look(sid)


async def test_messages_cost_money(twilio: AsyncSession, emulator: Emulator) -> None:
    """What was sent, and what was received, is paid; also by a subaccount, which has no money of its own."""
    before = await twilio.balance.fetch()
    assert (before.account_sid, before.balance, before.currency) == (emulator.account_sid, Decimal(100), "USD")
    sent = await twilio.messages.create(to="+15558675310", from_=emulator.number, body="Hello " * 50)
    price = (await twilio.messages.fetch(sent.sid)).price
    assert price == Decimal("-0.015")
    await twilio.messages.delete(sent.sid)
    assert (await twilio.balance.fetch()).balance == Decimal("99.985")
    received = (await emulator.receive("Hi")).message
    assert (await twilio.balance.fetch()).balance == Decimal("99.985") + (received.price or 0)
    emulator.account.balance = Decimal("0.05")
    branch = emulator.add_account("Branch", parent=emulator.account)
    number = branch.add_number(NEW).number
    async with AsyncSession(branch.sid, branch.auth_token, base_url=emulator.url) as other:
        sms = await other.messages.create(to="+15558675310", from_=number, body="Hello")
        assert (await other.messages.fetch(sms.sid)).status == "delivered"
        with pytest.raises(NotFound):
            await other.balance.fetch()
    assert (await twilio.balance.fetch()).balance == Decimal("0.0425")
