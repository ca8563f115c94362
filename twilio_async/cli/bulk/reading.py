"""The reading of the file: it is checked as a whole, and refused as a whole if that cannot be done."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import click

from twilio_async.cli.bulk.check import Columns, Findings, check
from twilio_async.cli.bulk.preview import bad_line
from twilio_async.cli.bulk.roll import Bad, Roll
from twilio_async.cli.bulk.source import STDIN, BrokenFile, opened
from twilio_async.cli.bulk.table import Header, header, records
from twilio_async.cli.bulk.template import Braces, Template, TemplateError
from twilio_async.cli.failures import Unusable
from twilio_async.cli.texts import visible

_BODY = "body"
_SHOWN = 10
"""Rows that cannot be sent which are named on the terminal."""


def read(
    file: str, roll: Roll, body: str | None, *, jinja: bool = False, to: str | None = None, key: str | None = None
) -> tuple[Findings, Header]:
    """Read the whole file onto the roll; what is in doubt and the first rows that cannot be sent are told on stderr.

    Args:
        file: its path, or ``-`` for stdin.
        roll: where its rows go.
        body: the template; `None` for the column ``body``.
        jinja: whether it is one of Jinja's.
        to: the column with the recipients, if it was said.
        key: the column with the user's ids, if it was said.

    Raises:
        Unusable: the file is broken, or the template does not fit it.
    """
    name = "stdin" if file == STDIN else file
    with _named(name), opened(file) as source, source.text() as text:
        if source.doubt:
            click.echo(f"{name}: {source.doubt}.", err=True)
        found = header(text, [column for column in (to, key) if column])
        columns = Columns(found.recipients(to), None if key is None else found.column(key))
        template = _template(body, found, jinja=jinja)
        text.seek(0)
        findings = check(records(text, found), found, columns, template, roll, _Named(roll).tell)
    if roll.bad > _SHOWN:
        click.echo(f"… and {roll.bad - _SHOWN:,} more; --rejects FILE writes all of them.", err=True)
    if not roll.good and not roll.bad:
        raise Unusable(f"{name}: there are no rows below the first line.")
    return findings, found


class _Named:
    """Names the first rows that cannot be sent."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    def tell(self, bad: Bad) -> None:
        """Name one, unless there were enough."""
        if self._roll.bad <= _SHOWN:
            click.echo(bad_line(bad), err=True)


@contextlib.contextmanager
def _named(name: str) -> Generator[None, None, None]:
    """Refuse a broken file by its name."""
    try:
        yield
    except BrokenFile as error:
        raise Unusable(visible(f"{name}: {error}.").plain) from error


def _template(body: str | None, found: Header, *, jinja: bool) -> Template:
    if body is None:
        if not found.has(_BODY):
            raise Unusable(f'what is the text? Say --body "Hi {{name}}"; the columns are: {found.listed()}.')
        body, jinja = f"{{{_BODY}}}", False
    try:
        template = _jinja(body, found) if jinja else Braces(body, found.names)
    except TemplateError as error:
        raise Unusable(visible(f"--body: {error}.").plain) from error
    for column in template.columns:
        found.column(column)
    return template


def _jinja(body: str, found: Header) -> Template:
    try:
        from twilio_async.cli.bulk.jinja import Jinja  # an extra
    except ModuleNotFoundError:
        raise Unusable('--jinja is an extra: pip install "twilio_async[templates]"') from None
    return Jinja(body, found.names)
