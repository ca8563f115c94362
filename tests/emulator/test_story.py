"""One long story, told as somebody would tell it who tests his shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.application import Application, twiml
from twilio_async import AsyncSession, OptedOut, Retry
from twilio_async.emulator import Emulator

ANN = "+15558675310"
REPLY = "<Response><Message>Sorry to see you go.</Message></Response>"


async def test_a_shop_reminds_ann_who_wants_no_texts_and_then_wants_them_again(application: Application) -> None:
    """Scheduled, sent in an hour, told out of order; STOP, 21610, START, delivered; the shop dies and is asked elsewhere."""
    async with Emulator(clock="manual") as emulator, AsyncSession.from_env(emulator.env, retry=Retry(base=0.0)) as twilio:
        shop = await twilio.services.create(
            friendly_name="Shop",
            inbound_request_url=f"{application.url}/sms",
            status_callback=f"{application.url}/status",
        )
        await twilio.phone_numbers.add(shop.sid, phone_number_sid=emulator.numbers[0].sid)

        # Ann's reminder is due in an hour.
        in_an_hour = emulator.clock() + timedelta(hours=1)
        reminder = await twilio.messages.create(
            to=ANN, messaging_service_sid=shop.sid, body="Your table is ready at eight.", send_at=in_an_hour
        )
        assert reminder.status == "scheduled"
        emulator.clock.advance(59 * 60)
        assert emulator.message(reminder.sid).status == "scheduled"

        # It goes out at its time, and the shop hears of it in the wrong order.
        emulator.webhook_faults.add("reorder", parameters={"MessageStatus": "sent"}, times=1)
        emulator.clock.advance(60)
        assert (await emulator.wait_for(to=ANN, status="delivered")).from_ == emulator.number
        await emulator.settled()
        assert application.statuses == ["accepted", "queued", "delivered", "sent"]

        # Ann wants no more of it. The shop would say goodbye, but nobody texts her now.
        application.told.clear()
        application.answers.append(twiml(REPLY))
        goodbye = await emulator.receive("STOP", from_=ANN)
        assert application.told[0].fields["OptOutType"] == "STOP"
        assert goodbye.replies == []
        with pytest.raises(OptedOut):
            await twilio.messages.create(to=ANN, messaging_service_sid=shop.sid, body="Are you sure?")

        # She changes her mind.
        await emulator.receive("START", from_=ANN)
        again = await twilio.messages.create(to=ANN, messaging_service_sid=shop.sid, body="Welcome back!")
        assert (await emulator.wait_for(to=ANN, body="Welcome back!", status="delivered")).sid == again.sid
        emulator.assert_sent_once(to=ANN, body="Welcome back!")

        # The shop's server dies: Twilio tries again, and asks the fallback.
        await twilio.services.update(
            shop.sid,
            inbound_request_url="http://127.0.0.1:9/sms#rc=2",
            fallback_url=f"{application.url}/fallback",
        )
        application.told.clear()
        await emulator.settled()
        (delivery,) = (await emulator.receive("Hello?", from_=ANN)).deliveries
        assert [attempt.fallback for attempt in delivery.attempts] == [False, False, False, True]
        assert [told.target for told in application.told if told.target == "/fallback"] == ["/fallback"]
