"""Arguments as text, and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from twilio_async.outbox.payload import CREATE, arguments, payload


def test_equal_arguments_are_equal_texts() -> None:
    """Whatever their order: by this it is seen that a row has changed."""
    assert payload({"to": "a", "body": "b"}) == payload({"body": "b", "to": "a"})


def test_times_and_amounts_are_what_they_were() -> None:
    """JSON knows neither."""
    given = {"send_at": dt.datetime(2030, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), "max_price": Decimal("1.10")}
    assert arguments(payload(given)) == given
    assert arguments(payload({"max_price": 0.5})) == {"max_price": 0.5}


def test_it_is_about_the_operation_that_sends() -> None:
    """Its parameters say what is text and what is not."""
    assert CREATE.name == "messages.create"
