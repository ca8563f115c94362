from __future__ import annotations

from collections.abc import Iterator

from twilio_async import Message, SendResult
from twilio_async.cli.tally import Tally
from twilio_async.errors import InvalidNumber
from twilio_async.events import RequestEnded, Retrying


def accepted(segments: int | None) -> SendResult:
    """The result of a message that was taken."""
    message = Message(sid="SM0", account_sid="AC0", status="queued", direction="outbound-api", num_segments=segments)
    return SendResult(index=0, row={}, outcome="accepted", message=message)


def refused() -> SendResult:
    """The result of one that was not."""
    return SendResult(index=1, row={}, outcome="rejected", error=InvalidNumber("no", status=400, code=21211))


def ended(status: int | None) -> RequestEnded:
    """What a session tells at the end of a try."""
    return RequestEnded(
        operation="messages.create", attempt=1, outcome="accepted", status=status, code=None, request_id=None, elapsed=0.1,
        concurrent_requests=None,
    )  # fmt: skip


def test_results_are_counted_with_their_segments() -> None:
    """A message whose segments are not known yet counts as one; a failure is kept whole."""
    tally = Tally(5)
    for result in (accepted(2), accepted(None), refused()):
        tally.add(result)
    assert (tally.accepted, tally.segments, tally.done) == (2, 3, 3)
    assert [result.index for result in tally.failures] == [1]


def test_events_are_counted_by_what_they_tell() -> None:
    """Repeats and 429s come from the session's hooks; everything else there is let pass."""
    tally = Tally(5)
    for event in (ended(201), ended(429), ended(None), Retrying(operation="", attempt=1, delay=0.0, error="RateLimited")):
        tally(event)
    assert (tally.throttled, tally.retries) == (1, 1)


def test_time_stands_still_after_the_end() -> None:
    """What is reported afterwards is how long it took."""
    times: Iterator[float] = iter([10.0, 11.5, 13.0, 99.0])
    tally = Tally(1, clock=lambda: next(times))
    assert tally.elapsed == 1.5
    tally.end()
    assert [tally.elapsed, tally.elapsed] == [3.0, 3.0]
