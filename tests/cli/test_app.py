from __future__ import annotations

import subprocess

import click
import pytest

from tests.cli.shell import COMMAND, environment, run
from twilio_async.cli.app import commands

NAMES = sorted(commands.commands)


@pytest.mark.parametrize("name", NAMES)
async def test_every_command_has_a_file_and_help(name: str) -> None:
    """What the list of commands names can be run and explains itself."""
    done = await run(name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: twilio-async {name} ")


async def test_a_name_that_is_no_command_is_a_usage_error() -> None:
    """A typing mistake exits with 2 and names what was meant."""
    done = await run("sned")
    assert done.code == 2
    assert "'send'" in done.err


async def test_without_a_command_help_is_shown() -> None:
    """The bare name explains itself, as a usage error."""
    done = await run()
    assert done.code == 2
    assert "Commands:" in done.err


def test_a_command_is_found_by_its_name_alone() -> None:
    """Listing gives the name and its line; resolving gives the command itself."""
    with click.Context(commands) as context:
        name, command, rest = commands.resolve_command(context, ["segments", "hello"])
    assert (name, rest) == ("segments", ["hello"])
    assert command is not None
    assert command.params


def test_a_reader_who_has_seen_enough_ends_it_quietly() -> None:
    """A closed pipe, as of ``| head``, makes neither a traceback nor a message."""
    with subprocess.Popen(
        [*COMMAND, "segments", "hello"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 1


async def test_what_the_output_cannot_encode_is_escaped() -> None:
    """A terminal that knows only ASCII is given escapes, not a traceback."""
    done = await run("segments", "Grüße", env={"PYTHONIOENCODING": "ascii"})
    assert done.code == 0
    assert r"Gr\xfc\xdfe" in done.out
