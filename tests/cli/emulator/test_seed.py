from __future__ import annotations

from tests.cli.emulator.conftest import Ask
from twilio_async.emulator import Emulator


async def test_a_document_goes_into_a_running_emulator(ask: Ask, emulator: Emulator) -> None:
    """From a file, or from stdin."""
    done = await ask("seed", "-", given=b'{"messages": [{"body": "Hi"}]}')
    assert (done.code, done.out, done.err) == (0, "It has 1 message now.\n", "")
    assert [message.body for message in emulator.messages] == ["Hi"]


async def test_what_is_wrong_with_it_is_told(ask: Ask, emulator: Emulator) -> None:
    """In the emulator's words; a file that is not there is a usage error."""
    done = await ask("seed", "-", given=b'{"messages": [{"to": 1}]}')
    assert (done.code, done.out) == (1, "")
    assert "Expected `str`, got `int` - at `$.messages[0].to`" in done.err
    assert (await ask("seed", "/no/such/file")).code == 2
    assert emulator.messages == []
