"""What came in, as it came."""

from __future__ import annotations

from twilio_async.emulator.api.requests import ReceivedRequest


def test_a_target_is_kept_and_read() -> None:
    """Raw as on the wire, decoded where it is asked for; an empty value is a value."""
    request = ReceivedRequest("GET", "/a%2Fb/caf%C3%A9?DateSent%3E=2024-01-01&To=%2B1&Empty=", {})
    assert request.raw_path == "/a%2Fb/caf%C3%A9"
    assert request.path == "/a/b/café"
    assert request.query == (("DateSent>", "2024-01-01"), ("To", "+1"), ("Empty", ""))
    assert request.form == ()
    assert request.status is None


def test_a_form_is_read_and_other_bodies_are_not() -> None:
    """A body without a type is taken for a form, as Twilio does."""
    body = b"MediaUrl=a&MediaUrl=b&Body=%E2%82%AC+1"
    pairs = (("MediaUrl", "a"), ("MediaUrl", "b"), ("Body", "€ 1"))
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert ReceivedRequest("POST", "/x", {}, body).form == pairs
    assert ReceivedRequest("POST", "/x", form, body).form == pairs
    assert ReceivedRequest("POST", "/x", {"Content-Type": "application/json"}, b"{}").form == ()


def test_parameters_come_from_query_and_form_together() -> None:
    """Repeated ones in order."""
    request = ReceivedRequest("POST", "/x?A=1", {}, b"B=2&A=3")
    assert request.parameters == {"A": ["1", "3"], "B": ["2"]}
