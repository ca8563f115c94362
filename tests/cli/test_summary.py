from __future__ import annotations

from collections import Counter

from rich.console import Console, RenderableType

from tests.cli.test_tally import accepted, refused
from twilio_async.cli.rehearsal import Report
from twilio_async.cli.summary import next_steps, summary
from twilio_async.cli.tally import Tally


def rendered(renderable: RenderableType) -> str:
    """What is printed, without colours."""
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def report(tally: Tally) -> Report:
    """What comes of a rehearsal that ends now."""
    tally.end()
    return Report(tally, tally.done < tally.total, Counter(delivered=tally.accepted), 0.1)


def test_the_figures_are_those_of_the_tally() -> None:
    """Messages, segments and statuses; what did not happen is not mentioned."""
    tally = Tally(2)
    tally.add(accepted(3))
    tally.add(accepted(1))
    text = rendered(summary(report(tally)))
    assert "2 messages, 4 segments" in text
    assert "2 delivered" in text
    assert not any(word in text for word in ("429s", "Retries", "Failed", "Not sent"))


def test_what_went_wrong_is_told() -> None:
    """Failures, an interrupt, and answers that said "too many"."""
    tally = Tally(1000)
    tally.add(refused())
    tally.throttled = tally.retries = 7
    text = rendered(summary(report(tally)))
    assert "1 message, named above" in text
    assert "999 messages: interrupted before their turn" in text
    assert "7: the emulator takes 30 requests at once" in text


def test_the_next_steps_fit_a_terminal() -> None:
    """They can be copied: no line is broken."""
    text = rendered(next_steps())
    assert "        print(result.index, result.message or result.error)" in text
    assert max(map(len, text.splitlines())) <= 80
