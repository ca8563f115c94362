from __future__ import annotations

from pathlib import Path

from twilio_async import AsyncSession
from twilio_async.cli.bulk.roll import Good, Roll
from twilio_async.cli.bulk.sending import rows
from twilio_async.cli.bulk.stored import Stored, look
from twilio_async.emulator import Emulator
from twilio_async.outbox import Outbox

SENDER = {"from_": "+15017122661"}


def roll_of(*good: Good) -> Roll:
    """A roll with these rows."""
    roll = Roll()
    for row in good:
        roll.add(row)
    return roll


async def looked(path: Path, now: Roll, sender: dict[str, str] = SENDER) -> Stored:
    """What is found there."""
    async with Outbox.open(path) as outbox:
        return await look(outbox, "promo", now, sender)


async def stored(path: Path, before: Roll) -> None:
    """Store rows."""
    async with Outbox.open(path) as outbox:
        await outbox.add(rows(before, SENDER), campaign="promo")
        await outbox.add([{"to": "+14155550199", "body": "of another", **SENDER}], campaign="other")


async def test_the_same_file_again_makes_no_difference(tmp_path: Path) -> None:
    """All of it is known, and all is still to be sent; another campaign does not count."""
    with roll_of(Good(2, "+14155550100", None, "a"), Good(3, "+14155550101", "k", "b")) as roll:
        await stored(tmp_path / "x.db", roll)
        found = await looked(tmp_path / "x.db", roll)
    assert (found.total, found.known, found.open, list(found.differences())) == (2, 2, 2, [])
    assert found.summary() == "An earlier run left 2 rows: 2 pending."


async def test_another_text_and_another_sender_are_changes(tmp_path: Path) -> None:
    """What was stored first is what is sent: that has to be said."""
    with roll_of(Good(2, "+14155550100", None, "a"), Good(3, "+14155550101", None, "b")) as before:
        await stored(tmp_path / "x.db", before)
    with roll_of(Good(2, "+14155550100", None, "A"), Good(3, "+14155550101", None, "b")) as now:
        found = await looked(tmp_path / "x.db", now)
        assert (found.changed, found.changed_open) == (1, 1)
        assert "1 row would read otherwise now" in next(found.differences())
        assert (await looked(tmp_path / "x.db", now, {"from_": "+1"})).changed == 2


async def test_rows_that_left_the_file_and_keys_that_changed_are_told(tmp_path: Path) -> None:
    """Somebody who is no longer in the file would be texted, and somebody under a new key would be texted twice."""
    with roll_of(Good(2, "+14155550100", "a", "x"), Good(3, "+14155550101", "b", "x")) as before:
        await stored(tmp_path / "x.db", before)
    with roll_of(Good(2, "+14155550100", None, "x")) as now:
        found = await looked(tmp_path / "x.db", now)
    assert (found.known, found.rekeyed, found.gone_open) == (0, 1, 2)
    assert [difference.partition(" ")[0] for difference in found.differences()] == ["1", "2"]
    assert any("second text" in difference for difference in found.differences())


async def test_what_is_done_is_told_apart_from_what_is_to_be_done(tmp_path: Path, emulator: Emulator) -> None:
    """A change of a text that was sent changes nothing that is still to be sent."""
    with roll_of(Good(2, "+14155550100", None, "a")) as before:
        await stored(tmp_path / "x.db", before)
    async with Outbox.open(tmp_path / "x.db") as outbox, AsyncSession.from_env(emulator.env) as twilio:
        await outbox.send(twilio, campaign="promo")
        await outbox.pause("promo")
    with roll_of(Good(2, "+14155550100", None, "b")) as now:
        found = await looked(tmp_path / "x.db", now)
    assert (found.open, found.doubtful, found.changed, found.changed_open, found.paused) == (0, 0, 1, 0, True)
