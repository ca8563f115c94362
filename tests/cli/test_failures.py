from __future__ import annotations

import click
import pytest

from twilio_async.cli.failures import BadCredentials, Failure, Unusable, told
from twilio_async.errors import AuthenticationError, ConfigError, ConnectError, InvalidArgument, InvalidNumber, TwilioError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("token: missing"), 3),
        (AuthenticationError("Authenticate", status=401, code=20003), 3),
        (InvalidArgument("body: too long", argument="body"), 2),
        (InvalidNumber("Invalid 'To'", status=400, code=21211), 1),
        (ConnectError("refused"), 1),
    ],
)
def test_each_error_has_its_exit_code_and_keeps_its_words(error: TwilioError, code: int) -> None:
    """Scripts tell bad credentials from bad usage and from failure by the exit code."""
    with pytest.raises(click.ClickException) as caught, told():
        raise error
    assert caught.value.exit_code == code
    assert str(error) in caught.value.format_message()


def test_what_is_no_error_of_the_library_passes() -> None:
    """A mistake in the program is not dressed up as a failure."""
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError


def test_exit_codes_are_those_that_are_documented() -> None:
    """0 well, 1 failed, 2 usage, 3 credentials."""
    assert [kind("").exit_code for kind in (Failure, Unusable, BadCredentials)] == [1, 2, 3]
