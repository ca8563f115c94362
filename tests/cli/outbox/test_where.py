from __future__ import annotations

from pathlib import Path

import pytest

from tests.outbox.conftest import texts
from twilio_async.cli.failures import Unusable
from twilio_async.cli.outbox.where import STATES, chosen, known, opened, spoken
from twilio_async.outbox import Outbox
from twilio_async.outbox.ledger import MOVES


async def test_the_only_campaign_need_not_be_named(ledger: str) -> None:
    """With two of them, one has to be; and it has to be there."""
    async with Outbox.open(ledger) as outbox:
        assert (await chosen(outbox, None), await chosen(outbox, "promo"), await known(outbox, None)) == (
            "promo",
            "promo",
            None,
        )
        await outbox.add(texts(1), campaign="other")
        with pytest.raises(Unusable, match=r"which campaign\? Say --campaign with one of: 'promo', 'other'"):
            await chosen(outbox, None)
        for find in (chosen, known):
            with pytest.raises(Unusable, match="there is no campaign 'promos'"):
                await find(outbox, "promos")


def test_what_is_not_there_is_not_opened(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    with pytest.raises(Unusable, match="does not exist"):
        opened(str(tmp_path / "x.db"))
    assert not list(tmp_path.iterdir())


def test_a_password_is_not_shown() -> None:
    """What is printed may end in a log."""
    assert spoken("postgresql://me:s3cret@h/db") == "postgresql://me@h/db"


def test_what_can_be_taken_up_again_is_what_the_ledger_allows() -> None:
    """The choice of the command is the ledger's rule."""
    assert set(STATES) == MOVES["retry"].sources
