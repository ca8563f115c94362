from __future__ import annotations

from tests.cli.outbox.conftest import Asked, Rows
from twilio_async.emulator import Emulator


async def test_rows_are_taken_back_by_key_or_all_of_them(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """What was cancelled is not sent, and can be taken up again."""
    assert (await asked("cancel", "--key", "k0", "--key", "k3")).out == "2 rows cancelled.\n"
    assert (await asked("cancel", "--key", "k0")).out == "0 rows cancelled.\n"
    await asked("work", env=emulator.env)
    assert await rows() == {"accepted": 3, "cancelled": 2}
    assert (await asked("retry", "--state", "cancelled")).out == "2 rows to be sent again.\n"
    assert (await asked("cancel", "--campaign", "promo")).out == "2 rows cancelled.\n"
