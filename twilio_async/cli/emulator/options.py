"""What the commands that start an emulator have in common: their options, and the emulator that these describe."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar

import click

from twilio_async.cli.failures import Unusable
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.server import LOOPBACK
from twilio_async.emulator.domain.lifecycle import TYPICAL
from twilio_async.emulator.remote.browsers import is_loopback
from twilio_async.emulator.world import Pace

F = TypeVar("F", bound=Callable[..., Any])

_PACES: Mapping[str, Pace] = {"immediate": "immediate", "manual": "manual", "typical": TYPICAL}
_NO_SUCH_HOST = "no such address on this machine"

_OPTIONS = (
    click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen. Default: a free port."),
    click.option("--host", default=LOOPBACK, help=f"The address to listen on. Default: {LOOPBACK}, for this machine alone."),
    click.option("--seed-file", type=click.File("rb"), help="A JSON document to begin with, as of `emulator export`."),
    click.option(
        "--lifecycle",
        type=click.Choice([*_PACES]),
        default="immediate",
        help="The pace of messages: delivered at once; only as you say; or as with a mobile phone. Default: immediate.",
    ),
    click.option("--manual-clock", is_flag=True, help="Let the clock stand still but for `emulator advance`."),
    click.option("--concurrency-limit", type=click.IntRange(1), help="Requests in flight; one more is answered 429."),
    click.option("--latency", type=click.FloatRange(0, 3600), default=0.0, help="Seconds that an answer takes. Default: 0."),
    click.option("--strict", is_flag=True, help="Refuse parameters that Twilio would ignore."),
    click.option("--proxy", is_flag=True, help="Lead programs here through a proxy that know no other address than Twilio's."),
)


def emulator_options(command: F) -> F:
    """Give a command the options of an emulator; it hands them to `described`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def described(
    *,
    port: int,
    host: str,
    seed_file: BinaryIO | None,
    lifecycle: str,
    manual_clock: bool,
    concurrency_limit: int | None,
    latency: float,
    strict: bool,
    proxy: bool,
    max_requests: int | None = None,
) -> Emulator:
    """The emulator that the options describe, not started yet.

    Raises:
        Unusable: the seed file says what cannot be.
    """
    emulator = Emulator(
        port,
        host=host,
        lifecycle=_PACES[lifecycle],
        clock="manual" if manual_clock else "real",
        concurrency_limit=concurrency_limit,
        latency=latency,
        strict=strict,
        proxy=proxy,
        max_requests=max_requests,
    )
    if seed_file is not None:
        try:
            emulator.seed(seed_file.read())
        except ValueError as error:
            raise Unusable(f"{seed_file.name}: {error}.") from error
    if not is_loopback(host):
        warning = f"WARNING: {host} is not this machine's alone: ANYBODY who reaches it can use and control this emulator."
        click.secho(warning, fg="red", bold=True, err=True)
    return emulator


def not_startable(error: OSError | ImportError, *, host: str, port: int) -> Unusable:
    """Why an emulator did not start, in words."""
    if isinstance(error, ImportError):
        return Unusable(f"{error}.")
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else _NO_SUCH_HOST
    return Unusable(f"cannot listen on {f'port {port}' if host == LOOPBACK else f'{host}, port {port}'}: {reason}.")
