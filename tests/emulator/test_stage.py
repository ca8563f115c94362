"""What a test makes happen."""

from __future__ import annotations

import httpx
import pytest

from tests.application import Application
from tests.emulator.conftest import Connect
from tests.emulator.domain.test_lifecycle import create, service
from twilio_async.emulator import Emulator
from twilio_async.emulator.domain.contents import Content

ANN, BOB = "+15558675310", "+14155550199"


async def test_deliveries_to_somebody_can_be_refused(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """With the error that a test wants, which decides how it ends; until they are accepted again."""
    emulator.refuse_delivery(ANN)
    emulator.refuse_delivery(BOB, 30001)
    ends = [emulator.message((await create(api, emulator, To=to)).sid) for to in (ANN, BOB)]
    assert [(end.status, end.error_code, end.date_sent is None) for end in ends] == [
        ("undelivered", 30003, False),
        ("failed", 30001, True),
    ]
    emulator.accept_delivery(ANN)
    assert emulator.message((await create(api, emulator)).sid).status == "delivered"


async def test_a_full_queue_refuses(connect: Connect) -> None:
    """429 with 21611, which is no transport limit; another sender is free; after ten hours all is well."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        emulator.fill_queue(emulator.number)
        text = {"To": ANN, "From": emulator.number, "Body": "Hello"}
        path = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
        answer = await api.post(path, data=text)
        assert (answer.status_code, answer.json()["code"]) == (429, 21611)
        assert not emulator.requests[-1].processed
        assert (await api.post(path, data=text | {"From": emulator.numbers[1].number})).status_code == 201
        emulator.clock.advance(36_000)
        assert (await api.post(path, data=text)).status_code == 201


async def test_a_message_of_a_service_fails_if_the_queue_is_full(connect: Connect) -> None:
    """It was accepted before anybody looked at the queue: 30001."""
    async with Emulator(clock="manual") as emulator, connect(emulator) as api:
        sid = await service(api, emulator.numbers[0].sid)
        emulator.fill_queue(emulator.number)
        message = emulator.message((await create(api, emulator, MessagingServiceSid=sid)).sid)
        assert (message.status, message.error_code) == ("failed", 30001)


def test_a_rate_is_more_than_nothing() -> None:
    """A sender that never sends is no sender."""
    with pytest.raises(ValueError, match="more than 0"):
        Emulator().set_rate("+15017122661", 0)


async def test_a_webhook_may_be_set_for_one_number_alone(emulator: Emulator, application: Application) -> None:
    """The others keep theirs."""
    emulator.set_webhook(f"{application.url}/all")
    emulator.set_webhook(f"{application.url}/one", to=emulator.numbers[1].number)
    emulator.set_webhook(f"{application.url}/whatsapp", to=emulator.whatsapp)
    for to in (emulator.number, emulator.numbers[1].number, emulator.whatsapp):
        await emulator.receive("Hello", to=to)
    assert [told.target for told in application.told] == ["/all", "/one", "/whatsapp"]


def test_a_template_is_given_to_the_account() -> None:
    """It may take the place of one whose sid the program knows; an impossible one changes nothing."""
    emulator = Emulator()
    template = emulator.add_content("Welcome, {{1}}", sid=emulator.content_sid, friendly_name="welcome", variables={"1": "you"})
    assert template.types == {"twilio/text": {"body": "Welcome, {{1}}"}}
    other = emulator.add_content({"twilio/card": {"title": "Card"}}, language="de")
    assert other.language == "de"
    with pytest.raises(ValueError, match=r"types\.twilio/smell"):
        emulator.add_content({"twilio/smell": {}})
    assert [*emulator.account.shelf(Content)] == [template, other]


async def test_the_steps_of_a_message_are_named_by_it_or_by_its_sid(connect: Connect) -> None:
    """Both ways, and an unknown one is a KeyError."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api:
        message = await create(api, emulator)
        assert emulator.send(message).status == "sent"
        assert emulator.deliver(message.sid).status == "delivered"
        with pytest.raises(ValueError, match="delivered does not become failed"):
            emulator.fail(message)
        with pytest.raises(KeyError):
            emulator.deliver("SM" + "0" * 32)


async def test_what_cannot_be_received_or_told_is_refused(emulator: Emulator) -> None:
    """A sender who can be nobody, and a webhook that is no URL: at once, and not in the debugger."""
    with pytest.raises(ValueError, match="from_: '!!!'"):
        await emulator.receive("Hello", from_="!!!")
    for url, fallback in (("nonsense", None), ("http://127.0.0.1/", "nonsense")):
        with pytest.raises(ValueError, match="'nonsense'"):
            emulator.set_webhook(url, fallback_url=fallback)
