"""How a send goes is checked before it begins."""

from __future__ import annotations

import math
from typing import Any

import pytest

from twilio_async.errors import AuthenticationError, InvalidArgument, InvalidNumber
from twilio_async.outbox.plan import LEASE, Plan


@pytest.mark.parametrize(
    "bad",
    [
        {"rate": 0}, {"rate": math.inf}, {"rate": "fast"}, {"rate": True}, {"per_sender_rate": {"+1": 0}},
        {"per_sender_rate": -1}, {"queue_lead": -1}, {"queue_lead": math.nan}, {"concurrency": 0}, {"concurrency": 1.5},
        {"timeout": 0}, {"timeout": 51}, {"fence": 0}, {"max_rejected": 0}, {"max_rejected": 1.1}, {"window": "9-17"},
        {"stop_on": [ValueError]}, {"stop_on": 20003},
    ],
    ids=str,
)  # fmt: skip
def test_what_makes_no_plan_is_named(bad: dict[str, Any]) -> None:
    """Each argument by its name."""
    with pytest.raises(InvalidArgument) as caught:
        Plan(**bad)
    assert caught.value.argument == next(iter(bad))


def test_a_request_ends_before_its_lease() -> None:
    """Else its row would be called lost while it is on its way."""
    plan = Plan(timeout=50.0)
    assert plan.fence + plan.timeout < LEASE


def test_a_senders_rate_is_its_own_or_everybodys() -> None:
    """A mapping names some; the others have none."""
    assert Plan(per_sender_rate=2.0).sender_rate("+1") == 2.0
    assert Plan(per_sender_rate={"+1": 3.0}).sender_rate("+1") == 3.0
    assert Plan(per_sender_rate={"+1": 3.0}).sender_rate("+2") is None


def test_reasons_to_stop_are_codes_and_classes() -> None:
    """Either says so."""
    plan = Plan(stop_on=[21211, AuthenticationError])
    assert plan.stops(InvalidNumber("no", status=400, code=21211))
    assert plan.stops(AuthenticationError("no", status=401))
    assert not plan.stops(InvalidNumber("no", status=400, code=21614))


def test_a_claim_lasts_until_the_slowest_has_had_its_turn() -> None:
    """Else a row of a slow sender would be taken back before it is sent, for ever."""
    assert Plan().patience(200) == 0
    assert Plan(rate=2.0).patience(10) == 120
    assert Plan(per_sender_rate={"+1": 0.01, "+2": 100.0}).patience(200) == 2400
    assert Plan(per_sender_rate=100.0).patience(200) == 24
