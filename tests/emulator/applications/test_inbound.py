"""What a webhook tells of an inbound message, and where it goes."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.applications.inbound import inbound_fields, service_of, webhook_of
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.records import Media, Message, Number, Webhook
from twilio_async.emulator.domain.state import ACCOUNT_SID

RECORDED = [
    "ToCountry",
    "ToState",
    "SmsMessageSid",
    "NumMedia",
    "ToCity",
    "FromZip",
    "SmsSid",
    "FromState",
    "SmsStatus",
    "FromCity",
    "Body",
    "FromCountry",
    "To",
    "ToZip",
    "NumSegments",
    "ReferralNumMedia",
    "MessageSid",
    "AccountSid",
    "From",
    "ApiVersion",
]
NUMBER = Number(sid="PN" + "1" * 32, number="+15017122661")


def inbound(**settings: object) -> Message:
    """A message from a US number to another."""
    fields = {"from_": "+447700900123", "to": NUMBER.number, "body": "Hello", "direction": "inbound", **settings}
    return Message(
        sid="SM" + "2" * 32,
        account_sid=ACCOUNT_SID,
        status="received",
        date_created=NOON,
        date_updated=NOON,
        **fields,  # type: ignore[arg-type]
    )


def test_the_fields_come_in_the_recorded_order() -> None:
    """All twenty, the three copies of the sid among them, and the countries as far as the numbers tell."""
    fields = inbound_fields(inbound(), None, (), "http://127.0.0.1")
    assert [name for name, _ in fields] == RECORDED
    told = dict(fields)
    assert told["MessageSid"] == told["SmsSid"] == told["SmsMessageSid"]
    assert (told["FromCountry"], told["ToCountry"], told["FromCity"]) == ("GB", "US", "")


def test_a_messaging_service_is_named_and_so_is_what_it_understood() -> None:
    """The service behind ``To``, and ``OptOutType``, which only services tell."""
    fields = inbound_fields(inbound(messaging_service_sid="MG" + "3" * 32), "STOP", (), "")
    names = [name for name, _ in fields]
    assert names.index("MessagingServiceSid") == names.index("To") + 1
    assert dict(fields)["OptOutType"] == "STOP"
    assert "OptOutType" not in dict(inbound_fields(inbound(), "STOP", (), ""))


@pytest.mark.parametrize(("to", "sender"), [("70707", "+15558675310"), ("whatsapp:+14155238886", "whatsapp:+15558675310")])
def test_only_phone_numbers_have_places(to: str, sender: str) -> None:
    """Neither short codes nor channels tell of countries and cities."""
    names = {name for name, _ in inbound_fields(inbound(to=to, from_=sender), None, (), "")}
    assert not {name for name in names if name.endswith(("Country", "State", "City", "Zip"))}


def test_each_file_has_a_type_and_an_address() -> None:
    """Below the message, at the API's origin."""
    file = Media(
        sid="ME" + "4" * 32,
        account_sid=ACCOUNT_SID,
        parent_sid="SM" + "2" * 32,
        content_type="image/png",
        url="x",
        date_created=NOON,
        date_updated=NOON,
    )
    told = dict(inbound_fields(inbound(num_media=1), None, [file], "http://127.0.0.1:80"))
    assert told["MediaContentType0"] == "image/png"
    assert told["MediaUrl0"] == f"http://127.0.0.1:80/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/SM{'2' * 32}/Media/{file.sid}"


def test_a_number_and_a_channel_have_webhooks_of_their_own() -> None:
    """And what is neither has none."""
    other = Number(sid="PN" + "5" * 32, number="+14155550142", sms_url="http://a/", sms_method="GET", sms_fallback_url="")
    account = Account(ACCOUNT_SID, "token", {}, [NUMBER, other])
    assert webhook_of(account, NUMBER.number) is None
    assert webhook_of(account, "+14155550142") == Webhook("http://a/", "GET", None, "POST")
    account.channel_webhooks["whatsapp:+14155238886"] = Webhook("http://b/")
    assert webhook_of(account, "whatsapp:+14155238886") == Webhook("http://b/")
    assert webhook_of(account, "rcs:shop") is None
    assert service_of(account, NUMBER.number) is None
