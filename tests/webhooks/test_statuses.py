"""`twilio_async.webhooks.statuses`: which status is news."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.resources.messages import FINAL_STATUSES as FINAL_OF_THE_CLIENT
from twilio_async.resources.messages import MessageStatus as StatusOfTheClient
from twilio_async.webhooks.statuses import FINAL_STATUSES, MessageStatus, rank, supersedes

JOURNEY = ["scheduled", "accepted", "queued", "sending", "sent", "delivered", "read"]
STATUSES = st.sampled_from(
    [*JOURNEY, *sorted(FINAL_STATUSES), "receiving", "partially_delivered", "a new one", "another new one"]
)


def test_the_statuses_are_those_of_the_client() -> None:
    """Neither imports the other, so this is what keeps them one fact."""
    assert FINAL_STATUSES == FINAL_OF_THE_CLIENT
    assert MessageStatus == StatusOfTheClient


@given(STATUSES, STATUSES)
def test_of_two_statuses_at_most_one_is_news(one: str, other: str) -> None:
    """Otherwise the last callback to arrive would win."""
    assert not (supersedes(one, other) and supersedes(other, one))
    assert not supersedes(one, one)


@given(STATUSES, STATUSES, STATUSES)
def test_news_of_news_is_news(one: str, other: str, third: str) -> None:
    """The order has no circles."""
    if supersedes(one, other) and supersedes(other, third):
        assert supersedes(one, third)


@given(st.lists(STATUSES, min_size=1), STATUSES)
def test_a_final_status_never_goes_back(later: list[str], first: str) -> None:
    """But for a delivered message that is read."""
    known, was_final = first, False
    for status in later:
        if was_final:
            assert not supersedes(status, known) or (known, status) == ("delivered", "read")
        if supersedes(status, known):
            assert rank(status) > rank(known)
            known = status
        was_final = known in FINAL_STATUSES


@given(st.randoms(use_true_random=False), st.sampled_from(["delivered", "read", "failed", "undelivered", "canceled"]))
def test_callbacks_in_any_order_end_at_the_same_status(chance: random.Random, end: str) -> None:
    """The usual ways of a message, its callbacks shuffled and repeated."""
    before = JOURNEY[: JOURNEY.index("delivered")] if end != "read" else JOURNEY[:-1]
    callbacks = [*before, end] * 2
    chance.shuffle(callbacks)
    known = callbacks[0]
    for status in callbacks:
        known = status if supersedes(status, known) else known

    assert known == end


@pytest.mark.parametrize(
    ("status", "other", "news"), [("a new one", "sent", True), ("delivered", "a new one", True), ("sent", "a new one", False)]
)
def test_a_status_of_times_to_come_stands_between_sent_and_final(status: str, other: str, news: bool) -> None:
    """It must neither be lost nor hide how the message ended."""
    assert supersedes(status, other) is news
