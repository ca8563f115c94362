"""What a test expects, and what it is told."""

from __future__ import annotations

import re

import pytest

from twilio_async.emulator import Emulator
from twilio_async.emulator.expectations import MOST_SHOWN, Expected

ANN, BOB = "+15558675310", "+14155550199"


@pytest.fixture
def emulator() -> Emulator:
    """An emulator that is not even started, with three messages."""
    emulator = Emulator()
    emulator.add_message(to=ANN, body="Welcome, Ann!")
    emulator.add_message(to=BOB, body="Welcome, Bob!", status="undelivered", error_code=30003)
    emulator.add_message(to=emulator.number, from_=ANN, body="Thanks", direction="inbound", status="received")
    return emulator


def test_exactly_one_message_is_found_by_what_is_said_of_it(emulator: Emulator) -> None:
    """By recipient, sender, status, a whole text or a pattern; inbound ones do not count as sent."""
    assert emulator.assert_sent_once(to=ANN).body == "Welcome, Ann!"
    assert emulator.assert_sent_once(body=re.compile("Bob")).to == BOB
    assert emulator.assert_sent_once(status="undelivered", from_=emulator.number).error_code == 30003
    assert [message.to for message in emulator.sent()] == [ANN, BOB]
    assert Expected(direction="inbound").among(emulator.messages)[0].body == "Thanks"
    emulator.assert_not_sent(to="+15550000000")


def test_none_is_a_failure_that_shows_what_was_there(emulator: Emulator) -> None:
    """The most similar first, and in what each differs."""
    with pytest.raises(AssertionError) as caught:
        emulator.assert_sent_once(to=ANN, body="Welcome, Bob!")
    first, second, third, fourth = str(caught.value).splitlines()
    assert first == f"expected one message with to='{ANN}', body='Welcome, Bob!'; there are none. There are 3 messages:"
    assert second.endswith("'Welcome, Ann!'   (body differs)")
    assert "undelivered 30003" in third
    assert third.endswith("(to differs)")
    assert fourth.endswith("(to, direction, body differs)")


def test_two_are_a_failure_too(emulator: Emulator) -> None:
    """Nobody is texted twice."""
    emulator.add_message(to=ANN, body="Welcome, Ann!")
    with pytest.raises(AssertionError, match=r"there are 2\. There are 4 messages"):
        emulator.assert_sent_once(to=ANN)


def test_what_must_not_be_sent_is_shown(emulator: Emulator) -> None:
    """And without criteria nothing at all must be sent."""
    with pytest.raises(AssertionError, match=r"expected no message with to='\+15558675310'; there is 1\."):
        emulator.assert_not_sent(to=ANN)
    with pytest.raises(AssertionError, match="expected no message with anything sent; there are 2"):
        emulator.assert_not_sent()


def test_a_failure_stays_readable() -> None:
    """Of many messages the nearest are shown, of none that there is none."""
    emulator = Emulator()
    with pytest.raises(AssertionError, match=r"there are none\. There are none\.$"):
        emulator.assert_sent_once()
    emulator.seed_messages(MOST_SHOWN + 5, to=BOB)
    with pytest.raises(AssertionError, match="… and 5 more"):
        emulator.assert_sent_once(to=ANN)
