"""The ledger's rules: what leads where, what a try comes to, and which row is which."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.errors import (
    AmbiguousOutcome,
    APIError,
    AuthenticationError,
    CertificateError,
    ConnectError,
    InvalidArgument,
    InvalidNumber,
    NotFound,
    OptedOut,
    Outcome,
    PermissionDenied,
    QueueFull,
    RateLimited,
    ServerError,
    TimedOut,
    TwilioError,
    UnreadableAnswer,
)
from twilio_async.outbox.ledger import (
    DELIVERY_ORDER,
    DOUBTFUL,
    MOVES,
    OPEN,
    STATES,
    TERMINAL,
    content_key,
    later_delivery,
    read_reference,
    reference,
    settlement,
    with_reference,
)
from twilio_async.resources.messages import Message

NOW = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
MESSAGE = Message(sid="SM1", account_sid="AC1", status="queued", direction="outbound-api")


def test_every_state_is_open_or_doubtful_or_the_end() -> None:
    """And only one of them."""
    assert set(STATES) == OPEN | DOUBTFUL | TERMINAL
    assert len(OPEN) + len(DOUBTFUL) + len(TERMINAL) == len(STATES)


def test_nothing_comes_back_from_the_wire_without_evidence() -> None:
    """Only an answer that says it was not processed, or silence that lasted, make a row pending again."""
    back = {event for event, (sources, target) in MOVES.items() if target == "pending" and sources & {"sending", "unknown"}}
    assert back == {"put_back", "resend"}
    assert "sending" not in MOVES["resend"].sources


def test_what_was_accepted_stays_so() -> None:
    """Unless it turns out that its message is another row's."""
    assert {event for event, (sources, _) in MOVES.items() if "accepted" in sources} == {"displace", "observe"}


ERRORS: list[tuple[TwilioError, str, float]] = [
    (TimedOut("no answer", outcome="unknown"), "lose", 0),
    (AmbiguousOutcome("500", operation="x", attempts=1, parameters={}, sent_at=NOW, lost_at=NOW, status=500), "lose", 0),
    (ServerError("oops", status=500, outcome="unknown"), "lose", 0),
    (UnreadableAnswer("cut off", operation="x", outcome="accepted", status=201), "accept", 0),
    (UnreadableAnswer("redirected", operation="x", outcome="rejected", status=307), "reject", 0),
    (InvalidNumber("no number", status=400, code=21211), "reject", 0),
    (APIError("conflict", status=409), "reject", 0),
    (OptedOut("STOP", status=400, code=21610), "skip", 0),
    (RateLimited("too many", status=429, code=20429, outcome="not_sent"), "put_back", 1),
    (RateLimited("too many", status=429, code=20429, outcome="not_sent", retry_after=7.0), "put_back", 7),
    (RateLimited("too many", status=429, outcome="rejected", retry_after=9e9), "put_back", 60),
    (QueueFull("full", status=429, code=21611), "put_back", 60),
    (AuthenticationError("who?", status=401, code=20003), "put_back", 0),
    (PermissionDenied("suspended", status=403, code=20403), "put_back", 0),
    (NotFound("no such account", status=404, code=20404), "put_back", 0),
    (AuthenticationError("a proxy's", status=401), "reject", 0),
    (AuthenticationError("no token", status=401, outcome="not_sent"), "put_back", 1),
    (ServerError("no token", status=500, outcome="not_sent"), "put_back", 1),
    (ConnectError("refused"), "put_back", 1),
    (CertificateError("not trusted"), "put_back", 1),
    (TimedOut("held back"), "put_back", 0),
    (InvalidArgument("wrong", argument="body"), "reject", 0),
]


@pytest.mark.parametrize(("error", "event", "delay"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_comes_to_what_is_certain_about_it(error: TwilioError, event: str, delay: float) -> None:
    """Never more than its outcome proves."""
    noted = settlement(error, 1)
    assert (noted.event, noted.delay) == (event, delay)
    assert noted.sid is None
    assert noted.reason is not None
    assert noted.reason.startswith(type(error).__name__)


@given(
    outcome=st.sampled_from(["unknown", "accepted"]),
    kind=st.sampled_from([row[0] for row in ERRORS]),
    attempt=st.integers(1, 99),
)
def test_what_may_have_happened_is_never_put_back(outcome: Outcome, kind: TwilioError, attempt: int) -> None:
    """Whatever class of error says so."""
    before, kind.outcome = kind.outcome, outcome
    try:
        assert settlement(kind, attempt).event == {"unknown": "lose", "accepted": "accept"}[outcome]
    finally:
        kind.outcome = before


def test_a_message_is_accepted_with_its_sid() -> None:
    """The answer names it."""
    assert (settlement(MESSAGE, 1).state, settlement(MESSAGE, 1).sid) == ("accepted", "SM1")


def test_waits_grow_and_have_an_end() -> None:
    """A network that is down is not asked more often than once a minute."""
    delays = [settlement(ConnectError("refused"), attempt).delay for attempt in (1, 2, 3, 10, 10_000)]
    assert delays == [1, 2, 4, 60, 60]


# --- keys ----------------------------------------------------------------------------------------------------------------


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_keys_differ_exactly_when_rows_do(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """Recipient, sender and content, and where one ends and the next begins."""
    assert (content_key(*one) == content_key(*other)) == (one == other)


def test_keys_stay_the_same() -> None:
    """Between versions of this library and runs of Python: rows are known again by them."""
    assert content_key("+15558675310", "+15017122661", ["hi", None]) == "bfda0dd445fa2af19b28d6ac351029d4"


@given(campaign=st.text(min_size=1).filter(lambda text: "~" not in text), key=st.text(min_size=1))
def test_a_reference_is_read_as_it_was_made(campaign: str, key: str) -> None:
    """Whatever characters a key has."""
    assert read_reference(reference(campaign, key)) == (campaign, key)


@pytest.mark.parametrize("ref", ["", "a", "~", "a~", "~b"])
def test_what_is_no_reference_is_none(ref: str) -> None:
    """Callbacks are told by strangers."""
    assert read_reference(ref) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/b", "https://a.example/b?ref=c~1%2F2"),
        ("https://a.example/b?x=1#y", "https://a.example/b?x=1&ref=c~1%2F2#y"),
    ],
)
def test_a_callbacks_url_keeps_what_it_has(url: str, expected: str) -> None:
    """The reference comes behind the parameters that are there."""
    assert with_reference(url, "c~1/2") == expected


@given(st.lists(st.sampled_from(DELIVERY_ORDER), min_size=1))
def test_the_latest_status_stays_whatever_the_order_of_callbacks(told: list[str]) -> None:
    """They overtake one another."""
    known: str | None = None
    for status in told:
        known = status if later_delivery(known, status) else known
    assert known == max(told, key=DELIVERY_ORDER.index)
