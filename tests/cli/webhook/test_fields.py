from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from twilio_async import AsyncSession
from twilio_async.cli.webhook import fields
from twilio_async.emulator import Emulator

NOON = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)


def sids(emulator: Emulator, message: str) -> dict[str, Any]:
    """What names a message, and when it was."""
    return {"message": message, "account": emulator.account_sid, "now": NOON}


async def test_a_text_says_what_the_emulator_says(emulator: Emulator) -> None:
    """Field by field, in Twilio's order."""
    emulator.set_webhook("http://127.0.0.1:1/")
    received = await emulator.receive("Hello " * 30)
    made = fields.inbound("Hello " * 30, [], sender="+15558675310", to=emulator.number, **sids(emulator, received.message.sid))
    assert made == list(received.deliveries[0].fields)


async def test_files_are_where_they_are_said_to_be(emulator: Emulator) -> None:
    """Their type is known by their name."""
    urls = ["https://example.com/a.png?b=1", "https://example.com/unknown"]
    made = dict(fields.inbound("", urls, sender="+15558675310", to=emulator.number, **sids(emulator, "MM1")))
    assert made["NumMedia"] == "2"
    assert [made["MediaUrl0"], made["MediaUrl1"]] == urls
    assert [made["MediaContentType0"], made["MediaContentType1"]] == ["image/png", "application/octet-stream"]


async def test_a_status_says_what_the_emulator_says(emulator: Emulator, twilio: AsyncSession) -> None:
    """With an error code and the carrier's date where there are such."""
    emulator.refuse_delivery("+15558675310", 30003)
    for to in ("+15558675310", "+15558675311"):
        await twilio.messages.create(to=to, from_=emulator.number, body="Hi", status_callback="http://127.0.0.1:1/")
    await emulator.settled()
    assert {delivery.parameters["MessageStatus"] for delivery in emulator.deliveries} == {"sent", "delivered", "undelivered"}
    for delivery in emulator.deliveries:
        told = delivery.parameters
        made = fields.status(told["MessageStatus"], sender=emulator.number, to=told["To"], **sids(emulator, told["MessageSid"]))
        assert [name for name, _ in made] == [name for name, _ in delivery.fields]
        assert [field for field in made if field[0] != "RawDlrDoneDate"] == [
            field for field in delivery.fields if field[0] != "RawDlrDoneDate"
        ]


@pytest.mark.parametrize(("status", "code"), [("failed", "30008"), ("undelivered", "30003"), ("read", None)])
def test_a_message_that_did_not_arrive_has_a_reason(status: str, code: str | None) -> None:
    """The usual one; any other is a field of one's own."""
    made = dict(fields.status(status, sender="+1", to="+2", message="SM1", account="AC1", now=NOON))
    assert made.get("ErrorCode") == code
    assert (made["MessageStatus"], made["SmsStatus"]) == (status, status)
