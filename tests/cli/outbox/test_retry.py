from __future__ import annotations

from tests.cli.outbox.conftest import RECIPIENT, Asked, Rows
from twilio_async.emulator import Emulator


async def test_rejected_rows_are_sent_again(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """All of them, or those with a code; what was accepted stays."""
    emulator.account.landlines.add(RECIPIENT)
    assert (await asked("work", env=emulator.env)).code == 1
    assert await rows() == {"accepted": 4, "rejected": 1}
    assert (await asked("retry", "--code", "21211")).out == "0 rows to be sent again.\n"
    assert (await asked("retry", "--code", "21614", "--code", "21635")).out == "1 row to be sent again.\n"
    emulator.account.landlines.clear()
    assert (await asked("work", env=emulator.env)).code == 0
    assert len(emulator.messages) == 5


async def test_what_may_have_been_sent_is_asked_about(asked: Asked) -> None:
    """To send it again may text somebody twice: where nobody can be asked, the option to add is named."""
    done = await asked("retry", "--state", "absent", "--state", "held")
    assert done.code == 2
    assert "absent and held" in done.err
    assert "add --yes" in done.err
    assert (await asked("retry", "--state", "absent", "--yes")).code == 0


async def test_what_cannot_be_sent_again_is_refused(asked: Asked) -> None:
    """What was accepted is not sent a second time by any command."""
    done = await asked("retry", "--state", "accepted")
    assert done.code == 2
