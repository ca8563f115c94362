"""How webhooks are carried."""

from __future__ import annotations

import anyio
import httpx
from aiohttp import web

from tests.application import Application, Told, running_application
from tests.emulator.conftest import Connect, until
from tests.emulator.domain.test_lifecycle import create
from tests.tasks import no_task_left, settle
from twilio_async.emulator import Emulator


async def test_the_webhooks_of_one_message_come_one_after_another(
    emulator: Emulator, api: httpx.AsyncClient, application: Application
) -> None:
    """While the first is being answered the second waits; those of another message do not."""
    answer_it = anyio.Event()

    async def slowly(_: Told) -> web.Response:
        await answer_it.wait()
        return web.Response()

    application.answers.append(slowly)
    first = await create(api, emulator, StatusCallback=application.url)
    await until(lambda: len(application.told) == 1)
    second = await create(api, emulator, StatusCallback=application.url)
    await until(lambda: emulator.deliveries[-1].state == "delivered" and len(application.told) == 3)
    assert [told.fields["MessageSid"] for told in application.told] == [first.sid, second.sid, second.sid]
    assert [delivery.state for delivery in emulator.deliveries] == ["under way", "waiting", "delivered", "delivered"]
    answer_it.set()
    await emulator.settled()
    assert application.statuses == ["sent", "sent", "delivered", "delivered"]


async def test_a_delivery_tells_what_became_of_it(emulator: Emulator, api: httpx.AsyncClient, application: Application) -> None:
    """Attempts, status, answer and latency of each; a failure is an alert."""
    application.answers += [web.Response(text="thanks"), web.Response(status=500)]
    message = await create(api, emulator, StatusCallback=f"{application.url}/x#rc=0")
    await emulator.settled()
    good, bad = emulator.deliveries
    assert (good.state, good.status, good.answer, good.message_sid) == ("delivered", 200, b"thanks", message.sid)
    assert good.latency > 0
    assert (bad.state, bad.status, bad.attempts[-1].status) == ("failed", 500, 500)
    assert str(bad).endswith("/x: failed, 1 attempt, answered 500")
    (alert,) = emulator.alerts
    assert (alert.message_sid, alert.url) == (message.sid, f"{application.url}/x")


async def test_closing_breaks_off_what_is_under_way(connect: Connect) -> None:
    """An application that does not answer keeps no emulator from ending, and no task is left."""
    closed = anyio.Event()

    async def too_late(_: Told) -> web.Response:
        await closed.wait()
        return web.Response()

    async with no_task_left(), running_application() as application:
        application.answers.append(too_late)
        async with Emulator() as emulator, connect(emulator) as api:
            await create(api, emulator, StatusCallback=application.url)
            await until(lambda: application.told)
        closed.set()
        await settle()
    assert application.statuses == ["sent"]


async def test_what_happened_before_the_start_is_told_after_it(application: Application) -> None:
    """A message can be moved in an emulator that does not run yet."""
    emulator = Emulator(lifecycle="manual")
    message = emulator.add_message(status="queued", status_callback=application.url)
    emulator.deliver(message)
    assert [delivery.state for delivery in emulator.deliveries] == ["waiting"]
    async with emulator:
        await emulator.settled()
    assert application.statuses == ["delivered"]


async def test_a_hundred_messages_are_told_of_side_by_side(emulator: Emulator, application: Application) -> None:
    """All are delivered, each message's in order, and only so many are remembered as was said."""
    async with Emulator(lifecycle="manual", max_requests=50) as bounded:
        for _ in range(100):
            message = bounded.add_message(status="queued", status_callback=application.url)
            bounded.send(message)
            bounded.deliver(message)
        await bounded.settled()
        assert len(bounded.deliveries) == 50
    told: dict[str, list[str]] = {}
    for one in application.told:
        told.setdefault(one.fields["MessageSid"], []).append(one.fields["MessageStatus"])
    assert list(told.values()) == [["sent", "delivered"]] * 100
