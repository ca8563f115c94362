"""How messages move along."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from tests.emulator.conftest import NOON, Connect
from twilio_async.emulator import Clock, Emulator, Message, Profile
from twilio_async.emulator.lifecycle import segments_of

ANN = "+15558675310"
PACE = Profile(queued=1, sent=10, delivered=60)


async def create(api: httpx.AsyncClient, emulator: Emulator, **fields: str) -> Message:
    """Have a message accepted, from the account's number unless a service is named."""
    sender = {} if "MessagingServiceSid" in fields else {"From": emulator.number}
    answer = await api.post(
        f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data={"To": ANN, "Body": "Hello", **sender, **fields}
    )
    assert answer.status_code == 201, answer.text
    return emulator.message(answer.json()["sid"])


async def service(api: httpx.AsyncClient, *number_sids: str, **settings: str) -> str:
    """Make a Messaging Service with these numbers in its pool."""
    sid: str = (await api.post("/v1/Services", data={"FriendlyName": "Shop", **settings})).json()["sid"]
    for number_sid in number_sids:
        added = await api.post(f"/v1/Services/{sid}/PhoneNumbers", data={"PhoneNumberSid": number_sid})
        assert added.status_code == 201
    return sid


async def test_a_message_goes_by_the_clock(connect: Connect, clock: Clock) -> None:
    """Queued, then sent with its price and date, then delivered, each at its time and not before."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        created = await create(api, emulator)
        assert (created.status, created.price, created.price_unit, created.date_sent) == ("queued", None, "USD", None)
        emulator.clock.advance(9)
        assert emulator.message(created.sid) == created
        emulator.clock.advance(1)
        sent = emulator.message(created.sid)
        assert (sent.status, sent.price, sent.date_sent) == ("sent", Decimal("-0.00750"), NOON + timedelta(seconds=10))
        emulator.clock.advance(50)
        delivered = emulator.message(created.sid)
        assert (delivered.status, delivered.date_sent) == ("delivered", sent.date_sent)
        assert delivered.date_updated == NOON + timedelta(seconds=60)


async def test_by_default_a_message_is_delivered_as_soon_as_somebody_looks(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """Only the answer to the create says queued."""
    answer = await api.post(
        f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json",
        data={"To": ANN, "Body": "", "MediaUrl": "http://x.example/a.png", "From": emulator.number},
    )
    assert answer.json()["status"] == "queued"
    (message,) = emulator.messages
    assert (message.status, message.price) == ("delivered", Decimal("-0.02000"))


async def test_a_carrier_may_never_report(connect: Connect, clock: Clock) -> None:
    """Without a receipt a message stays sent."""
    async with Emulator(clock=clock, lifecycle=Profile(delivered=None)) as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        emulator.clock.advance(10**6)
        assert emulator.message(message.sid).status == "sent"


async def test_a_messaging_service_picks_the_sender_after_it_accepted(connect: Connect, clock: Clock) -> None:
    """First there is neither a sender nor a count of segments; both come when the message is queued."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        pool = await service(api, emulator.numbers[1].sid)
        accepted = await create(api, emulator, MessagingServiceSid=pool, Body="“Hello”" * 20)
        assert (accepted.status, accepted.from_, accepted.num_segments, accepted.price_unit) == ("accepted", None, 0, None)
        emulator.clock.advance(1)
        queued = emulator.message(accepted.sid)
        assert (queued.status, queued.from_, queued.num_segments) == ("queued", emulator.numbers[1].number, 1)
        emulator.clock.advance(100)
        assert emulator.message(accepted.sid).price_unit == "USD"


@pytest.mark.parametrize(("asked", "segments"), [({}, 1), ({"SmartEncoded": "false"}, 3), ({"SmartEncoded": "true"}, 1)])
async def test_smart_encoding_is_the_services_unless_the_message_says_otherwise(
    emulator: Emulator, api: httpx.AsyncClient, asked: dict[str, str], segments: int
) -> None:
    """Curly quotes cost segments where they are not made straight."""
    pool = await service(api, emulator.numbers[0].sid)
    message = await create(api, emulator, MessagingServiceSid=pool, Body="“Hello”" * 20, **asked)
    assert message.num_segments == segments


async def test_a_message_fails_if_its_service_is_gone(connect: Connect, clock: Clock) -> None:
    """Nobody is left to pick a sender: 21703."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        pool = await service(api, emulator.numbers[1].sid)
        message = await create(api, emulator, MessagingServiceSid=pool)
        await api.delete(f"/v1/Services/{pool}")
        emulator.clock.advance(100)
        failed = emulator.message(message.sid)
        assert (failed.status, failed.error_code, failed.price) == ("failed", 21703, None)


async def test_a_scheduled_message_begins_at_its_time(connect: Connect, clock: Clock) -> None:
    """It is accepted at SendAt, and takes its way from there."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        pool = await service(api, emulator.numbers[0].sid)
        scheduled = await create(api, emulator, MessagingServiceSid=pool, ScheduleType="fixed", SendAt="2024-05-24T13:00:00Z")
        assert (scheduled.status, scheduled.send_at) == ("scheduled", NOON + timedelta(hours=1))
        emulator.clock.advance(3600)
        assert emulator.message(scheduled.sid).status == "accepted"
        emulator.clock.advance(10)
        assert emulator.message(scheduled.sid).date_sent == NOON + timedelta(hours=1, seconds=10)


async def test_by_hand_nothing_moves_but_what_is_moved(connect: Connect, clock: Clock) -> None:
    """Each step of a manual message is a call of the test's."""
    async with Emulator(clock=clock, lifecycle="manual") as emulator, connect(emulator) as api:
        one, two, three, four = [await create(api, emulator) for _ in range(4)]
        emulator.clock.advance(10**6)
        assert {message.status for message in emulator.messages} == {"queued"}
        assert emulator.send(one.sid).status == "sent"
        assert emulator.deliver(one.sid).date_sent == clock() + timedelta(seconds=10**6)
        assert emulator.read(one.sid).status == "read"
        failed, undelivered = emulator.fail(two.sid), emulator.undeliver(three.sid, 30006)
        assert (failed.status, failed.error_code, failed.date_sent) == ("failed", 30008, None)
        assert (undelivered.status, undelivered.error_code, undelivered.price) == ("undelivered", 30006, Decimal("-0.00750"))
        assert emulator.message(four.sid) == four


async def test_a_message_never_goes_back(connect: Connect) -> None:
    """What is over is over, and what never was cannot be moved."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        emulator.deliver(message.sid)
        for step in (emulator.send, emulator.fail, emulator.undeliver, emulator.deliver):
            with pytest.raises(ValueError, match="is delivered does not become"):
                step(message.sid)
        with pytest.raises(KeyError):
            emulator.deliver("SM" + "0" * 32)


async def test_a_test_may_be_quicker_than_the_clock(connect: Connect, clock: Clock) -> None:
    """A step by hand replaces the one that was planned."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        emulator.fail(message.sid)
        emulator.clock.advance(100)
        assert emulator.message(message.sid).status == "failed"


def test_the_steps_of_a_profile_are_in_order() -> None:
    """Nothing is delivered before it is sent."""
    with pytest.raises(ValueError, match="then sent, then delivered"):
        Profile(sent=10, delivered=5)
    with pytest.raises(ValueError, match="then sent, then delivered"):
        Profile(queued=-1)


def test_only_sms_is_cut_into_segments() -> None:
    """An MMS or a message on another channel is one piece."""
    assert segments_of("x" * 161, sms=True, smart=False) == 2
    assert segments_of("x" * 161, sms=False, smart=False) == 1
