from __future__ import annotations

from tests.cli.outbox.conftest import Asked, Rows
from twilio_async.emulator import Emulator


async def test_a_paused_campaign_is_not_begun(asked: Asked, rows: Rows, emulator: Emulator) -> None:
    """A worker finds nothing to do; the exit code says that something is left."""
    done = await asked("pause")
    assert (done.code, done.out) == (0, "promo is paused.\n")
    assert (await asked("work", env=emulator.env)).code == 1
    assert (await rows(), emulator.messages) == ({"pending": 5}, [])


async def test_a_campaign_that_is_not_there_cannot_be_paused(asked: Asked) -> None:
    """A typing mistake must not let it go on unnoticed."""
    done = await asked("pause", "--campaign", "promos")
    assert done.code == 2
    assert "there is no campaign 'promos'" in done.err
