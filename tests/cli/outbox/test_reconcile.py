from __future__ import annotations

from tests.cli.outbox.conftest import Asked, Rows
from twilio_async.emulator import Emulator

SOON = ("--quiet", "0", "--apart", "0")


async def test_what_is_in_doubt_is_looked_for(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """What Twilio has is accepted; while its list cannot be read, nothing is concluded."""
    emulator.faults.add("POST /Messages.json", kind="accept_then_drop", times=1)
    emulator.faults.add("GET /Messages.json", status=400, times=1)
    done = await asked("work", env=emulator.env)
    assert done.code == 1
    assert "not reconciled" in done.err
    assert await rows() == {"accepted": 4, "unknown": 1}
    done = await asked("reconcile", env=emulator.env)
    assert (done.code, done.out) == (0, "1 row found at Twilio: accepted.\n")
    assert (await asked("reconcile", env=emulator.env)).out == "Nothing is in doubt.\n"
    assert len(emulator.messages) == 5


async def test_what_twilio_does_not_have_is_sent_again_only_if_that_is_said(
    asked: Asked, rows: Rows, emulator: Emulator
) -> None:
    """It takes two looks after a quiet time; the first one says when to look again."""
    emulator.faults.add("POST /Messages.json", kind="accept_then_drop", processed=False, times=1)
    await asked("work", env=emulator.env)
    done = await asked("reconcile", env=emulator.env)
    assert done.code == 1
    assert done.out.startswith("1 row open: look again in ")
    for _ in range(2):
        done = await asked("reconcile", *SOON, env=emulator.env)
    assert done.code == 1
    assert await rows() == {"accepted": 4, "absent": 1}
    done = await asked("reconcile", *SOON, "--resend-absent", env=emulator.env)
    assert (done.code, done.out) == (0, "1 row to be sent again: Twilio does not have them.\n")
    assert (await asked("work", env=emulator.env)).code == 0
    assert len({message.to for message in emulator.messages}) == len(emulator.messages) == 5


async def test_credentials_are_needed(asked: Asked) -> None:
    """Missing ones exit with 3."""
    assert (await asked("reconcile")).code == 3
