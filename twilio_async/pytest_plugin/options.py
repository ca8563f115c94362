"""What the emulator of a test is like: from the project's options and from the marks of module, class and function."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

MARKER = "twilio_emulator"


def chosen(common: Mapping[str, Any], marks: Iterable[pytest.Mark]) -> dict[str, Any]:
    """The options of one test's emulator.

    Args:
        common: what holds for all tests.
        marks: those of the test, the nearest first; the nearest wins.

    Raises:
        pytest.UsageError: an option is not known, or has no name.
    """
    __tracebackhide__ = True
    options = dict(common)
    for mark in reversed([*marks]):
        if mark.args:
            raise pytest.UsageError(f"@pytest.mark.{MARKER} takes its options by name, not {_listed(map(repr, mark.args))}")
        options |= mark.kwargs
    _check(options)
    return options


def _check(options: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    from twilio_async.emulator import Emulator  # at the first test that has one

    known = inspect.signature(Emulator).parameters.keys()
    unknown = sorted(options.keys() - known)
    if unknown:
        raise pytest.UsageError(f"an emulator has no option {_listed(unknown)}; it has {_listed(sorted(known))}")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
