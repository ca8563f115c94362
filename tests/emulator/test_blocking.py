"""What takes its time, for synchronous code."""

from __future__ import annotations

import pytest

from twilio_async.emulator import Emulator

ANN = "+15558675310"


def test_synchronous_code_waits_for_what_others_await() -> None:
    """A text is received, a message waited for, and all is settled, from the thread of a test without a loop."""
    with Emulator() as emulator:
        received = emulator.blocking.receive("Hello", from_=ANN)
        assert received.message.from_ == ANN
        emulator.add_message(to=ANN, body="There")
        assert emulator.blocking.wait_for(to=ANN).body == "There"
        emulator.blocking.settled()
        assert emulator.blocking.call_webhook("http://127.0.0.1:9/").state == "failed"
        with pytest.raises(TimeoutError, match=r"expected within 0\.01 s a message with to='\+14155550199'"):
            emulator.blocking.wait_for(to="+14155550199", timeout=0.01)


async def test_it_refuses_to_stop_an_event_loop() -> None:
    """Neither the emulator's own nor another, in which the application might run that is to answer; it says what to do."""
    async with Emulator() as emulator:
        with pytest.raises(RuntimeError, match="await the emulator's method"):
            emulator.blocking.settled()
    with Emulator() as emulator, pytest.raises(RuntimeError, match="await the emulator's method"):
        emulator.blocking.receive("Hello")


def test_one_that_is_not_started_is_refused() -> None:
    """The error says how it is started."""
    with pytest.raises(RuntimeError, match="not started"):
        Emulator().blocking.settled()


async def test_another_loop_may_await_as_well() -> None:
    """An emulator in a thread of its own is awaited from the loop of a test."""
    with Emulator() as emulator:
        received = await emulator.receive("Hello", from_=ANN)
        assert received.message.body == "Hello"
        await emulator.settled()
        assert (await emulator.wait_for(direction="inbound")).sid == received.message.sid
    with pytest.raises(RuntimeError, match="not started"):
        await emulator.settled()
