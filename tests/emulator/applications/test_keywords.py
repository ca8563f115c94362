"""The words that end and begin texting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.applications.keywords import KEYWORDS, keyword_of


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        ("STOP", "STOP"),
        (" stop\n", "STOP"),
        ("StopAll", "STOP"),
        ("optout", "STOP"),
        ("Yes", "START"),
        ("unstop", "START"),
        ("info", "HELP"),
        ("stop it", None),
        ("please stop", None),
        ("STOP.", None),
        ("", None),
        ("Hello", None),
    ],
)
def test_a_word_alone_has_a_meaning(body: str, keyword: str | None) -> None:
    """In any case, with blanks around it; with anything else it is a text like others."""
    assert keyword_of(body) == keyword


@given(st.sampled_from(sorted(KEYWORDS)), st.lists(st.booleans(), min_size=12, max_size=12), st.text(" \t\r\n", max_size=3))
def test_neither_case_nor_blanks_matter(word: str, ups: list[bool], blanks: str) -> None:
    """Each word means in any writing what it means in capitals."""
    mixed = "".join(letter if up else letter.lower() for letter, up in zip(word, ups, strict=False))
    assert keyword_of(blanks + mixed + blanks) == KEYWORDS[word]


def test_the_words_are_all_there() -> None:
    """Eight to end, three to begin again, two for help."""
    meanings = list(KEYWORDS.values())
    assert [meanings.count(keyword) for keyword in ("STOP", "START", "HELP")] == [8, 3, 2]
