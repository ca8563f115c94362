"""From Twilio to an application and back: what the emulator tells real servers, and what it does as they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.webhooks.apps import APPS, App, Factory
from tests.webhooks.nginx import MISSING, is_there, nginx
from tests.webhooks.reverse_proxy import reverse_proxy, trusting
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator, Key
from twilio_async.twiml import Message, MessagingResponse
from twilio_async.webhooks import Event, InboundMessage, Seen, StatusCallback, Webhooks

CUSTOMER = "+15558675310"

every_framework = pytest.mark.parametrize("start", APPS.values(), ids=APPS)


def answer(event: Event) -> MessagingResponse | None:
    """Answer a message, and want to know what becomes of the answer."""
    if isinstance(event, InboundMessage):
        return MessagingResponse(Message(f"You said: {event.body}", action="/status?ref=answer"))
    return None


def statuses(app: App) -> list[tuple[str, str]]:
    """Of each status callback that *app* believed: what it was about, and the status."""
    return [(event.query["ref"], event.status) for event in app.events if isinstance(event, StatusCallback)]


async def converse(emulator: Emulator, twilio: AsyncSession, url: str) -> None:
    """A customer writes to the application at *url*, which answers, and it sends a message of its own."""
    emulator.set_webhook(f"{url}/caf%C3%A9?ref=customer&b=2&a=1")
    received = await emulator.receive("Olé & <hello> 👋", from_=CUSTOMER, media=b"\x89PNG")
    assert [(reply.to, reply.from_, reply.body) for reply in received.replies] == [
        (CUSTOMER, emulator.number, "You said: Olé & <hello> 👋")
    ]
    await twilio.messages.create(to=CUSTOMER, from_=emulator.number, body="Hi", status_callback=f"{url}/status?ref=own")
    await emulator.settled()
    assert [(delivery.state, len(delivery.attempts)) for delivery in emulator.deliveries] == [("delivered", 1)] * 5
    assert emulator.alerts == []


@asynccontextmanager
async def conversation(emulator: Emulator) -> AsyncIterator[AsyncSession]:
    """A session on *emulator*, while that runs."""
    async with emulator, AsyncSession.from_env(emulator.env) as twilio:
        yield twilio


def check_heard(app: App, emulator: Emulator) -> None:
    """The application believed all that `converse` told, once."""
    [inbound] = [event for event in app.events if isinstance(event, InboundMessage)]
    assert (inbound.from_, inbound.to, inbound.body) == (CUSTOMER, emulator.number, "Olé & <hello> 👋")
    assert [file.content_type for file in inbound.media] == ["image/png"]
    assert sorted(statuses(app)) == [("answer", "delivered"), ("answer", "sent"), ("own", "delivered"), ("own", "sent")]
    assert {event.idempotency_token for event in app.events} == {sent.idempotency_token for sent in emulator.deliveries}


@every_framework
async def test_twilio_and_an_application_understand_each_other(
    start: Factory, emulator: Emulator, twilio: AsyncSession
) -> None:
    """A text is verified, read and answered; the answer is sent; and the statuses of all that is sent come back."""
    async with start(Webhooks(emulator.auth_token), answer=answer) as app:
        await converse(emulator, twilio, app.url)

    check_heard(app, emulator)


@every_framework
async def test_a_number_may_be_told_to_get(start: Factory, emulator: Emulator) -> None:
    """The fields are in the query then, behind those of the application's own, and the answer counts alike."""
    async with start(Webhooks(emulator.auth_token)) as app:
        emulator.set_webhook(f"{app.url}/sms?ref=42", method="GET")
        received = await emulator.receive("Olé + 1")

    [event] = app.events
    assert isinstance(event, InboundMessage)
    assert (event.body, event.query["ref"]) == ("Olé + 1", "42")
    assert [reply.body for reply in received.replies] == ["You said: Olé + 1"]


async def test_an_application_with_another_token_hears_nothing(emulator: Emulator) -> None:
    """It refuses what it cannot believe; Twilio's debugger shows that, and nobody is answered."""
    async with APPS["starlette"](Webhooks("0" * 32)) as app:
        emulator.set_webhook(app.url)
        received = await emulator.receive("Hello")

    assert (app.events, received.replies) == ([], [])
    assert [(alert.code, alert.url) for alert in emulator.alerts] == [(11217, f"{app.url}/")]


async def test_a_shared_key_signs_instead_of_the_token(emulator: Emulator) -> None:
    """It is named in a header of its own; who knows only the token, or another key, believes nothing."""
    emulator.account.shared_key = Key("s3cret", id="SK" + "1" * 32)
    known = {"SK" + "1" * 32: "s3cret", "SK" + "2" * 32: "another"}
    replies = []
    for webhooks in (
        Webhooks(emulator.auth_token, shared_keys=known),
        Webhooks(emulator.auth_token),
        Webhooks(shared_keys={"SK" + "2" * 32: "s3cret"}),
        Webhooks(shared_keys={"SK" + "1" * 32: "another"}),
    ):
        async with APPS["aiohttp"](webhooks) as app:
            emulator.set_webhook(f"{app.url}/sms")
            replies.append(len((await emulator.receive("Hello")).replies))

    assert replies == [1, 0, 0, 0]


async def test_a_token_is_rotated_without_losing_a_text(emulator: Emulator) -> None:
    """Who knows both tokens understands Twilio before and after; who knows only the old one no longer does."""
    old = emulator.auth_token
    new = emulator.account.add_secondary_token()
    async with APPS["aiohttp"](Webhooks(old, new)) as ready, APPS["aiohttp"](Webhooks(old)) as late:
        replies = []
        for _ in range(2):
            for app in (ready, late):
                emulator.set_webhook(f"{app.url}/sms")
                replies.append(len((await emulator.receive("Hello")).replies))
            if emulator.account.secondary_token:
                emulator.account.promote_secondary_token()

    assert replies == [1, 1, 1, 0]


async def test_a_token_may_be_replaced_at_once(emulator: Emulator) -> None:
    """``rotate_token`` leaves no time for both: an application is told of the new one at that moment."""
    old = emulator.auth_token
    async with APPS["flask"](Webhooks(old, emulator.account.rotate_token())) as app:
        emulator.set_webhook(f"{app.url}/sms")
        assert len((await emulator.receive("Hello")).replies) == 1

    assert emulator.auth_token != old


# --- behind a proxy ------------------------------------------------------------------------------------------------------

behind_a_proxy = pytest.mark.parametrize("name", ["aiohttp", "fastapi", "flask", "django"])


@behind_a_proxy
async def test_a_proxy_may_terminate_tls(name: str) -> None:
    """With ``public_url`` the application understands Twilio, which calls it by a name that it does not know itself."""
    emulator = Emulator(webhook_ssl=trusting)
    async with conversation(emulator) as twilio, reverse_proxy() as proxy:
        async with APPS[name](Webhooks(emulator.auth_token, public_url=proxy.url), answer=answer) as app:
            proxy.upstream = app.url
            await converse(emulator, twilio, proxy.url)

        check_heard(app, emulator)


@pytest.mark.skipif(not is_there(), reason=MISSING)
@behind_a_proxy
async def test_nginx_may_terminate_tls(name: str, tmp_path: Path) -> None:
    """The same behind the proxy that most applications stand behind."""
    emulator = Emulator(webhook_ssl=trusting)
    async with conversation(emulator) as twilio:
        with nginx(tmp_path) as proxy:
            async with (
                APPS[name](Webhooks(emulator.auth_token, public_url=proxy.url), answer=answer) as app,
                proxy.runs(app.url),
            ):
                await converse(emulator, twilio, proxy.url)

        check_heard(app, emulator)


@pytest.mark.skipif(not is_there(), reason=MISSING)
async def test_nginx_may_take_a_part_of_the_path_away(tmp_path: Path) -> None:
    """What it takes away stands in ``public_url``; escapes that nginx writes in its own way do no harm."""
    async with Emulator(webhook_ssl=trusting) as emulator:
        with nginx(tmp_path) as proxy:
            public_url = f"{proxy.url}/stripped"
            async with APPS["starlette"](Webhooks(emulator.auth_token, public_url=public_url)) as app, proxy.runs(app.url):
                emulator.set_webhook(f"{public_url}/caf%C3%A9/a%20b?x=%2F&y=a+b")
                received = await emulator.receive("Hello")

    assert [reply.body for reply in received.replies] == ["You said: Hello"]


async def test_a_certificate_of_an_authority_that_nobody_knows_is_not_trusted(emulator: Emulator) -> None:
    """An emulator that was told of no authority calls nobody behind it, as Twilio does, and says so."""
    async with reverse_proxy() as proxy:
        emulator.set_webhook(proxy.url)
        received = await emulator.receive("Hello")

    assert received.replies == []
    assert [alert.code for alert in emulator.alerts] == [11237, 11237]  # a connection that fails is tried twice


# --- the order of events -------------------------------------------------------------------------------------------------


class Shop:
    """An application that keeps the last status of each message, and counts what it was told in vain."""

    def __init__(self) -> None:
        self.known: dict[str, StatusCallback] = {}
        self.history: list[str] = []
        self.late: list[str] = []
        self.repeated: list[str] = []
        self._seen = Seen()

    def take(self, event: Event) -> None:
        """What a good application does with a status callback."""
        assert isinstance(event, StatusCallback)
        if self._seen.before(event):
            self.repeated.append(event.status)
        elif event.supersedes(self.known.get(event.message_sid)):
            self.known[event.message_sid] = event
            self.history.append(event.status)
        else:
            self.late.append(event.status)


async def test_the_story_of_a_parcel_that_is_delivered_before_it_is_sent(emulator: Emulator, twilio: AsyncSession) -> None:
    """Callbacks come in any order and more than once; the shop ends up with what is true, and counts nothing twice."""
    # Once upon a time the network let "sent" wait for the next callback, and told "delivered" three times.
    emulator.webhook_faults.add("reorder", parameters={"MessageStatus": "sent"})
    emulator.webhook_faults.add("duplicate", parameters={"MessageStatus": "delivered"}, copies=2)
    shop = Shop()

    async with APPS["fastapi"](Webhooks(emulator.auth_token), answer=shop.take) as app:
        # The shop told a customer that a parcel is on its way.
        parcel = await twilio.messages.create(
            to=CUSTOMER, from_=emulator.number, body="It is on its way.", status_callback=f"{app.url}/status"
        )
        await emulator.settled()

    # It was told four times, all of it true and nothing of it in order.
    assert [event.status for event in app.events if isinstance(event, StatusCallback)] == [
        "delivered", "sent", "delivered", "delivered",
    ]  # fmt: skip
    # It believed the first, recognised the one that came late, and laughed about the others.
    assert (shop.history, shop.late, shop.repeated) == (["delivered"], ["sent"], ["delivered", "delivered"])
    assert shop.known[parcel.sid].is_final


async def test_the_same_story_in_order(emulator: Emulator, twilio: AsyncSession) -> None:
    """Without such a network each step is news."""
    shop = Shop()
    async with APPS["fastapi"](Webhooks(emulator.auth_token), answer=shop.take) as app:
        callback = f"{app.url}/status"
        await twilio.messages.create(to=CUSTOMER, from_=emulator.number, body="Hi", status_callback=callback)
        await emulator.settled()

    assert (shop.history, shop.late, shop.repeated) == (["sent", "delivered"], [], [])
