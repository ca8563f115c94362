"""What happens, as it happens."""

from __future__ import annotations

import asyncio
import gc

import anyio
import anyio.to_thread

from twilio_async.emulator import Emulator
from twilio_async.emulator.applications.deliveries import Alert
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.events import Events


def alert(clock: Clock, code: int) -> Alert:
    """Something to tell of."""
    return Alert(code=code, at=clock(), detail="", url="")


async def test_everybody_who_listens_hears_everything_from_then_on() -> None:
    """Two listen, one from the beginning and one later; in order, from whatever thread it is told."""
    clock = Clock()
    events = Events(clock)
    events.tell("alert", alert(clock, 1))
    with events.subscribe() as early:
        await anyio.to_thread.run_sync(events.tell, "alert", alert(clock, 2))
        with events.subscribe() as late:
            events.tell("alert", alert(clock, 3))
            heard = [await anext(early), await anext(early), await anext(late)]
    assert [event.record.code for event in heard if isinstance(event.record, Alert)] == [2, 3, 3]
    assert heard[0].name == "alert"


async def test_who_listens_waits_until_something_happens() -> None:
    """The loop does other things meanwhile."""
    clock = Clock()
    events = Events(clock)
    with events.subscribe() as subscription:
        waiting = asyncio.ensure_future(anext(subscription))
        await anyio.sleep(0.01)
        assert not waiting.done()
        events.tell("alert", alert(clock, 7))
        assert (await waiting).at <= clock()


async def test_it_ends_for_all_when_it_is_closed() -> None:
    """What was told before still comes; then the iteration is over."""
    clock = Clock()
    events = Events(clock)
    subscription = events.subscribe()
    events.tell("alert", alert(clock, 1))
    events.close()
    events.tell("alert", alert(clock, 2))
    assert len([event async for event in subscription]) == 1


async def test_who_just_walks_away_is_forgotten() -> None:
    """Nothing piles up for a subscription that nobody holds any more."""
    events = Events(Clock())
    events.subscribe()
    gc.collect()
    assert not events._listeners()


async def test_an_emulator_tells_of_requests_messages_and_webhooks(emulator: Emulator) -> None:
    """One text: the request that asked for it, the message with each of its statuses, and its end with the emulator."""
    names: list[str] = []
    subscription = emulator.events()
    with anyio.fail_after(30):
        await emulator.receive("Hello")
        await emulator.call_webhook("http://127.0.0.1:9/")
        async for event in subscription:
            names.append(event.name)
            if event.name == "delivery":
                break
    assert names == ["message.created", "alert", "alert", "delivery"]
