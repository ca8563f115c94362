from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from tests.cli.shell import in_terminal, without_controls
from twilio_async import Concurrency
from twilio_async.cli.panel import Curve, LivePanel, Speed
from twilio_async.cli.tally import Tally


def rendered(tally: Tally, *, columns: int = 80, ending: bool = False, rate: float = 200.0) -> list[str]:
    """The lines of a panel, without colours."""
    panel = LivePanel("Messages", tally, Concurrency(50), rate, width=columns, ending=lambda: ending)
    console = Console(width=columns, color_system=None, force_terminal=True)
    with console.capture() as capture:
        console.print(panel)
    return capture.get().splitlines()


@pytest.mark.parametrize("columns", [50, 80, 200])
@pytest.mark.parametrize("total", [1, 1000, 9_999_999])
def test_the_panel_is_a_rectangle_that_fits(columns: int, total: int) -> None:
    """Nothing sticks out and nothing is cut off, in a narrow terminal and with large numbers."""
    lines = rendered(Tally(total), columns=columns)
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= columns
    assert not any("..." in line for line in lines)


def test_the_panel_says_when_it_only_finishes() -> None:
    """After Ctrl-C it is clear that it was heard."""
    assert "finishing what is in flight" in rendered(Tally(10), ending=True)[0]
    assert "finishing" not in rendered(Tally(10))[0]


def test_a_slow_rate_is_told_with_its_fraction() -> None:
    """Half a segment per second is not none."""
    assert any("0.0 of 0.5 seg/s" in line for line in rendered(Tally(10), rate=0.5))


def test_a_curve_keeps_what_it_has_drawn() -> None:
    """A column shows how it was when the bar was there; it neither moves nor changes."""
    curve = Curve(8, 100.0)
    assert [curve.drawn(done, value) for done, value in ((0.0, 50), (0.25, 0), (0.25, 100), (0.5, 100), (1.0, 250))] == [
        "", "▁▁", "▁▁", "▁▁██", "▁▁██████",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e9))), st.integers(1, 100))
def test_a_curve_is_never_wider_than_it_may_be(points: list[tuple[float, float]], width: int) -> None:
    """Whatever comes, in whatever order, it stays under its bar."""
    curve = Curve(width, 200.0)
    assert all(len(curve.drawn(done, value)) <= width for done, value in points)


def test_speed_is_that_of_the_last_seconds() -> None:
    """What was long ago does not count any more, and nothing at all is no division by zero."""
    speed = Speed(2.0)
    seen = [speed.at(moment, count) for moment, count in ((0.0, 0), (1.0, 100), (2.0, 200), (3.0, 200), (4.0, 200))]
    assert seen == [0.0, 100.0, 100.0, 50.0, 0.0]


def test_a_terminal_is_shown_a_panel_that_stays() -> None:
    """In a terminal the panel moves, keeps its last picture, and gives the cursor back."""
    code, sent = in_terminal("demo", "--count", "60", "--latency", "0.01")
    shown = without_controls(sent)
    assert code == 0
    assert "╭─ 60 messages to the emulator" in shown
    assert "60 of 60" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    assert sent.count("\x1b[?25l") == sent.count("\x1b[?25h") == 1
    assert "60 delivered" in shown
    assert re.search(r"\x1b\[(\d+;)*3\d[;m]", sent)


def test_no_color_is_honoured() -> None:
    """With NO_COLOR the panel is the same in one colour."""
    code, sent = in_terminal("demo", "--count", "20", "--latency", "0.01", env={"NO_COLOR": "1"})
    assert code == 0
    assert not re.search(r"\x1b\[(\d+;)*3\d[;m]", sent)
    assert "20 of 20" in without_controls(sent)


def test_a_curve_begins_where_an_earlier_run_ended() -> None:
    """What was done before this run left no curve."""
    curve = Curve(8, 100.0, begins=0.5)
    assert [curve.drawn(done, 100) for done in (0.5, 0.75)] == ["    ", "    ██"]


def test_a_curve_without_a_limit_is_as_high_as_its_highest_point() -> None:
    """What was drawn before shrinks when a higher one comes."""
    curve = Curve(4, None)
    assert [curve.drawn(done, value) for done, value in ((0.5, 0), (0.75, 50), (1.0, 100))] == ["▁▁", "▁▁█", "▁▁▅█"]
