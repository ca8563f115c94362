"""Which options win, and what those are told who mistype one."""

from __future__ import annotations

import pytest

from twilio_async.pytest_plugin.options import chosen


def mark(*names: object, **options: object) -> pytest.Mark:
    """A mark as pytest hands it over."""
    return pytest.mark.twilio_emulator(*names, **options).mark


def test_the_nearest_mark_wins_option_by_option() -> None:
    """Marks add to one another, and to what holds for all tests; what two of them say, the nearest decides."""
    common = {"seed": 1, "strict": True, "latency": 0.1}
    nearest_first = [mark(seed=4), mark(seed=3, clock="manual"), mark(strict=False, clock="real")]
    assert chosen(common, nearest_first) == {"seed": 4, "clock": "manual", "strict": False, "latency": 0.1}
    assert common == {"seed": 1, "strict": True, "latency": 0.1}


def test_without_marks_all_is_as_the_project_says() -> None:
    """The fixture's options stand by themselves, and there need be none."""
    assert chosen({"seed": 1}, []) == {"seed": 1}
    assert chosen({}, []) == {}


@pytest.mark.parametrize(("common", "marks"), [({"lifecicle": "manual"}, []), ({}, [mark(lifecicle="manual")])])
def test_an_unknown_option_is_refused_with_those_that_there_are(common: dict[str, str], marks: list[pytest.Mark]) -> None:
    """Wherever it was mistyped, the error says what could have been meant."""
    with pytest.raises(pytest.UsageError, match=r"an emulator has no option lifecicle; it has clock, .*lifecycle, .*strict"):
        chosen(common, marks)


def test_an_option_without_a_name_is_refused() -> None:
    """A value alone does not say what it is for."""
    with pytest.raises(pytest.UsageError, match="takes its options by name, not 'manual'"):
        chosen({}, [mark("manual")])
