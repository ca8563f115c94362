"""``twilio-async webhook send``: what Twilio would tell an application, and what Twilio would make of its answer."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, Literal

import click

from twilio_async.cli.emulator.pairs import pairs
from twilio_async.cli.interrupts import run
from twilio_async.cli.texts import counted, or_stdin, visible
from twilio_async.cli.webhook import fields as told
from twilio_async.cli.webhook.secret import read_secret, secret_options
from twilio_async.emulator.applications.courier import Courier, Judge
from twilio_async.emulator.applications.errands import Attempt, Errand
from twilio_async.emulator.applications.twiml import Message, Problem, Twiml, Verb, read_twiml
from twilio_async.emulator.clock import utc_now
from twilio_async.emulator.domain.credentials import Key
from twilio_async.emulator.domain.history import SOMEBODY

Method = Literal["GET", "POST"]

_OWN_NUMBER: Final = "+15017122661"
_NOBODY: Final = f"AC{'0' * 32}"
_SHOWN: Final = 1_000
"""Characters of an answer."""
_REFUSED: Final = """\
It refused the webhook: it may have another token than the one that signed this. Its log says why, and so does
twilio-async webhook verify"""


@click.command()
@click.argument("url")
@click.option("--inbound", metavar="TEXT", callback=or_stdin, help='A text came in. Default: "Hello". `-` reads it from stdin.')
@click.option("--status", help="A message has this status now, such as delivered.")
@click.option("--json", "json_file", type=click.File("rb"), metavar="FILE", help="A body of JSON, instead of fields.")
@click.option(
    "--field",
    "fields",
    metavar="NAME=VALUE",
    callback=pairs,
    multiple=True,
    help="One more field, or another value of one; may be repeated.",
)
@click.option("--from", "from_", metavar="NUMBER", help=f"Who sent the message. Default: {SOMEBODY}, or TWILIO_NUMBER.")
@click.option("--to", metavar="NUMBER", help=f"To whom. Default: TWILIO_NUMBER, or {SOMEBODY}.")
@click.option("--media", metavar="URL", multiple=True, help="Of --inbound: the URL of a file; may be repeated.")
@click.option("--method", type=click.Choice(["POST", "GET"]), default="POST", help="Default: POST.")
@click.option("--shared-key", metavar="ID", help="Sign with this shared key, whose secret is given in place of the token.")
@secret_options
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    url: str,
    json_file: BinaryIO | None,
    method: Method,
    shared_key: str | None,
    token: str | None,
    token_file: BinaryIO | None,
    **said: Any,
) -> None:
    """Send a signed webhook to the application at URL, and show what it answers and what Twilio would do then.

    URL may end in Twilio's connection overrides (#rc=2&rp=all).

    Exit codes: 0 Twilio would be content, 1 it would not, 2 usage, 3 no secret.
    """
    if sum(given is not None for given in (said["inbound"], said["status"], json_file)) > 1:
        raise click.UsageError("give one of --inbound, --status and --json.")
    if json_file is not None and (said["fields"] or method == "GET"):
        raise click.UsageError("--json is the body of a POST that has no fields.")
    if said["media"] and (said["status"] or json_file):
        raise click.UsageError("--media belongs to --inbound.")
    errand = Errand(
        url=url,
        method=method,
        fields=() if json_file is not None else tuple(_fields(**said).items()),
        json=None if json_file is None else json_file.read(),
        token=str(uuid.uuid4()),
    )
    answers_count = json_file is None and said["status"] is None
    key = Key(read_secret(token, token_file), id=shared_key)
    attempts = run(_deliver(errand, key, _judge if answers_count else None))
    for line in _report(attempts, answers_count=answers_count):
        click.echo(visible(line))
    context.exit(0 if attempts[-1].ok else 1)


def _fields(
    *,
    inbound: str | None,
    status: str | None,
    from_: str | None,
    to: str | None,
    media: tuple[str, ...],
    fields: Mapping[str, str],
) -> dict[str, str]:
    own = os.environ.get("TWILIO_NUMBER") or _OWN_NUMBER
    sids: dict[str, Any] = {
        "message": f"{'MM' if media else 'SM'}{uuid.uuid4().hex}",
        "account": os.environ.get("TWILIO_ACCOUNT_SID") or _NOBODY,
        "now": utc_now(),
    }
    if status is not None:
        usual = told.status(status, sender=from_ or own, to=to or SOMEBODY, **sids)
    else:
        text = "Hello" if inbound is None and not media else inbound or ""
        try:
            usual = told.inbound(text, media, sender=from_ or SOMEBODY, to=to or own, **sids)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    return {**dict(usual), **fields}


async def _deliver(errand: Errand, key: Key, judge: Judge | None) -> list[Attempt]:
    async with Courier(utc_now) as courier:
        return await courier.deliver(errand, key, judge=judge)


def _judge(attempt: Attempt) -> int | None:
    problem = _document(attempt).error
    return None if problem is None else problem.code


def _document(attempt: Attempt) -> Twiml:
    return read_twiml(attempt.status or 0, attempt.content_type, attempt.body, url=attempt.url)


def _report(attempts: list[Attempt], *, answers_count: bool) -> Iterator[str]:
    for attempt in attempts:
        yield f"{attempt.method} {attempt.url.partition('?')[0]}: {_ending(attempt)} after {attempt.latency * 1000:.0f} ms"
    last = attempts[-1]
    if shown := last.body[: 4 * _SHOWN].decode("utf-8", "replace").strip():
        yield shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if last.code is not None:
        problem = _document(last).error if last.status is not None and last.status < 300 else None
        yield _problem(problem or Problem(last.code, last.error or ""))
    if last.status in {401, 403}:
        yield from _REFUSED.splitlines()
    if last.ok and answers_count:
        yield from _consequences(_document(last))


def _ending(attempt: Attempt) -> str:
    if attempt.status is None:
        return "no answer"
    said = attempt.content_type or "no content type"
    return f"{attempt.status}, {said}, {counted(len(attempt.body), 'byte')}"


def _problem(problem: Problem) -> str:
    detail = f" ({problem.detail})" if problem.detail and problem.detail != problem.title else ""
    return f"{problem.code} {problem.title}{detail}, see https://www.twilio.com/docs/errors/{problem.code}"


def _consequences(document: Twiml) -> Iterator[str]:
    for warning in document.warnings:
        yield f"Twilio would pass something over: {_problem(warning)}"
    if not document.verbs:
        yield "Twilio would send nothing."
    for verb in document.verbs:
        yield f"Twilio would {_deed(verb)}."


def _deed(verb: Verb) -> str:
    if not isinstance(verb, Message):
        return f"go on with {verb.method} {verb.url}"
    files = f" and {counted(len(verb.media), 'file')}" if verb.media else ""
    return f"send {verb.body or ''!r}{files} to {verb.to or 'whoever wrote'}"
