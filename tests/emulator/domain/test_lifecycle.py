"""How messages move along."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from tests.emulator.conftest import NOON, Connect
from twilio_async.emulator import Clock, Emulator, Message, Profile, Switches
from twilio_async.emulator.domain.lifecycle import segments_of

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
        assert emulator.deliver(one.sid).date_sent == clock()
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


async def test_a_sender_sends_at_its_pace(connect: Connect, clock: Clock) -> None:
    """With throughput: what it may send in a second leaves in a second, in order, and the rest waits in the queue."""
    async with Emulator(clock=clock, lifecycle=Profile(throughput=True)) as emulator, connect(emulator) as api:
        sids = [(await create(api, emulator)).sid for _ in range(3)]
        assert [emulator.message(sid).status for sid in sids] == ["delivered", "queued", "queued"]
        clock.advance(1)
        assert [emulator.message(sid).status for sid in sids] == ["delivered", "delivered", "queued"]
        clock.advance(1)
        assert [emulator.message(sid).date_sent for sid in sids] == [NOON + timedelta(seconds=seconds) for seconds in range(3)]
        quick = [(await create(api, emulator, From="70707")).sid for _ in range(3)]
        clock.advance(0.1)
        assert {emulator.message(sid).status for sid in quick} == {"delivered"}


async def test_the_queue_of_a_services_sender_counts_too(connect: Connect, clock: Clock) -> None:
    """Whoever picks the sender, it sends no faster; a rate of its own is heeded."""
    async with Emulator(clock=clock, lifecycle=Profile(throughput=True)) as emulator, connect(emulator) as api:
        emulator.set_rate(emulator.number, 0.1)
        sid = await service(api, emulator.numbers[0].sid)
        sids = [(await create(api, emulator, MessagingServiceSid=sid)).sid for _ in range(2)]
        assert [emulator.message(sid).status for sid in sids] == ["delivered", "queued"]
        clock.advance(10)
        assert emulator.message(sids[1]).date_sent == NOON + timedelta(seconds=10)


async def test_what_waits_longer_than_it_is_valid_is_never_sent(connect: Connect, clock: Clock) -> None:
    """30036, no date sent and no price; what leaves in time is not touched."""
    profile = Profile(sent=100, delivered=200)
    async with Emulator(clock=clock, lifecycle=profile) as emulator, connect(emulator) as api:
        late = await create(api, emulator, ValidityPeriod="60")
        good = await create(api, emulator, ValidityPeriod="101")
        clock.advance(60)
        expired = emulator.message(late.sid)
        assert (expired.status, expired.error_code) == ("undelivered", 30036)
        assert (expired.date_sent, expired.price) == (None, None)
        clock.advance(140)
        assert emulator.message(good.sid).status == "delivered"


async def test_the_validity_of_a_service_is_its_messages_unless_they_say_otherwise(connect: Connect, clock: Clock) -> None:
    """A service may be more impatient than Twilio."""
    async with Emulator(clock=clock, lifecycle=Profile(sent=100, delivered=100)) as emulator, connect(emulator) as api:
        sid = await service(api, emulator.numbers[0].sid, ValidityPeriod="30")
        impatient = await create(api, emulator, MessagingServiceSid=sid)
        patient = await create(api, emulator, MessagingServiceSid=sid, ValidityPeriod="500")
        clock.advance(100)
        assert [emulator.message(one.sid).status for one in (impatient, patient)] == ["undelivered", "delivered"]


async def test_only_channels_tell_that_a_message_was_read(connect: Connect, clock: Clock) -> None:
    """A profile with reading is of no consequence for SMS."""
    async with Emulator(clock=clock, lifecycle=Profile(read=30)) as emulator, connect(emulator) as api:
        sms = await create(api, emulator)
        whatsapp = await create(api, emulator, From=emulator.whatsapp, To=f"whatsapp:{ANN}")
        clock.advance(30)
        assert [emulator.message(one.sid).status for one in (sms, whatsapp)] == ["delivered", "read"]


async def test_a_suspended_account_sends_nothing_more(connect: Connect, clock: Clock) -> None:
    """What waits in the queue fails with 30002."""
    async with Emulator(clock=clock, lifecycle=PACE) as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        emulator.account.suspend()
        clock.advance(60)
        assert (emulator.message(message.sid).status, emulator.message(message.sid).error_code) == ("failed", 30002)


async def test_an_opt_out_may_show_only_when_the_service_sends(connect: Connect, clock: Clock) -> None:
    """A switch: the create is accepted, and the message fails with 21610."""
    switches = Switches(service_opt_out="fail")
    async with Emulator(clock=clock, switches=switches) as emulator, connect(emulator) as api:
        sid = await service(api, emulator.numbers[0].sid)
        emulator.opt_out(ANN)
        message = emulator.message((await create(api, emulator, MessagingServiceSid=sid)).sid)
        assert (message.status, message.error_code) == ("failed", 21610)
