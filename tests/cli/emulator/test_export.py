from __future__ import annotations

from pathlib import Path

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator


async def test_the_state_is_written_out(ask: Ask, emulator: Emulator, tmp_path: Path) -> None:
    """To stdout, or to a file that another emulator begins with."""
    emulator.add_message(body="Grüße")
    done = await ask("export")
    assert (done.code, done.out) == (0, emulator.export().decode() + "\n")
    file = tmp_path / "state.json"
    assert (await ask("export", str(file))).out == ""
    other = Emulator()
    other.seed(file.read_bytes())
    assert other.messages == emulator.messages
