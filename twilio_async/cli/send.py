"""``twilio-async send``: one message, for real, with credentials from the environment."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console

from twilio_async.cli.failures import Failure, told
from twilio_async.cli.interrupts import run
from twilio_async.cli.segments import explained
from twilio_async.cli.sheet import unsendable
from twilio_async.cli.texts import counted, masked, or_stdin
from twilio_async.errors import AmbiguousOutcome, AuthenticationError, InvalidArgument, Outcome, TwilioError
from twilio_async.resources.messages import Message
from twilio_async.session import AsyncSession

_UNDELIVERED = frozenset({"failed", "undelivered", "canceled"})
_MEANINGS: Mapping[Outcome, str] = {
    "not_sent": "Nothing was sent.",
    "rejected": "Nothing was sent.",
    "accepted": "Twilio has accepted the message, and its sid is not known here: do not send it again.",
}
_LOOK_FOR_IT = """\
Before you send it again, look for a message to {to} created since {since:%Y-%m-%d %H:%M:%S} UTC:
in Twilio's console, or with
    async for message in twilio.messages.list(to=…, limit=20):
        print(message.date_created, message.status, message.body)"""


@click.command()
@click.argument("to")
@click.argument("body", callback=or_stdin)
@click.option("--from", "from_", metavar="NUMBER", help="The sender. Default: TWILIO_NUMBER.")
@click.option("--service", metavar="SID", help="A Messaging Service (MG…) that chooses the sender.")
@click.option("--media", metavar="URL", multiple=True, help="A public URL of a picture or another file; up to ten times.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what it costs and why. Needs no credentials.")
@click.option("--wait", is_flag=True, help="Wait, a minute at most, until it is delivered or has failed.")
def command(
    *, to: str, body: str, from_: str | None, service: str | None, media: tuple[str, ...], dry_run: bool, wait: bool
) -> None:
    """Send BODY to TO, a number in E.164 (+14155552671) or a channel's address. `-` as BODY reads it from stdin.

    Credentials come from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, or
    TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET.
    """
    if from_ and service:
        raise click.UsageError("give --from or --service, not both.")
    if dry_run:
        _show(to, body, media)
        return
    if not body and not media:
        raise click.UsageError("nothing to send: BODY is empty, and there is no --media.")
    arguments = {"to": to, "body": body or None, "media_url": media or None, **_sender(from_, service)}
    with told():
        run(_send(arguments, wait=wait))


def _show(to: str, body: str, media: tuple[str, ...]) -> None:
    Console(highlight=False).print(explained(body))
    if media:
        click.echo("\nWith media it is sent and billed as one MMS, whatever its segments.")
    click.echo(f"\nNothing was sent to {masked(to)}.")
    if reason := unsendable(to, body or "media" * bool(media)):
        raise Failure(f"Twilio is likely to refuse it. {reason}")


def _sender(from_: str | None, service: str | None) -> dict[str, str]:
    if service:
        return {"messaging_service_sid": service}
    number = from_ or os.environ.get("TWILIO_NUMBER")
    if not number:
        raise click.UsageError("who sends it? Give --from or --service, or set TWILIO_NUMBER.")
    return {"from_": number}


async def _send(arguments: Mapping[str, Any], *, wait: bool) -> None:
    async with AsyncSession.from_env() as twilio:
        message = await _create(twilio, arguments)
        cost = f", {counted(message.num_segments, 'segment')}" if message.num_segments else ""
        click.echo(f"{message.sid} {message.status} to {masked(message.to or '')}{cost}")
        if wait:
            _tell_end(await _end(twilio, message.sid))


async def _create(twilio: AsyncSession, arguments: Mapping[str, Any]) -> Message:
    began = dt.datetime.now(dt.UTC)
    look_for_it = _LOOK_FOR_IT.format(to=masked(arguments["to"]), since=began)
    try:
        return await twilio.messages.create(**arguments)
    except AmbiguousOutcome as error:
        raise Failure(f"{error}.\n{look_for_it}") from error
    except asyncio.CancelledError:  # Ctrl-C
        raise Failure(f"interrupted: it may have been sent.\n{look_for_it}") from None
    except (AuthenticationError, InvalidArgument):
        raise
    except TwilioError as error:
        raise Failure(f"{error}\n{_MEANINGS[error.outcome]}") from error


async def _end(twilio: AsyncSession, sid: str) -> Message:
    try:
        return await twilio.messages.wait(sid)
    except TwilioError as error:
        raise Failure(f"{error}\nThe message was accepted; only what became of it is not known.") from error


def _tell_end(message: Message) -> None:
    click.echo(f"{message.sid} {message.status}")
    if message.status in _UNDELIVERED:
        code = message.error_code
        why = f": {code}, see https://www.twilio.com/docs/api/errors/{code}" if code else "."
        raise Failure(f"it was not delivered{why}")
