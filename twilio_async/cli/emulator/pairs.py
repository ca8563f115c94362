"""Options that give names their values."""

from __future__ import annotations

import click


def pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The values by their names, of an option that may be repeated, each time as ``NAME=VALUE``.

    Raises:
        BadParameter: one has no name.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE.", context, parameter)
        found[name] = value
    return found
