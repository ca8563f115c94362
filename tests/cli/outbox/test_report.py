from __future__ import annotations

import stat
from pathlib import Path

from tests.cli.outbox.conftest import RECIPIENT, Asked
from twilio_async.emulator import Emulator


async def test_what_it_came_to_is_told(asked: Asked, emulator: Emulator) -> None:
    """In words: rows, times, and codes with what to do; no number and no text."""
    emulator.account.landlines.add(RECIPIENT)
    await asked("work", env=emulator.env)
    done = await asked("report")
    assert done.code == 0
    assert "5: 4 accepted, 1 rejected" in done.out
    assert "To accept  50% within" in done.out
    assert "21614" in done.out
    assert RECIPIENT[1:-4] not in done.out
    assert "Hello" not in done.out


async def test_a_page_is_written(asked: Asked, emulator: Emulator, tmp_path: Path) -> None:
    """For its owner alone, named after the ledger; it holds no number and no text either."""
    await asked("work", env=emulator.env)
    path = tmp_path / "page.html"
    done = await asked("report", "--html", str(path))
    assert (done.code, done.out) == (0, f"{path} written.\n")
    text, mode = looked_at(path)
    assert "<title>promo</title>" in text
    assert "5 rows, 5 segments; 5 accepted" in text
    assert RECIPIENT[1:-4] not in text
    assert "Hello" not in text
    assert stat.S_IMODE(mode) == 0o600


def looked_at(path: Path) -> tuple[str, int]:
    """A file's text and mode."""
    return path.read_text(), path.stat().st_mode


async def test_a_page_does_not_overwrite_the_ledger(asked: Asked, ledger: str) -> None:
    """One argument too few must not cost everything."""
    done = await asked("report", "--html", ledger)
    assert done.code == 2
    assert (await asked("status")).code == 0
