"""The messages of an account by time, recipient and sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.collection import Window
from twilio_async.emulator.domain.message_log import MessageLog
from twilio_async.emulator.domain.records import Message

SECOND = int(NOON.timestamp())
ANN, BOB, SHOP = "+15558675310", "+15558675311", "+15017122661"


def message(number: int, **fields: object) -> Message:
    """A message of that many minutes after noon."""
    when = NOON + timedelta(minutes=number)
    plain = Message(
        sid=f"SM{number:032}",
        account_sid="AC",
        to=ANN,
        from_=SHOP,
        body="",
        status="sent",
        date_created=when,
        date_updated=when,
        date_sent=when,
    )
    return replace(plain, **fields)


@pytest.fixture
def log() -> MessageLog:
    """Six messages, to Ann and Bob in turn."""
    log = MessageLog()
    for number in range(6):
        sent = message(number, to=(ANN, BOB)[number % 2])
        log.add(sent, sent.date_created)
    return log


def numbers(log: MessageLog, **search: object) -> list[int]:
    """Which messages a search finds."""
    return [int(found.sid[2:]) for found in log.search(10, **search).items]  # type: ignore[arg-type]  # as given


def test_each_end_has_an_order_of_its_own(log: MessageLog) -> None:
    """Recipient and sender are matched exactly, and together."""
    assert numbers(log, to=BOB) == [5, 3, 1]
    assert numbers(log, from_=SHOP) == [5, 4, 3, 2, 1, 0]
    assert numbers(log, to=ANN, from_=SHOP) == [4, 2, 0]
    assert numbers(log, to=ANN, from_=BOB) == []
    assert log.sent_from(SHOP) == 6
    assert log.sent_from(BOB) == 0


def test_a_search_is_paged_like_a_list(log: MessageLog) -> None:
    """After and before a sid, within a window."""
    sids = {number: f"SM{number:032}" for number in range(6)}
    assert numbers(log, to=BOB, after=sids[3]) == [1]
    assert numbers(log, to=BOB, before=sids[3]) == [5]
    assert numbers(log, to=ANN, window=Window(SECOND + 60, SECOND + 240)) == [4, 2]


def test_a_message_that_is_not_sent_is_in_no_window(log: MessageLog) -> None:
    """A filter by the date sent leaves out what has none; without a filter it is there by its creation."""
    log.add(message(7, date_sent=None, status="queued"), NOON + timedelta(minutes=7))
    assert numbers(log, window=Window(since=SECOND + 300)) == [5]
    assert numbers(log)[0] == 7


def test_a_message_gets_its_sender_later(log: MessageLog) -> None:
    """What a Messaging Service has picked is found by it from then on."""
    log.add(message(8, from_=None), NOON + timedelta(minutes=8))
    assert numbers(log, from_=BOB) == []
    log.replace(message(8, from_=BOB))
    assert numbers(log, from_=BOB) == [8]


def test_a_pair_that_was_searched_for_is_kept_up_to_date(log: MessageLog) -> None:
    """A second search for a recipient and a sender finds what has come, gone and moved since the first."""
    assert numbers(log, to=BOB, from_=SHOP) == [5, 3, 1]
    assert numbers(log, to=BOB, from_=ANN) == []
    log.add(message(9, to=BOB), NOON + timedelta(minutes=9))
    log.add(message(8, to=BOB, from_=None), NOON + timedelta(minutes=8))
    log.remove(f"SM{3:032}")
    log.replace(message(5, to=BOB, from_=ANN))
    log.replace(message(1, to=BOB), NOON + timedelta(minutes=10))
    assert numbers(log, to=BOB, from_=SHOP) == [1, 9]
    assert numbers(log, to=BOB, from_=ANN) == [5]
    log.replace(message(8, to=BOB))
    assert numbers(log, to=BOB, from_=SHOP) == [1, 9, 8]


def test_a_deleted_message_is_found_no_more(log: MessageLog) -> None:
    """By neither of its ends."""
    for number in (1, 3, 5):
        log.remove(f"SM{number:032}")
    assert numbers(log, to=BOB) == []
    assert numbers(log, from_=SHOP) == [4, 2, 0]
