from __future__ import annotations

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator


async def test_requests_go_wrong(ask: Ask, emulator: Emulator) -> None:
    """As often, and where, as is said."""
    rule = ["POST /Messages", "--status", "503", "--times", "2", "--parameter", "To=+1", "--retry-after", "3"]
    done = await ask("fault", *rule)
    assert (done.code, done.out) == (0, "status from now on for POST /Messages, 2 times\n")
    (fault,) = emulator.faults
    assert (fault.match, fault.status, fault.times, fault.parameters, fault.retry_after) == (
        "POST /Messages",
        503,
        2,
        {"To": "+1"},
        3,
    )


async def test_webhooks_go_wrong(ask: Ask, emulator: Emulator) -> None:
    """Until nothing does any more."""
    done = await ask("fault", "/in", "--webhook", "delay", "--seconds", "30")
    assert done.out == "delay from now on for /in, for ever\n"
    assert [(fault.kind, fault.match, fault.seconds) for fault in emulator.webhook_faults] == [("delay", "/in", 30)]
    await ask("fault", "--kind", "reset", "--times", "1")
    assert (await ask("fault", "--clear")).out == "Nothing goes wrong any more.\n"
    assert len(emulator.webhook_faults) == len(emulator.faults) == 0


async def test_what_makes_no_rule_is_told(ask: Ask, emulator: Emulator) -> None:
    """By the emulator, or before it is asked."""
    done = await ask("fault", "/Messages")
    assert (done.code, done.out) == (1, "")
    assert "say what goes wrong" in done.err
    assert (await ask("fault", "--clear", "--status", "500")).code == 2
    assert (await ask("fault", "--parameter", "To")).code == 2
    assert len(emulator.faults) == 0
