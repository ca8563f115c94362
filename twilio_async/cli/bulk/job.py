"""A bulk send as it was ordered: which rows, from whom, and where the ledger is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from twilio_async.cli.bulk.source import STDIN
from twilio_async.cli.failures import Unusable
from twilio_async.cli.pacing import Pacing

_LONGEST_NAME = 100
_DSNS = ("postgresql://", "postgres://")
_PASSWORD = re.compile(r"(?<=[?&])password=[^&]*&?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What was ordered.

    Attributes:
        file: path of the rows, or ``-``.
        campaign: the name under which they stand in the ledger.
        ledger: path or URL of the outbox.
        sender: the argument of `create` that says who sends.
        pacing: how fast and when.
        rehearsal: whether it goes to an emulator in this process.
        line: the command line, as it is typed to go on.
    """

    file: str
    campaign: str
    ledger: str
    sender: Mapping[str, str]
    pacing: Pacing
    rehearsal: bool
    line: str

    @property
    def spoken_sender(self) -> str:
        """Who sends, in words."""
        if self.rehearsal:
            return "the emulator's number"
        return next(iter(self.sender.values()), "nobody yet: give --from or --service")

    @property
    def is_begun(self) -> bool:
        """Whether there may be a ledger of an earlier run."""
        return self.ledger.startswith(_DSNS) or Path(self.ledger).exists()

    @property
    def spoken_ledger(self) -> str:
        """The ledger as it is typed, without a password."""
        return shlex.quote(without_password(self.ledger))


def campaign_of(file: str, given: str | None) -> str:
    """The campaign's name: as given, or the file's.

    Raises:
        Unusable: it cannot be a campaign's.
    """
    name = Path(file).stem if given is None and file != STDIN else given
    if name is None:
        raise Unusable("rows from stdin have no name: say --campaign.")
    if given is None:
        name = "".join(character for character in name if character.isprintable()).replace("~", "-")[:_LONGEST_NAME]
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or "~" in name:
        raise Unusable(f"--campaign: expected 1 to {_LONGEST_NAME} printable characters, without '~'.")
    return name


def ledger_of(file: str, campaign: str | None, *, db: str | None, dsn: str | None) -> str:
    """Where the ledger is: as given, or beside the file, so that the same command finds it again.

    Args:
        file: path of the rows, or ``-``.
        campaign: as given.
        db: path of a SQLite file, as given.
        dsn: URL of a PostgreSQL database, as given.

    Raises:
        Unusable: it cannot be told.
    """
    if dsn is not None:
        if not dsn.startswith(_DSNS):
            raise Unusable("--dsn: expected a URL postgresql://…; for a file say --db.")
        return dsn
    if db is not None:
        return db
    if file == STDIN:
        raise Unusable("rows from stdin have no place: say with --db where the ledger is to be.")
    path = Path(file)
    names = [path.stem] if campaign is None else [path.stem, re.sub(r"[^\w-]+", "-", campaign)]
    return str(path.with_name(".".join([*names, "outbox", "db"])))


def without_password(where: str) -> str:
    """A path or URL as it may be shown."""
    if not where.startswith(_DSNS):
        return where
    parts = urlsplit(_PASSWORD.sub("", where))
    user, colon, _ = parts.netloc.rpartition("@")[0].partition(":")
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}") if colon else parts)


def command_line(arguments: Sequence[str]) -> str:
    """The line with which to go on: the same, without a password, which belongs into ``PGPASSWORD``."""
    return shlex.join(["twilio-async", *map(_shown, arguments)])


def _shown(argument: str) -> str:
    option, sign, value = argument.partition("=") if argument.startswith("--dsn=") else ("", "", argument)
    return f"{option}{sign}{without_password(value)}"
