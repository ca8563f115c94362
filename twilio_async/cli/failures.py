"""How a command ends that could not do what it was asked: words on stderr, an exit code, and never a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import click

from twilio_async.errors import AuthenticationError, ConfigError, InvalidArgument, TwilioError


class Failure(click.ClickException):
    """It was tried, and failed at least in part."""

    exit_code = 1


class Unusable(click.ClickException):
    """What was named on the command line cannot be used."""

    exit_code = 2


class BadCredentials(click.ClickException):
    """The credentials are missing, malformed or refused."""

    exit_code = 3


@contextlib.contextmanager
def told() -> Generator[None, None, None]:
    """Turn the library's errors into words and an exit code.

    Raises:
        BadCredentials: for `ConfigError` and `AuthenticationError`.
        UsageError: for `InvalidArgument`; click's, exit code 2.
        Failure: for any other `TwilioError`.
    """
    try:
        yield
    except ConfigError as error:
        raise BadCredentials(str(error)) from error
    except AuthenticationError as error:
        raise BadCredentials(f"{error}\nCheck TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.") from error
    except InvalidArgument as error:
        raise click.UsageError(str(error)) from error
    except TwilioError as error:
        raise Failure(str(error)) from error
