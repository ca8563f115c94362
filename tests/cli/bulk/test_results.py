from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from twilio_async.cli.bulk.results import check_writable, replaced, write_rejects, write_results
from twilio_async.cli.bulk.roll import Bad, Fate
from twilio_async.cli.bulk.table import Header
from twilio_async.cli.failures import Unusable


def test_results_have_a_line_for_each_row(tmp_path: Path) -> None:
    """With whole numbers, for its owner alone; what was there before is gone."""
    path = tmp_path / "results.csv"
    path.write_text("old")
    fates = [Fate(2, "+1", "a", "accepted", "SM1", None, None), Fate(3, "+2", "b", None, None, None, None)]
    assert write_results(path, fates) == 2
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(row["line"], row["to"], row["state"], row["sid"]) for row in rows] == [
        ("2", "+1", "accepted", "SM1"), ("3", "+2", "not stored", ""),
    ]  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.csv"]


def test_rejects_are_rows_as_they_were_with_the_reason_beside(tmp_path: Path) -> None:
    """Delimiter and cells are the file's own, so that it can be mended and sent."""
    path = tmp_path / "rejects.csv"
    header = Header(";", ("to", "name"))
    write_rejects(
        path,
        [
            Bad(3, "", "", "to", "empty", ["", "Zoë"]),
            Bad(5, "", "", "", "broken", []),
            Bad(6, "", "", "", "long", ["1", "2", "3"]),
        ],
        header,
    )
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows == [
        ["to", "name", "line", "column", "reason"], ["", "Zoë", "3", "to", "empty"], ["", "", "5", "", "broken"],
        ["1", "2", "3", "6", "", "long"],
    ]  # fmt: skip


def test_a_place_where_nothing_can_be_written_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """A folder, a folder that is not there, and a file that is needed."""
    check_writable(tmp_path / "new.csv", tmp_path / "old.csv")
    for path, reason in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x.csv", "does not exist"),
        (tmp_path / "." / "old.csv", "used for something else"),
    ):
        with pytest.raises(Unusable, match=reason):
            check_writable(path, tmp_path / "old.csv")


def test_a_file_that_cannot_be_completed_leaves_the_old_one(tmp_path: Path) -> None:
    """Half a result is none; and nothing is left lying about."""
    path = tmp_path / "x.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replaced(path) as file:
        file.write("new")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.csv"]
    with pytest.raises(Unusable, match="cannot be written"), replaced(tmp_path / "no" / "x.csv"):
        pass
