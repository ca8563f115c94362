"""Which message is which row: what is proved is said, what is not is left open or to a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async._segments import smart_encode
from twilio_async.outbox.ledger import State
from twilio_async.outbox.matching import TRIAL_PREFIX, Window, judge
from twilio_async.outbox.payload import payload
from twilio_async.outbox.store import Row
from twilio_async.resources.messages import Message

NOW = 1_800_000_000.0
SENT = NOW - 3600.0
TO, SENDER, SERVICE = "+15558675310", "+15017122661", "MG" + "0" * 32
WINDOW = Window(now=NOW)


def row(number: int = 1, *, at: float = SENT, asked: float | None = SENT, state: State = "unknown", **given: Any) -> Row:
    """A row in doubt."""
    given = {"to": TO, "from_": SENDER, "body": "Hi"} | given
    given = {name: value for name, value in given.items() if value is not None}
    return Row(
        id=number, campaign="spring", key=str(number), state=state, payload=payload(given), to=TO,
        sender=given.get("from_") or given["messaging_service_sid"], segments=1, added_at=at, intent_at=at, epoch=1,
        asked_at=asked,
    )  # fmt: skip


def message(number: int = 1, *, at: float = SENT + 1, **changes: Any) -> Message:
    """What Twilio lists."""
    fields: dict[str, Any] = {"to": TO, "from_": SENDER, "body": "Hi", "direction": "outbound-api"} | changes
    created = dt.datetime.fromtimestamp(at, dt.UTC)
    return Message(sid=f"SM{number}", account_sid="AC1", status="delivered", date_created=created, **fields)


def findings(rows: list[Row], messages: list[Message], window: Window = WINDOW) -> dict[int, str]:
    """What was found of each row."""
    verdicts = judge(rows, messages, window)
    assert len({verdict.id for verdict in verdicts}) == len(verdicts)
    matched = [verdict.sid for verdict in verdicts if verdict.finding == "match"]
    assert len(set(matched)) == len(matched)
    return {verdict.id: verdict.sid or verdict.finding for verdict in verdicts}


def test_one_of_each_is_a_match() -> None:
    """The plain case."""
    assert findings([row()], [message()]) == {1: "SM1"}


def test_nothing_means_absent_after_the_quiet_period_only() -> None:
    """Twilio may list a message late. It begins with the first look, whatever time the intent bears."""
    assert findings([row()], []) == {1: "miss"}
    assert findings([row(asked=None)], []) == {1: "wait"}
    assert findings([row(asked=NOW - 599)], []) == {}
    assert findings([row(asked=NOW - 600)], []) == {1: "miss"}
    assert findings([row(asked=None)], [], WINDOW._replace(quiet=0.0)) == {1: "miss"}


def test_a_match_need_not_wait() -> None:
    """What is there, is there."""
    assert findings([row(at=NOW - 5, asked=None)], [message(at=NOW - 4)]) == {1: "SM1"}


def test_enough_for_all_are_theirs() -> None:
    """Rows that are alike can be exchanged: the earlier has the earlier message, and one too many is somebody else's."""
    rows = [row(1), row(2, at=SENT + 2)]
    messages = [message(7, at=SENT + 3), message(8, at=SENT + 1), message(9, at=SENT + 4)]
    assert findings(rows, messages) == {1: "SM8", 2: "SM7"}


def test_too_few_for_all_are_held() -> None:
    """Two alike and one message: one was sent, and which is the same, but whether the other is on its way is not known."""
    assert findings([row(1), row(2)], [message()]) == {1: "hold", 2: "hold"}
    twins = [row(1, at=NOW - 5, asked=None), row(2, at=NOW - 5, asked=NOW - 4)]
    assert findings(twins, [message(at=NOW)]) == {1: "wait"}


@pytest.mark.parametrize(
    "other",
    [
        {"body": "Another"},
        {"from_": "+15017122662"},
        {"direction": "inbound"},
        {"at": SENT - 90_000},
        {"direction": "outbound-reply"},
    ],
    ids=str,
)
def test_what_is_certainly_another_is_no_match(other: dict[str, Any]) -> None:
    """By sender, direction, or time. By text, too, but then it is not called absent."""
    assert findings([row()], [message(**other)]) == {1: "hold" if "body" in other else "miss"}


def test_the_same_text_at_another_time_forbids_to_say_absent() -> None:
    """Clocks are wrong and set; sending it again would be rash."""
    assert findings([row()], [message(at=SENT - 7200)]) == {1: "hold"}
    assert findings([row(at=SENT - 500_000)], [message()]) == {1: "hold"}
    assert findings([row(at=SENT + 500_000)], [message()]) == {1: "hold"}


def test_a_clock_that_is_wrong_is_reckoned_with() -> None:
    """What Twilio's clock is ahead of ours is known from its answers."""
    late = message(at=SENT + 10_000)
    assert findings([row()], [late], WINDOW._replace(skew=10_000.0)) == {1: "SM1"}
    assert findings([row()], [late]) == {1: "hold"}


def test_a_message_that_is_anothers_does_not_hold_a_row() -> None:
    """Two texts to one person, one of which arrived."""
    rows = [row(1, body="Hi"), row(2, body="Bye")]
    assert findings(rows, [message(body="Bye")]) == {1: "miss", 2: "SM1"}


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ({"body": "“Hi” — you"}, {"body": smart_encode("“Hi” — you")}),
        ({}, {"body": TRIAL_PREFIX + "Hi"}),
        ({"body": None, "media_url": ["https://a.example/x.png"]}, {"body": ""}),
        ({"body": None, "content_sid": "HX1"}, {"body": "Hello Ada"}),
        ({"shorten_urls": True}, {"body": "Hi http://a.b/c"}),
        ({"content_retention": "discard"}, {"body": ""}),
        (
            {"from_": None, "messaging_service_sid": SERVICE},
            {"from_": "+15017122669", "messaging_service_sid": SERVICE},
        ),
        ({"messaging_service_sid": SERVICE}, {"from_": None, "messaging_service_sid": SERVICE}),
    ],
    ids=str,
)
def test_what_twilio_makes_of_a_text_is_known_again(given: dict[str, Any], listed: dict[str, Any]) -> None:
    """Smart encoding, trial accounts, templates, short links, redaction, services that choose the sender."""
    assert findings([row(**given)], [message(**listed)]) == {1: "SM1"}


def test_a_text_that_twilio_rewrites_is_matched_if_it_is_the_only_one() -> None:
    """Two such messages may be anybody's."""
    template = row(body=None, content_sid="HX1")
    assert findings([template], [message(1, body="Hello Ada"), message(2, body="Hello Ben")]) == {1: "hold"}


def test_a_message_of_another_service_is_no_match() -> None:
    """A service names itself in its messages."""
    mine = row(from_=None, messaging_service_sid=SERVICE)
    assert findings([mine], [message(messaging_service_sid="MG" + "1" * 32)]) == {1: "miss"}


def test_a_row_that_was_accepted_only_lacks_its_sid() -> None:
    """It is matched before those in doubt, and never called absent or held."""
    accepted = row(1, state="accepted")
    assert findings([accepted], [message()]) == {1: "SM1"}
    assert findings([accepted], []) == {}
    assert findings([accepted, row(2)], [message()]) == {1: "SM1", 2: "miss"}
    assert findings([accepted, row(2)], []) == {2: "hold"}


@given(
    rows=st.lists(st.tuples(st.sampled_from(["Hi", "Bye"]), st.booleans(), st.integers(0, 30)), max_size=6),
    foreign=st.lists(st.tuples(st.sampled_from(["Hi", "Bye", "Ho"]), st.integers(-300, 300)), max_size=3),
)
def test_sending_what_is_absent_texts_nobody_twice(rows: list[tuple[str, bool, int]], foreign: list[tuple[str, int]]) -> None:
    """Of each text, as many as were created and are called absent are no more than its rows; and all matches are real."""
    doubtful = [row(number, body=body, at=SENT + later) for number, (body, _, later) in enumerate(rows)]
    listed = [message(number, body=body, at=SENT + later + 1) for number, (body, created, later) in enumerate(rows) if created]
    created = Counter(each.body for each in listed)
    listed += [message(100 + number, body=body, at=SENT + at) for number, (body, at) in enumerate(foreign)]
    found = findings(doubtful, listed)
    absent = Counter(rows[number][0] for number, finding in found.items() if finding == "miss")
    for body in ("Hi", "Bye"):
        assert created[body] + absent[body] <= sum(text == body for text, _, _ in rows)
    bodies = {each.sid: each.body for each in listed}
    assert all(bodies[finding] == rows[number][0] for number, finding in found.items() if finding.startswith("SM"))
    if not foreign and all(created for _, created, _ in rows):
        assert all(finding.startswith("SM") for finding in found.values())
        assert len(found) == len(rows)
