"""The secret that webhooks are signed with, on its way into a command: without being seen, if its owner wants that."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import click

from twilio_async.cli.failures import BadCredentials

F = TypeVar("F", bound=Callable[..., Any])

_AROUND = " \t\r\n'\"\ufeff"
_MISSING = "which secret? Set TWILIO_AUTH_TOKEN, or give --token-file."


def secret_options(command: F) -> F:
    """Give a command the options that name a secret; it hands them to `read_secret`."""
    for option in (
        click.option(
            "--token",
            envvar="TWILIO_AUTH_TOKEN",
            help="The auth token, or the shared key's secret. Others on this machine can see it: better set TWILIO_AUTH_TOKEN.",
        ),
        click.option("--token-file", type=click.File("rb"), metavar="FILE", help="A file that holds nothing but the secret."),
    ):
        command = option(command)
    return command


def read_secret(token: str | None, token_file: BinaryIO | None) -> str:
    """The secret: of the file, else of the option or the environment, else of whoever sits at the terminal.

    White space and quotes around it are taken away, and that is said: an application that keeps them verifies nothing.

    Raises:
        BadCredentials: there is none, or it is no text.
    """
    if token_file is not None:
        try:
            token = token_file.read().decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise BadCredentials(f"the token file is not UTF-8 at byte {error.start}.") from error
    elif not token and sys.stdin.isatty():
        token = click.prompt("Auth token", hide_input=True, err=True)
    secret = (token or "").strip(_AROUND)
    if not secret:
        raise BadCredentials(_MISSING)
    if not secret.isprintable():
        raise BadCredentials("the secret holds characters that no secret has.")
    if secret != token:
        click.echo("Note: there is white space, or a quote, around the secret; it was taken away here.", err=True)
    return secret
