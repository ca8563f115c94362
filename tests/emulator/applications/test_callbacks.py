"""Status callbacks."""

from __future__ import annotations

import uuid
from datetime import timedelta

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.application import Application
from tests.emulator.conftest import Connect
from tests.emulator.domain.test_lifecycle import create, service
from twilio_async.emulator import Emulator, Profile, Switches
from twilio_async.emulator.applications.callbacks import token

SMS = ["ApiVersion", "MessageStatus", "SmsSid", "SmsStatus", "To", "From", "MessageSid", "AccountSid"]


async def test_each_status_after_the_first_is_told_in_the_recorded_order(
    emulator: Emulator, api: httpx.AsyncClient, application: Application
) -> None:
    """``queued`` was in the answer already; ``sent`` and ``delivered`` are told, the latter with the carrier's date."""
    message = await create(api, emulator, StatusCallback=f"{application.url}/status?ref=7")
    await emulator.settled()
    sent, delivered = application.told
    assert (sent.method, sent.target) == ("POST", "/status?ref=7")
    assert list(sent.fields) == SMS
    assert list(delivered.fields) == [*SMS[:2], "RawDlrDoneDate", *SMS[2:]]
    assert sent.fields["MessageSid"] == sent.fields["SmsSid"] == message.sid
    assert delivered.fields["MessageStatus"] == delivered.fields["SmsStatus"] == "delivered"
    assert delivered.fields["RawDlrDoneDate"] == message.date_created.strftime("%y%m%d%H%M")
    assert (sent.fields["From"], sent.fields["To"]) == (emulator.number, message.to)


async def test_they_are_signed_with_the_accounts_token(
    emulator: Emulator, api: httpx.AsyncClient, application: Application
) -> None:
    """The official validator accepts them, and no longer when a field is another."""
    await create(api, emulator, StatusCallback=f"{application.url}/status?a=1&b=%20x#rc=2")
    await emulator.settled()
    told = application.told[0]
    validator = RequestValidator(emulator.auth_token)
    url, signature = application.url + told.target, told.headers["X-Twilio-Signature"]
    assert validator.validate(url, told.fields, signature)
    assert not validator.validate(url, told.fields | {"MessageStatus": "failed"}, signature)


async def test_a_bad_end_says_why(connect: Connect, application: Application) -> None:
    """The error code is told, and only with the status that it belongs to."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        message = await create(api, emulator, StatusCallback=application.url)
        emulator.send(message)
        emulator.undeliver(message, 30005)
        await emulator.settled()
    sent, undelivered = (told.fields for told in application.told)
    assert "ErrorCode" not in sent
    assert (undelivered["MessageStatus"], undelivered["ErrorCode"]) == ("undelivered", "30005")
    assert "RawDlrDoneDate" in undelivered


async def test_a_messaging_service_has_a_callback_for_all_its_messages(connect: Connect, application: Application) -> None:
    """The message's own is preferred; the first status that is told is ``queued``, with the sender that was picked."""
    async with Emulator() as emulator, connect(emulator) as api:
        sid = await service(api, emulator.numbers[0].sid, StatusCallback=f"{application.url}/service")
        await create(api, emulator, MessagingServiceSid=sid)
        await emulator.settled()
        assert application.statuses == ["queued", "sent", "delivered"]
        assert {told.target for told in application.told} == {"/service"}
        assert {told.fields["MessagingServiceSid"] for told in application.told} == {sid}
        assert application.told[0].fields["From"] == emulator.numbers[0].number
        await create(api, emulator, MessagingServiceSid=sid, StatusCallback=f"{application.url}/own")
        await emulator.settled()
        assert {told.target for told in application.told[3:]} == {"/own"}


async def test_a_channel_tells_more(connect: Connect, application: Application) -> None:
    """On WhatsApp there is the event, the channel and the masked address, and that the message was read."""
    profile = Profile(read=0)
    async with Emulator(lifecycle=profile) as emulator, connect(emulator) as api:
        await create(api, emulator, From=emulator.whatsapp, To="whatsapp:+15558675310", StatusCallback=application.url)
        await emulator.settled()
    assert application.statuses == ["sent", "delivered", "read"]
    read = application.told[-1].fields
    assert (read["EventType"], read["ChannelPrefix"], read["ChannelToAddress"]) == ("READ", "whatsapp", "+1555867XXXX")
    assert read["ChannelInstallSid"].startswith("XE")


async def test_a_canceled_message_is_told_of(connect: Connect, application: Application) -> None:
    """Whoever cancels a scheduled message hears of it too."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        sid = await service(api, emulator.numbers[0].sid)
        when = (emulator.clock() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = await create(
            api, emulator, MessagingServiceSid=sid, ScheduleType="fixed", SendAt=when, StatusCallback=application.url
        )
        path = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages/{message.sid}.json"
        assert (await api.post(path, data={"Status": "canceled"})).status_code == 200
        await emulator.settled()
    assert application.statuses == ["canceled"]


@pytest.mark.parametrize("sending", [False, True])
async def test_whether_sending_is_told_is_a_switch(connect: Connect, application: Application, sending: bool) -> None:
    """Nobody has recorded whether Twilio tells of ``sending``; usually it does not."""
    async with Emulator(switches=Switches(sending_callback=sending)) as emulator, connect(emulator) as api:
        await create(api, emulator, StatusCallback=application.url)
        await emulator.settled()
    assert application.statuses == [*(["sending"] if sending else []), "sent", "delivered"]


def test_a_token_is_a_uuid() -> None:
    """As Twilio writes it, whatever the digits."""
    assert uuid.UUID(token("f" * 32)).version == 4
