"""Which requests a rule strikes, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from twilio_async.emulator.api.faults import BOMB_SIZE, Faults
from twilio_async.emulator.api.requests import ReceivedRequest

CREATE = ReceivedRequest("POST", "/2010-04-01/Accounts/AC/Messages.json", {}, b"To=%2B1555&To=x&Body=Hello")
LIST = ReceivedRequest("GET", "/2010-04-01/Accounts/AC/Messages.json?To=%2B1555", {})
SERVICES = ReceivedRequest("GET", "/v1/Services", {})


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ("", [CREATE, LIST, SERVICES]),
        ("/Messages", [CREATE, LIST]),
        ("POST /Messages", [CREATE]),
        ("GET", [LIST, SERVICES]),
        ("GET /", [LIST, SERVICES]),
        ("Messages.json", [CREATE, LIST]),
        ("/Media", []),
    ],
)
def test_a_match_is_a_part_of_the_path_with_or_without_a_method(match: str, struck: list[ReceivedRequest]) -> None:
    """Nothing at all matches everything."""
    faults = Faults()
    rule = faults.add(match, status=503)
    assert [request for request in (CREATE, LIST, SERVICES) if faults.strike(request).spoiler is rule] == struck
    assert rule.fired == len(struck)


def test_parameters_must_be_as_they_are_given() -> None:
    """In the query or in the form, one of several values, decoded."""
    faults = Faults()
    rule = faults.add(status=503, parameters={"To": "+1555"})
    assert faults.strike(CREATE).spoiler is rule
    assert faults.strike(LIST).spoiler is rule
    assert faults.strike(SERVICES).spoiler is None


def test_a_rule_strikes_so_many_times() -> None:
    """And then lets the next one strike."""
    faults = Faults()
    first, second = faults.add(status=503, times=2), faults.add(status=500)
    assert [faults.strike(LIST).spoiler for _ in range(3)] == [first, first, second]
    assert (first.fired, second.fired) == (2, 1)


def test_delays_add_up_beside_the_fault_that_decides() -> None:
    """A slow network does not hide what else goes wrong; a second fault is not even counted."""
    faults = Faults()
    faults.add(latency=1.0)
    spoiler = faults.add(status=503, latency=0.5)
    beaten = faults.add(status=500, latency=100.0)
    faults.add(latency=0.25, processed=False)
    assert faults.strike(LIST) == (1.75, False, spoiler)
    assert beaten.fired == 0
    assert Faults().strike(LIST) == (0.0, True, None)


def test_chances_are_as_good_as_their_seed_says() -> None:
    """The same seed strikes the same requests, about as many as its probability; none and all are certain."""

    def struck(faults: Faults, **chance: float) -> list[bool]:
        faults.add(status=503, probability=0.3, **chance)  # type: ignore[arg-type]  # only ever a seed
        return [faults.strike(LIST).spoiler is not None for _ in range(1000)]

    assert struck(Faults(7)) == struck(Faults(7)) == struck(Faults(), seed=7)
    assert 200 < sum(struck(Faults(7))) < 400
    for probability in (0.0, 1.0):
        faults = Faults()
        faults.add(status=503, probability=probability)
        assert (faults.strike(LIST).spoiler is not None) is bool(probability)


def test_a_refusal_strikes_connections() -> None:
    """Before there is a request, so that none can be asked for."""
    faults = Faults()
    faults.add(kind="refuse", times=1)
    assert faults.strike(LIST).spoiler is None
    assert [faults.refuses(), faults.refuses()] == [True, False]
    with pytest.raises(ValueError, match="no request yet"):
        faults.add("/Messages", kind="refuse")


def test_a_rule_says_what_goes_wrong() -> None:
    """A status or a code means an error, a latency alone means late, and each kind has its defaults."""
    faults = Faults()
    assert faults.add(code=21611).kind == faults.add(status=429).kind == "status"
    assert faults.add(latency=1).kind == "latency"
    assert (faults.add(kind="html").status, faults.add(kind="accept_then_500").status) == (502, 500)
    assert (faults.add(kind="html").processed, faults.add(kind="html", processed=True).processed) == (False, True)
    assert faults.add(kind="gzip_bomb").expands_to == BOMB_SIZE
    assert faults.add(status=500, body="text").body == b"text"
    with pytest.raises(ValueError, match="say what goes wrong"):
        faults.add("/Messages")


def test_rules_can_be_taken_away() -> None:
    """One, or all."""
    faults = Faults()
    one, two = faults.add(status=500), faults.add("POST /x", status=503)
    assert repr(faults) == "<Faults [status '' fired=0, status 'POST /x' fired=0]>"
    faults.remove(one)
    assert [*faults] == [two]
    faults.clear()
    assert len(faults) == 0
    with pytest.raises(ValueError, match="not in list"):
        faults.remove(one)


@pytest.mark.parametrize(
    ("rule", "argument"),
    [
        ({"kind": "explode"}, "kind"),
        ({"status": 99}, "status"),
        ({"status": 500, "probability": 3}, "probability"),
        ({"status": 500, "times": 0}, "times"),
        ({"latency": -1, "status": 500}, "latency"),
    ],
)
def test_a_rule_that_can_never_be_is_refused(rule: dict[str, Any], argument: str) -> None:
    """By the name of what is wrong with it, before a request meets it."""
    with pytest.raises(ValueError, match=argument):
        Faults().add(**rule)
