from __future__ import annotations

import os
from pathlib import Path

import pytest

from twilio_async.cli.bulk.job import Job, campaign_of, command_line, ledger_of, without_password
from twilio_async.cli.failures import Unusable
from twilio_async.cli.pacing import Pacing

PACING = Pacing(rate=None, per_sender_rate=None, concurrency=1, window=None, deadline=None, max_rejected=None)


@pytest.mark.parametrize(
    ("file", "campaign", "name", "ledger"),
    [
        ("promo.csv", None, "promo", "promo.outbox.db"),
        ("lists/promo.may.csv", None, "promo.may", os.path.join("lists", "promo.may.outbox.db")),  # noqa: PTH118
        ("promo.csv", "Spring Sale!", "Spring Sale!", "promo.Spring-Sale-.outbox.db"),
        ("a~b.csv", None, "a-b", "a~b.outbox.db"),
    ],
)
def test_the_same_command_finds_the_same_ledger_again(file: str, campaign: str | None, name: str, ledger: str) -> None:
    """Campaign and ledger follow from the file's name unless they are said."""
    assert campaign_of(file, campaign) == name
    assert ledger_of(file, campaign, db=None, dsn=None) == ledger


def test_rows_from_stdin_need_a_name_and_a_place() -> None:
    """Nothing would find their ledger again."""
    with pytest.raises(Unusable, match="--campaign"):
        campaign_of("-", None)
    with pytest.raises(Unusable, match="--db"):
        ledger_of("-", "promo", db=None, dsn=None)
    assert ledger_of("-", "promo", db="x.db", dsn=None) == "x.db"


@pytest.mark.parametrize("name", ["", "a~b", "x" * 101, "a\nb"])
def test_a_campaign_that_cannot_be_one_is_refused(name: str) -> None:
    """It would be refused later, with the rows half stored."""
    with pytest.raises(Unusable, match="--campaign"):
        campaign_of("promo.csv", name)


def test_a_dsn_is_a_url_of_postgresql() -> None:
    """A file has an option of its own."""
    assert ledger_of("x.csv", None, db=None, dsn="postgresql://h/db") == "postgresql://h/db"
    with pytest.raises(Unusable, match="--db"):
        ledger_of("x.csv", None, db=None, dsn="promo.db")


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("promo.db", "promo.db"),
        ("postgresql://me@h/db", "postgresql://me@h/db"),
        ("postgresql://me:s3@cret@h:5432/db?sslmode=require", "postgresql://me@h:5432/db?sslmode=require"),
        ("postgres://h/db?user=me&password=s3cret&x=1", "postgres://h/db?user=me&x=1"),
        ("postgres://h/db?password=s3cret", "postgres://h/db"),
    ],
)
def test_passwords_are_not_shown(where: str, shown: str) -> None:
    """Wherever a URL holds one."""
    assert without_password(where) == shown


def test_the_line_to_go_on_with_is_the_line_that_was_typed() -> None:
    """Quoted for a shell, without a password."""
    assert (
        command_line(["bulk", "my file.csv", "--body", "Hi {name} $5"])
        == "twilio-async bulk 'my file.csv' --body 'Hi {name} $5'"
    )
    for arguments in (["--dsn", "postgresql://me:s3cret@h/db"], ["--dsn=postgresql://me:s3cret@h/db"]):
        assert "s3cret" not in command_line(arguments)
        assert "me@h/db" in command_line(arguments)


def test_a_job_is_begun_when_there_is_a_ledger(tmp_path: Path) -> None:
    """A file that is not there holds no earlier run; a database may."""

    def job(ledger: str, *, rehearsal: bool = False) -> Job:
        return Job(
            file="x.csv", campaign="x", ledger=ledger, sender={"from_": "+1"}, pacing=PACING, rehearsal=rehearsal, line=""
        )

    assert not job(str(tmp_path / "x.db")).is_begun
    (tmp_path / "x.db").touch()
    assert job(str(tmp_path / "x.db")).is_begun
    assert job("postgresql://me:pw@h/db").is_begun
    assert job("postgresql://me:pw@h/db").spoken_ledger == "postgresql://me@h/db"
    assert (job("x").spoken_sender, job("x", rehearsal=True).spoken_sender) == ("+1", "the emulator's number")
