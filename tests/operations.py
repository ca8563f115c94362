"""Every operation that the library declares, and arguments that each of them can be called with."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, get_args, get_origin

from twilio_async import resources
from twilio_async._operation import Operation, Resource


def _resources(kind: type[Resource]) -> Iterator[type[Resource]]:
    for resource in kind.__subclasses__():
        if resource.__module__.startswith(resources.__name__):  # and not a test's own
            yield resource
            yield from _resources(resource)


for _module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
    importlib.import_module(_module.name)

RESOURCES = [*_resources(Resource)]
"""Every class of operations."""
OPERATIONS = [operation for resource in RESOURCES for operation in resource.operations.values()]
"""In order of declaration."""


def required_arguments(operation: Operation, text: str = "XX1") -> dict[str, Any]:
    """What an operation cannot be called without, each of its type.

    Args:
        operation: which.
        text: what stands for every text.
    """
    return {
        parameter.name: _example(operation._hints[parameter.name], text)
        for parameter in operation.parameters
        if parameter.required
    }


def _example(hint: Any, text: str) -> Any:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    alternatives = get_args(hint) or (hint,)
    values: dict[Any, Any] = {str: text, bool: True, int: 1, date: date(2026, 1, 2), Mapping: {}, Sequence: [text]}
    kinds = {get_origin(kind) or kind for kind in alternatives} | {get_origin(hint)}
    return next(value for kind, value in values.items() if kind in kinds)
