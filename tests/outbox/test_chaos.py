"""A little chaos: workers that are killed while every ninth request goes wrong text nobody twice, and forget nobody."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import chaos
from benchmarks.chaos_reaper import Reaper
from benchmarks.chaos_twilio import FAULTS, Truth, faulty_twilio
from benchmarks.chaos_worker import read_diary


@pytest.mark.timeout(120)
@pytest.mark.parametrize("store", chaos.STORES)
def test_nobody_is_texted_twice_or_never(store: str) -> None:
    """A worker is killed, and the database loses its power if there is one; the ledger says what Twilio says."""
    result = chaos.ours(store, 1, chaos.Size(rows=120, kills=1, freezes=0, power_cuts=1))
    assert (result.twice, result.never, result.held, result.lost) == (0, 0, 0, 0)
    assert result.reaped.kills == 1
    assert result.doubted > 0
    assert result.reaped.power_cuts == (store == "postgres")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("rival", ["twilio, max_retries=3", "aiohttp-retry"])
def test_the_same_faults_show_what_retries_do(rival: str) -> None:
    """Whoever sends again after an error texts some twice, so that the chaos would notice."""
    result = chaos.theirs(rival, 1, chaos.Size(rows=400))
    assert result.twice > 0
    assert not result.reaped.kills


def test_truth_is_counted_by_message() -> None:
    """Every message beyond the first of a row is one too many; rows without any are never."""
    truth = Truth(Counter({"a": 1, "b": 3}))
    assert (truth.twice(), truth.never(rows=4)) == (2, 2)


def test_about_every_ninth_request_goes_wrong() -> None:
    """As the design wants it."""
    assert sum(probability for _, probability, _ in FAULTS) == pytest.approx(0.11)


def test_the_diary_counts_attempts_once(tmp_path: Path) -> None:
    """However often one was looked for; and no diary is one without entries."""
    diary = tmp_path / "diary"
    assert read_diary(diary) == (0, 0, 0)
    diary.write_text("doubt 1.1\ndoubt 1.1\ndoubt 1.2\nmatched 1\nresent 0\nmatched 2\n")
    assert read_diary(diary) == (2, 3, 0)


@pytest.mark.timeout(120)
def test_a_worker_that_fails_again_and_again_ends_the_run(tmp_path: Path) -> None:
    """Its last words are told; it is not started for ever."""
    with faulty_twilio(1) as twilio:
        command = [sys.executable, "-c", "raise SystemExit('no ledger')"]
        reaper = Reaper(command, twilio, 1, random.Random(1), log=tmp_path / "errors")
        with pytest.raises(RuntimeError, match="no ledger"):
            reaper.run(100, kills=1, freezes=0, power_cuts=0)


def test_the_command_line_explains_itself() -> None:
    """`--help` names the ledgers and the worlds."""
    shown = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", "--help"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "postgres" in shown
    assert "--worlds" in shown
