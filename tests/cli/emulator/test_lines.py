from __future__ import annotations

from tests.cli.emulator.conftest import Ask
from twilio_async.cli.emulator.lines import event_line, message_line
from twilio_async.emulator import Emulator
from twilio_async.emulator.remote.plain import plain


def test_a_message_is_a_line() -> None:
    """Whatever is in its text, a terminal is not told to do anything."""
    emulator = Emulator()
    message = emulator.add_message(body="two\nlines\x1b[2J", status="failed", error_code=30008)
    line = message_line(plain(message))
    assert line.endswith(f" outbound-api failed 30008 {emulator.number} -> {message.to} two\\nlines\\x1b[2J")


async def test_every_event_is_a_line(ask: Ask) -> None:
    """With when, what, and what it happened to."""
    async with Emulator() as emulator:
        emulator.set_webhook("http://127.0.0.1:1/in")
        with emulator.events() as events:
            await emulator.receive("Hi")
            lines = [event_line({**plain(await anext(events)), "at": "now"}) for _ in range(4)]
    assert sorted(line.split()[1] for line in lines) == ["alert", "alert", "delivery", "message.created"]
    assert any("inbound webhook to http://127.0.0.1:1/in: failed, answered -" in line for line in lines)
    assert any(line.startswith("now alert 112") for line in lines)
    request = {"method": "GET", "target": "/x\x1b", "status": None}
    assert event_line({"at": "now", "name": "request", "record": request}) == "now request GET /x\\x1b -> no answer"
