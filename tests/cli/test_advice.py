from __future__ import annotations

from twilio_async.cli.advice import ADVICE, advice, documented
from twilio_async.errors import InvalidNumber, InvalidSender, OptedOut, QueueFull, RegionNotEnabled


def test_every_code_by_which_a_message_is_commonly_refused_has_its_words() -> None:
    """Those that the library has classes for, and others that a bulk send can meet."""
    codes = {code for kind in (InvalidNumber, InvalidSender, OptedOut, QueueFull, RegionNotEnabled) for code in kind.codes}
    codes -= {63007}  # of channels
    codes |= {20003, 21266, 21608, 21617, 21704, 30007}
    assert codes <= ADVICE.keys()


def test_what_is_not_known_is_led_to_twilios_page() -> None:
    """A code that Twilio adds next year, or none."""
    assert documented(99999) in advice(99999).remedy
    assert advice(None).meaning == "no code was given"


def test_words_stand_in_one_line() -> None:
    """They go into tables."""
    assert all(
        len(text) <= 100 and text.isprintable() and not text.endswith(".") for words in ADVICE.values() for text in words
    )
