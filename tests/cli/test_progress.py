from __future__ import annotations

import pytest

from tests.cli.shell import in_terminal, run
from tests.cli.test_tally import accepted
from twilio_async.cli.progress import Lines
from twilio_async.cli.tally import Tally


class Clock:
    """Seconds, as a test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_line_comes_with_every_tenth() -> None:
    """A log of a million messages has ten lines, not a million."""
    lines: list[str] = []
    tally = Tally(1000, clock=Clock())
    progress = Lines("1,000 messages", tally, print_line=lines.append)
    for _ in range(1000):
        tally.add(accepted(2))
        progress.advance()
    assert len(lines) == 11
    assert lines[0] == "1,000 messages."
    assert lines[1] == "100 of 1,000 in 0.0 s: segments 200, retries 0, 429s 0, failed 0"
    assert lines[-1].startswith("1,000 of 1,000 ")


def test_a_line_comes_when_none_has_come_for_long() -> None:
    """A slow send is not silent."""
    lines: list[str] = []
    clock = Clock()
    tally = Tally(1_000_000, clock=clock)
    progress = Lines("", tally, print_line=lines.append, patience=5.0)
    for clock.now in (4.0, 6.0, 7.0, 12.0):
        tally.add(accepted(1))
        progress.advance()
    assert [line.partition(":")[0] for line in lines[1:]] == ["2 of 1,000,000 in 6.0 s", "4 of 1,000,000 in 12.0 s"]


async def test_without_a_terminal_there_are_plain_lines() -> None:
    """A pipe gets lines on stderr and the figures on stdout; even where colours are forced, nothing moves a cursor."""
    done = await run("demo", "--count", "20", "--latency", "0.01", env={"FORCE_COLOR": "1"})
    assert done.code == 0
    assert "10 of 20 in " in done.err
    assert "\x1b" not in done.err
    assert "20 delivered" in done.out


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_terminal_that_cannot_show_a_panel_gets_plain_lines(env: dict[str, str]) -> None:
    """Where the cursor cannot move, or blocks cannot be drawn, lines will do."""
    code, sent = in_terminal("demo", "--count", "10", "--latency", "0.01", env=env)
    assert code == 0
    assert "10 of 10 in " in sent
    assert "\x1b[1A" not in sent
