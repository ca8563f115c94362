from __future__ import annotations

from pathlib import Path

import pytest

from twilio_async.cli.bulk.reading import read
from twilio_async.cli.bulk.roll import Roll
from twilio_async.cli.failures import Unusable


def test_a_file_is_read_whole_onto_the_roll(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is in doubt and what cannot be sent is told; the delimiter is the one that gives the columns that were named."""
    file = tmp_path / "x.csv"
    file.write_bytes("who|Ort, Land|Nr\n+14155550100|Zürich|1\n+1|Genf|2\n".encode("cp1252"))
    with Roll() as roll:
        findings, header = read(str(file), roll, "Hi {Ort, Land}", to="Who", key="nr")
        assert [(row.key, row.body) for row in roll.good_rows()] == [("1", "Hi Zürich")]
        assert (roll.bad, findings.segments, header.delimiter) == (1, 1, "|")
    said = capsys.readouterr().err
    assert said.startswith(f"{file}: line 2 is not UTF-8; it is read as Windows-1252")
    assert "line 3, who: " in said


def test_many_bad_rows_are_not_all_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of a million mistakes does not scroll by for minutes."""
    file = tmp_path / "x.csv"
    file.write_text("to,body\n" + "x,y\n" * 1000)
    with Roll() as roll:
        read(str(file), roll, None)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "… and 990 more; --rejects FILE writes all of them."


def test_a_broken_file_is_named_without_letting_it_write_to_the_terminal(tmp_path: Path) -> None:
    """Whatever stands in its header."""
    file = tmp_path / "x.csv"
    file.write_text("\x1b[2J,b\n1,2\n")
    with Roll() as roll, pytest.raises(Unusable) as caught:
        read(str(file), roll, "Hi")
    assert caught.value.message.startswith(f"{file}: which column holds the recipients?")
    assert "\x1b" not in caught.value.message
    file.write_text("to,\x1b[2J\n1,2\n")
    with Roll() as roll, pytest.raises(Unusable) as caught:
        read(str(file), roll, "Hi {name}")
    assert "\x1b" not in caught.value.message
