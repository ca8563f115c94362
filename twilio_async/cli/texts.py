"""Texts on their way into a command and out of it."""

from __future__ import annotations

import sys

import click
from rich.text import Text


def or_stdin(context: click.Context, parameter: click.Parameter, text: str) -> str:
    """An argument as it is, or for ``-`` what stdin holds, without the line end that ``echo`` adds."""
    if text != "-":
        return text
    try:
        read = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"stdin is not UTF-8 at byte {error.start}.", context, parameter) from error
    return read.removesuffix("\n").removesuffix("\r")


def visible(text: str) -> Text:
    """A text of somebody's with its control characters written out, so that none of them reaches the terminal."""
    return Text("".join(character if character.isprintable() else _escaped(character) for character in text))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def counted(count: int, noun: str) -> str:
    """A number with what it counts: ``1 segment``, ``1,000 segments``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def masked(address: str) -> str:
    """A phone number or a channel's address with its last four characters alone."""
    channel, colon, rest = address.rpartition(":")
    return f"{channel}{colon}…{rest[-4:]}"
