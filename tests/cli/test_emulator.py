"""The group of what one does with an emulator."""

from __future__ import annotations

import click
import pytest

from tests.cli.shell import run
from twilio_async.cli.emulator import command

NAMES = sorted(command.commands) if isinstance(command, click.Group) else []


@pytest.mark.parametrize("name", NAMES)
async def test_every_command_has_a_file_and_help(name: str) -> None:
    """What the list of commands names can be run and explains itself."""
    done = await run("emulator", name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: twilio-async emulator {name} ")


async def test_without_a_command_help_is_shown() -> None:
    """The bare name starts nothing; it explains what there is, as a usage error."""
    done = await run("emulator")
    assert (done.code, done.out) == (2, "")
    assert all(f"  {name} " in done.err for name in NAMES)
    assert len(NAMES) == 11
