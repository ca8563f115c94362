from __future__ import annotations

import click
import pytest

from twilio_async.cli.emulator.pairs import pairs

CONTEXT, OPTION = click.Context(click.Command("x")), click.Option(["--field"])


def test_a_value_may_hold_anything() -> None:
    """Also what divides it from its name, and nothing at all."""
    assert pairs(CONTEXT, OPTION, ("a=b", "To=+1=2", "empty=")) == {"a": "b", "To": "+1=2", "empty": ""}


@pytest.mark.parametrize("text", ["", "a", "=b"])
def test_a_value_has_a_name(text: str) -> None:
    """What has none is a usage error."""
    with pytest.raises(click.BadParameter, match="is not NAME=VALUE"):
        pairs(CONTEXT, OPTION, (text,))
