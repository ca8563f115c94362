"""Numbers of a send."""

from __future__ import annotations

from twilio_async.outbox.report import Progress, Report


def test_progress_adds_up() -> None:
    """What is left and what is done are all."""
    progress = Progress(
        rows={"pending": 3, "sending": 1, "unknown": 1, "accepted": 5}, segments={}, in_flight=1, concurrency=10, throttled=0
    )
    assert (progress.total, progress.left, progress.done) == (10, 4, 6)


def test_a_report_knows_whether_it_is_complete() -> None:
    """Nothing left to send, and nothing in doubt."""
    assert Report(rows={"accepted": 2, "held": 1}, segments={}, codes={}).complete
    assert not Report(rows={"accepted": 2, "unknown": 1}, segments={}, codes={}).complete
    report = Report(rows={"accepted": 2, "pending": 1}, segments={}, codes={})
    assert not report.complete
    assert (report["accepted"], report["rejected"], report.total) == (2, 0, 3)
