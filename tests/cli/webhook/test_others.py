from __future__ import annotations

from twilio_async.cli.webhook.others import Other, different


def test_each_value_is_worth_one_try() -> None:
    """The first who names a value is who explains it, and what was seen is nothing other."""
    others = [Other("seen", "no"), Other("a", "first"), Other("b", "second"), Other("a", "third")]
    assert different("seen", others) == [Other("a", "first"), Other("b", "second")]
