"""A row is stored only if it can be sent; one that cannot is named by number and field."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from twilio_async.outbox.drafts import Drafter
from twilio_async.outbox.errors import InvalidRow
from twilio_async.outbox.payload import arguments

GOOD: dict[str, Any] = {"to": "+15558675310", "from_": "+15017122661", "body": "Hi"}


def draft(**changes: Any) -> Any:
    """The draft of a good row with changes."""
    return Drafter().draft(0, GOOD | changes)


BAD: list[tuple[Any, str, str]] = [
    ("no mapping", "row", "expected a mapping, got str"),
    ({"form_": "x"}, "form_", "did you mean 'from_'?"),
    ({"to": None}, "to", "missing"),
    ({"to": 15558675310}, "to", "expected str, got int"),
    ({"to": "5558675310"}, "to", "expected E.164"),
    ({"to": "+1 555 867 5310"}, "to", "expected E.164"),
    ({"to": "+15558675310\n"}, "to", "expected E.164"),
    ({"from_": None}, "from_", "missing; give from_ or messaging_service_sid"),
    ({"body": None}, "body", "missing; give body or media_url or content_sid"),
    ({"body": 7}, "body", "expected str, got int"),
    ({"body": "x" * 1601}, "body", "1601 characters"),
    ({"body": "\ud800"}, "body", "surrogate"),
    ({"send_at": dt.datetime(2030, 1, 1)}, "send_at", "naive"),  # noqa: DTZ001 - that is what is refused
    ({"key": ""}, "key", "printable"),
    ({"key": "x" * 201}, "key", "200"),
    ({"key": 1.5}, "key", "whole number"),
    ({"retry": None, "timeout": 5}, "timeout", "the outbox decides"),
    ({"media_url": 5}, "media_url", "expected str"),
]


@pytest.mark.parametrize(("changes", "argument", "words"), BAD, ids=lambda value: str(value)[:30])
def test_a_bad_row_is_named_by_number_and_field(changes: Any, argument: str, words: str) -> None:
    """And what to do about it; its number and text are not in the message."""
    row = GOOD | changes if isinstance(changes, dict) else changes
    with pytest.raises(InvalidRow, match="row 41: ") as caught:
        Drafter().draft(41, row)
    assert (caught.value.index, caught.value.argument) == (41, argument)
    assert words in str(caught.value)
    assert "8675310" not in str(caught.value)


@pytest.mark.parametrize("to", ["+15558675310", "whatsapp:+15558675310", "messenger:123456", "rcs:+4915112345678"])
def test_every_kind_of_address_is_taken(to: str) -> None:
    """E.164 and the channels'."""
    assert draft(to=to).to == to


def test_equal_rows_have_equal_keys_and_different_ones_do_not() -> None:
    """Recipient, sender and content make the key; what else is asked of Twilio does not."""
    assert draft().key == draft(status_callback="https://a.example/x").key
    keys = {
        draft(**changes).key
        for changes in ({}, {"body": "Ho"}, {"from_": "+15017122662"}, {"to": "+15558675311"}, {"media_url": "https://a.b/c"})
    }
    assert len(keys) == 5


def test_a_key_of_ones_own_is_kept() -> None:
    """Text or a whole number."""
    assert (draft(key="order-7").key, draft(key=7).key) == ("order-7", "7")


def test_once_per_recipient_makes_the_recipient_the_key() -> None:
    """Whatever the text; a key of one's own still wins."""
    once = Drafter(once_per_recipient=True)
    assert once.draft(0, GOOD).key == once.draft(1, GOOD | {"body": "Ho", "from_": "+15017122662"}).key
    assert once.draft(0, GOOD | {"key": "a"}).key == "a"


def test_a_row_comes_back_as_it_was() -> None:
    """Every kind of argument survives the ledger."""
    row = GOOD | {
        "media_url": ("https://a.b/1", "https://a.b/2"),
        "content_variables": {"1": "Ada"},
        "send_at": dt.datetime(2030, 1, 1, 9, tzinfo=dt.UTC),
        "max_price": Decimal("0.05"),
        "validity_period": 60,
        "smart_encoded": True,
        "shorten_urls": None,
        "extra": {"NewThing": [1, 2], "Day": dt.date(2030, 1, 1)},
    }
    again = arguments(Drafter().draft(0, row).payload)
    assert again == {name: value for name, value in row.items() if value is not None} | {
        "media_url": ["https://a.b/1", "https://a.b/2"],
        "extra": {"NewThing": ["1", "2"], "Day": "2030-01-01"},
    }


def test_a_lazy_sequence_is_read_once() -> None:
    """A generator is as good as a list."""
    made = draft(media_url=(f"https://a.b/{number}" for number in range(2)))
    assert arguments(made.payload)["media_url"] == ["https://a.b/0", "https://a.b/1"]


def test_segments_are_counted() -> None:
    """They are what rates go by."""
    assert [draft(body=body).segments for body in ("Hi", "x" * 161, "é€" * 80, "🎉" * 40)] == [1, 2, 2, 2]


def test_times_are_the_drafters() -> None:
    """One deadline for all that is added together."""
    made = Drafter(not_before=5.0, deadline=9.0).draft(0, GOOD)
    assert (made.not_before, made.deadline) == (5.0, 9.0)


def test_a_draft_shows_no_number_and_no_text() -> None:
    """It may end in a log."""
    assert "5310" not in repr(draft())
    assert "Hi" not in repr(draft())
