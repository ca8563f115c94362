"""Settings of resources: each parameter with what reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from twilio_async.emulator.api.admission import is_web_url
from twilio_async.emulator.api.calls import Call
from twilio_async.emulator.domain import errors

LONGEST_NAME = 64

Reader: TypeAlias = Callable[[Call, str], object]
Settings: TypeAlias = Mapping[str, Reader]
"""How each parameter is read. A record's attribute has the same name in snake case."""


def given(call: Call, settings: Settings, *required: str) -> dict[str, Any]:
    """What a call sets: attributes and their values. What it does not name is not in it.

    Args:
        call: the request.
        settings: what it may set.
        required: the parameters that it must name.

    Raises:
        ApiError: a value is impossible, or one is missing (20001).
    """
    for parameter in required:
        if not call.text(parameter):
            raise errors.MISSING_PARAMETER.error(name=parameter)
    return {_snake(name): read(call, name) for name, read in settings.items() if call.text(name) is not None}


def name(call: Call, parameter: str) -> str:
    """A name for people: 1 to 64 characters."""
    text = call.text(parameter)
    if not text:
        raise errors.MISSING_PARAMETER.error(name=parameter)
    if len(text) > LONGEST_NAME:
        raise errors.INVALID_PARAMETER.error(name=parameter)
    return text


def text(call: Call, parameter: str) -> str | None:
    """Any text; the empty string takes it away."""
    return call.text(parameter) or None


def url(call: Call, parameter: str) -> str | None:
    """An absolute http(s) URL; the empty string takes it away."""
    text = call.text(parameter)
    if text and not is_web_url(text):
        raise errors.INVALID_PARAMETER.error(name=parameter)
    return text or None


def method(call: Call, parameter: str) -> str | None:
    """How an application is called: ``GET`` or ``POST``."""
    return call.choice(parameter, {"GET", "POST"})


def flag(call: Call, parameter: str) -> bool | None:
    """``true`` or ``false``."""
    return call.flag(parameter)


def one_of(*values: str) -> Reader:
    """Makes the reader of one of these words."""
    return lambda call, parameter: call.choice(parameter, values)


def required_choice(call: Call, parameter: str, among: Collection[str]) -> str:
    """A parameter with few possible values that has to be there."""
    choice = call.choice(parameter, among)
    if choice is None:
        raise errors.MISSING_PARAMETER.error(name=parameter)
    return choice


def sid(prefix: str) -> Reader:
    """Makes the reader of a sid that begins with *prefix*; the empty string takes it away."""
    pattern = re.compile(rf"{prefix}[0-9a-fA-F]{{32}}")

    def read(call: Call, parameter: str) -> str | None:
        text = call.text(parameter)
        if text and not pattern.fullmatch(text):
            raise errors.INVALID_PARAMETER.error(name=parameter)
        return text or None

    return read


def _snake(parameter: str) -> str:
    return re.sub(r"(?<=[A-Za-z0-9])(?=[A-Z][a-z])", "_", parameter).lower()
