from __future__ import annotations

from rich.console import Console

from tests.cli.test_tally import ended
from twilio_async.cli.course import OutboxCourse, funnel
from twilio_async.cli.panel import LivePanel
from twilio_async.events import Retrying
from twilio_async.limits import Concurrency
from twilio_async.outbox import Report, SendingWindow, State

NOON = 1_800_000_000 // 86_400 * 86_400 + 12 * 3600.0


class Clock:
    """Seconds, as a test says."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def report(rows: dict[State, int], codes: dict[int | None, int] | None = None) -> Report:
    """A report of rows of two segments each."""
    return Report(rows=rows, segments={state: 2 * count for state, count in rows.items()}, codes=codes or {})


def test_what_an_earlier_run_sent_is_done_and_no_segment_of_this_one() -> None:
    """A speed that counted them would be a lie."""
    course = OutboxCourse(report({"pending": 60, "accepted": 40}))
    assert (course.total, course.done, course.segments) == (100, 40, 0)
    course.show(report({"pending": 30, "sending": 5, "accepted": 60, "rejected": 5}))
    assert (course.total, course.done, course.segments) == (100, 65, 50)
    assert {count.name: count.number for count in course.counts} == {"Segments": 50, "Rejected": 5, "In doubt": 0, "429s": 0}


def test_the_session_tells_429s_and_refused_credentials() -> None:
    """Everything else there is let pass."""
    course = OutboxCourse(report({}))
    for event in (ended(201), ended(429), ended(None), Retrying(operation="", attempt=1, delay=0.0, error="RateLimited")):
        course(event)
    assert (course.throttled, course.unauthorized) == (1, False)
    course(ended(401))
    assert course.unauthorized


def test_funnel_errors_and_the_expected_end_are_told() -> None:
    """The commonest codes with their meaning; an end as soon as there is a speed."""
    clock = Clock()
    course = OutboxCourse(report({"pending": 100}), clock=clock, wall_clock=lambda: NOON)
    clock.now = 10.0
    course.show(report({"pending": 80, "accepted": 15, "rejected": 5}, {21614: 3, 21610: 2}))
    told = [remark.plain for remark in course.remarks]
    assert told[:3] == [
        "80 to send  15 accepted  5 rejected",
        "3 × 21614: no mobile number",
        "2 × 21610: the recipient answered STOP",
    ]
    assert told[3].startswith("About 40 s left, until ")


def test_outside_of_the_hours_of_sending_it_says_when_it_goes_on() -> None:
    """Nothing is wrong; it only waits."""
    window = SendingWindow("08:00", "09:00", zone="UTC")
    course = OutboxCourse(report({"pending": 1}), window=window, wall_clock=lambda: NOON)
    assert course.remarks[-1].plain.startswith("Outside of the hours of sending: goes on at ")


def test_each_row_is_in_the_funnel_once() -> None:
    """Whatever its state."""
    states: dict[State, int] = {"unknown": 1, "absent": 2, "held": 3, "expired": 4, "cancelled": 5, "skipped": 6, "claimed": 7}
    assert dict(funnel(states)) == {"in doubt": 6, "too late": 4, "cancelled": 5, "opted out": 6, "to send": 7}


def test_the_panel_shows_it_within_its_borders() -> None:
    """Without a limit of the rate, too, and in a terminal that is narrow."""
    course = OutboxCourse(report({"pending": 50, "accepted": 50}, {21614: 1}))
    for columns in (60, 80):
        console = Console(width=columns, color_system=None, force_terminal=True)
        with console.capture() as capture:
            console.print(LivePanel("x", course, Concurrency(10), None, width=columns, ending=lambda: False))
        lines = capture.get().splitlines()
        assert len({len(line) for line in lines}) == 1
        assert any("50 of 100" in line for line in lines)
        assert any("0.0 seg/s" in line for line in lines)
        assert any("50 to send" in line for line in lines)
