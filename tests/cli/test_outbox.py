"""The group of what one does with an outbox."""

from __future__ import annotations

import click
import pytest

from tests.cli.shell import run
from twilio_async.cli.outbox import command

NAMES = sorted(command.commands) if isinstance(command, click.Group) else []


@pytest.mark.parametrize("name", NAMES)
async def test_every_command_has_a_file_and_help(name: str) -> None:
    """What the list of commands names can be run and explains itself."""
    done = await run("outbox", name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: twilio-async outbox {name} [OPTIONS] WHERE")


async def test_a_ledger_that_is_not_there_is_not_made(tmp_path: object) -> None:
    """A typing mistake is an error, for each command."""
    for name in sorted({*NAMES} - {"work", "reconcile"}):
        done = await run("outbox", name, f"{tmp_path}/typo.db")
        assert done.code == 2
        assert "typo.db does not exist" in done.err
    assert len(NAMES) == 8
