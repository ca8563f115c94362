"""What redirects and demands for credentials add to a request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications.errands import Attempt, Method
from twilio_async.emulator.applications.journey import MAX_REDIRECTS, Journey
from twilio_async.emulator.applications.outgoing import Letter, Login, OutgoingRequest
from twilio_async.emulator.domain.credentials import Key

LOGIN = Login("user", "p4ss")
BASIC = (("www-authenticate", 'Basic realm="x"'),)


def journey(method: Method = "POST", login: Login | None = LOGIN) -> Journey:
    """A journey to one place."""
    return Journey(Letter("http://h:80/a/b?c", method, (("A", "a"),), None, "t", Key("s")), login, lambda: "nonce")


def answer(request: OutgoingRequest, status: int | None, headers: Pairs = (), code: int | None = None) -> Attempt:
    """What came back."""
    return Attempt(
        at=datetime(2024, 5, 24, tzinfo=UTC),
        url=request.url,
        method=request.method,
        request_headers=(),
        request_body=b"",
        status=status,
        headers=headers,
        code=code,
    )


def authorized(request: OutgoingRequest | None) -> bool:
    """Whether a request carries credentials."""
    return request is not None and "Authorization" in dict(request.headers)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, None),
        (204, None),
        (299, None),
        (304, 11200),
        (300, 11200),
        (101, 11200),
        (400, 11217),
        (404, 11217),
        (500, 11217),
        (599, 11217),
    ],
)
def test_most_answers_are_the_end(status: int, code: int | None) -> None:
    """A success, or a failure that says which status it was."""
    trip = journey()
    attempt, following = trip.answered(trip.first, answer(trip.first, status))
    assert (attempt.code, following) == (code, None)
    assert (attempt.error is None) is (code is None)
    assert attempt.error is None or str(status) in attempt.error


def test_where_there_was_no_answer_nothing_follows() -> None:
    """What went wrong has been said already."""
    trip = journey()
    lost = answer(trip.first, 302, (("Location", "/x"),), code=11206)
    assert trip.answered(trip.first, lost) == (lost, None)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x%20y", "http://h:80/x%20y"),
        ("x", "http://h:80/a/x"),
        ("?d", "http://h:80/a/b?d"),
        ("//other/x", "http://other/x"),
        ("https://u:p@other/x#f", "https://other/x"),
    ],
)
def test_a_redirect_is_followed_wherever_it_leads(location: str, url: str) -> None:
    """Relative or not; its fragment means nothing, and its credentials are not taken."""
    trip = journey("GET")
    attempt, following = trip.answered(trip.first, answer(trip.first, 302, (("LOCATION", location),)))
    assert attempt.code is None
    assert following is not None
    assert (following.url, following.method) == (url, "GET")


@pytest.mark.parametrize("location", ["", "ftp://h/", "javascript:alert(1)", "//[", "http://h:99999/"])
def test_a_redirect_to_nowhere_is_a_failure(location: str) -> None:
    """Whatever stands there."""
    trip = journey()
    attempt, following = trip.answered(trip.first, answer(trip.first, 301, (("Location", location),)))
    assert (attempt.code, following) == (11216, None)


def test_a_loop_of_redirects_ends() -> None:
    """After a few, with a code of its own."""
    trip = journey()
    request: OutgoingRequest | None = trip.first
    for _ in range(MAX_REDIRECTS):
        assert request is not None
        attempt, request = trip.answered(request, answer(request, 307, (("Location", "/a/b?c"),)))
        assert attempt.code is None
    assert request is not None
    assert request.method == "POST"
    attempt, request = trip.answered(request, answer(request, 307, (("Location", "/a/b?c"),)))
    assert (attempt.code, request) == (11215, None)


def test_credentials_are_told_once_and_only_if_asked_for() -> None:
    """The first request goes without; the second that is refused is a failure."""
    trip = journey()
    assert not authorized(trip.first)
    attempt, again = trip.answered(trip.first, answer(trip.first, 401, BASIC))
    assert attempt.code is None
    assert again is not None
    assert dict(again.headers)["Authorization"] == "Basic dXNlcjpwNHNz"
    assert again._replace(headers=()) == trip.first._replace(headers=())
    attempt, following = trip.answered(again, answer(again, 401, BASIC))
    assert (attempt.code, following) == (11217, None)


@pytest.mark.parametrize(("login", "headers"), [(None, BASIC), (LOGIN, ()), (LOGIN, (("WWW-Authenticate", "Bearer"),))])
def test_without_credentials_or_a_known_demand_a_401_is_a_failure(login: Login | None, headers: Pairs) -> None:
    """There is nothing to say."""
    trip = journey(login=login)
    attempt, following = trip.answered(trip.first, answer(trip.first, 401, headers))
    assert (attempt.code, following) == (11217, None)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("/x", True),
        ("http://h:80/x", True),
        ("http://H:80/x", True),
        ("http://h:81/x", False),
        ("http://other/x", False),
        ("https://h:80/", False),
    ],
)
def test_credentials_are_told_to_their_own_origin_alone(location: str, told: bool) -> None:
    """An application cannot make Twilio tell them to somebody else by a redirect."""
    trip = journey()
    _, moved = trip.answered(trip.first, answer(trip.first, 302, (("Location", location),)))
    assert moved is not None
    assert not authorized(moved)
    assert authorized(trip.answered(moved, answer(moved, 401, BASIC))[1]) is told


def test_after_a_redirect_credentials_may_be_asked_for_again() -> None:
    """The new place did not hear them."""
    trip = journey()
    _, again = trip.answered(trip.first, answer(trip.first, 401, BASIC))
    assert again is not None
    _, moved = trip.answered(again, answer(again, 302, (("Location", "/x"),)))
    assert moved is not None
    assert not authorized(moved)
    assert authorized(trip.answered(moved, answer(moved, 401, BASIC))[1])
