from __future__ import annotations

from rich.console import Console

from twilio_async.cli.bulk.ending import ending, is_complete, next_steps
from twilio_async.outbox import Report, State


def report(rows: dict[State, int]) -> Report:
    """A report of rows by state, all of one segment, rejected as landlines."""
    return Report(rows=rows, segments=rows, codes={21614: rows.get("rejected", 0)})


def printed(found: Report, *, bad: int = 0) -> str:
    """The ending as text."""
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        console.print(ending(found, bad=bad))
    return capture.get()


def test_every_row_is_accounted_for() -> None:
    """Each state that there is, what was not begun, what is invalid, and what to do about a code."""
    text = printed(report({"accepted": 1200, "rejected": 2, "unknown": 3, "pending": 4, "claimed": 5}), bad=6)
    for label, count in (("Accepted", "1,200"), ("Rejected", "2"), ("In doubt", "3"), ("Not sent", "9"), ("Invalid", "6")):
        assert any(label in line and f" {count} " in line for line in text.splitlines()), label
    assert "21614" in text
    assert "landlines take no texts" in text


def test_what_is_in_doubt_comes_with_the_command_that_helps() -> None:
    """On lines of their own, to be copied; without doubt there are none."""
    steps = list(next_steps({"unknown": 1, "absent": 2, "accepted": 5}, "'my promo.db'"))
    assert [step.partition(": ")[2] for step in steps] == [
        "twilio-async outbox reconcile 'my promo.db'", "twilio-async outbox reconcile 'my promo.db' --resend-absent",
    ]  # fmt: skip
    assert list(next_steps({"accepted": 5}, "x")) == []


def test_all_is_well_only_if_all_was_accepted() -> None:
    """An exit code of 0 means that nobody was left out."""
    assert is_complete({"accepted": 5, "rejected": 0})
    assert is_complete({})
    assert not is_complete({"accepted": 5, "skipped": 1})
