"""What is read from an answer's headers, whatever stands in them."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from twilio_async._answer import Answer


def test_the_request_id_is_found_in_any_spelling() -> None:
    """Headers have no case; without the header there is no id."""
    assert Answer(200, CIMultiDict({"TWILIO-REQUEST-ID": "RQ1"})).request_id == "RQ1"
    assert Answer(200, {}).request_id is None


@pytest.mark.parametrize(
    ("header", "count"),
    [("1", 1), ("0", 0), ("100", 100), ("", None), ("-1", None), ("1.5", None), ("many", None), ("²", None), ("9" * 99, None)],
)
def test_the_count_of_concurrent_requests_is_a_number_or_nothing(header: str, count: int | None) -> None:
    """A header that is no count of anything breaks no call."""
    assert Answer(200, {"Twilio-Concurrent-Requests": header}).concurrent_requests == count
    assert Answer(200, {}).concurrent_requests is None


def test_a_body_is_not_shown() -> None:
    """It may be somebody's text, or a token; reports of errors print what an answer shows of itself."""
    assert "secret" not in repr(Answer(200, {}, b"secret"))
