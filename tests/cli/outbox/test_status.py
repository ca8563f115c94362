from __future__ import annotations

from tests.cli.outbox.conftest import RECIPIENT, Asked
from tests.cli.shell import run
from tests.outbox.conftest import texts
from twilio_async.emulator import Emulator
from twilio_async.outbox import Outbox


async def test_each_campaign_is_shown_with_its_rows(asked: Asked, ledger: str, emulator: Emulator) -> None:
    """By state, with the codes of what was refused and what to do, and whether it is paused."""
    emulator.account.landlines.add(RECIPIENT)
    await asked("work", env=emulator.env)
    async with Outbox.open(ledger) as outbox:
        await outbox.add(texts(2), campaign="later")
        await outbox.pause("later")
    done = await asked("status")
    assert done.code == 0
    words = [line.split() for line in done.out.splitlines()]
    assert ["accepted", "4", "4"] in words
    assert ["later", "(paused)"] in words
    assert "21614" in done.out
    assert "remove it: landlines take no texts" in done.out
    assert RECIPIENT[1:-4] not in done.out
    assert "accepted" not in (await asked("status", "--campaign", "later")).out


async def test_it_may_be_looked_at_while_it_is_sent(asked: Asked, ledger: str) -> None:
    """Looking takes no lock; to change something does, and the error says so."""
    async with Outbox.open(ledger):
        assert (await asked("status")).code == 0
        done = await asked("cancel")
    assert done.code == 1
    assert "Traceback" not in done.err


async def test_an_empty_ledger_is_told(asked: Asked, ledger: str, tmp_path: object) -> None:
    """There may be nothing in it yet."""
    async with Outbox.open(f"{tmp_path}/empty.db"):
        pass
    done = await run("outbox", "status", f"{tmp_path}/empty.db")
    assert (done.code, done.out) == (0, "There are no campaigns.\n")
