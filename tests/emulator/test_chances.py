"""How often things happen."""

from __future__ import annotations

from twilio_async.emulator.chances import Chance, dice


def test_a_chance_comes_as_often_as_it_is_said() -> None:
    """Three times, and never again."""
    chance = Chance(times=3)
    assert [chance.fires() for _ in range(5)] == [True, True, True, False, False]
    assert chance.fired == 3


def test_a_seed_makes_chance_repeatable() -> None:
    """Two runs with one seed are alike, and chance is no certainty."""
    runs = [[chance.fires() for _ in range(50)] for chance in (Chance(probability=0.5, random=dice(7)) for _ in range(2))]
    assert runs[0] == runs[1]
    assert 0 < sum(runs[0]) < 50


def test_probability_has_its_ends() -> None:
    """Never is never, and always is always."""
    assert not any(Chance(probability=0.0).fires() for _ in range(20))
    assert all(Chance().fires() for _ in range(20))
