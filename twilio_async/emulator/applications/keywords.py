"""The words by which people end and begin again to get texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Keyword: TypeAlias = Literal["STOP", "START", "HELP"]

# REVOKE and OPTOUT came later than the others.
_WORDS: Mapping[Keyword, str] = {
    "STOP": "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
    "START": "START YES UNSTOP",
    "HELP": "HELP INFO",
}

KEYWORDS: Mapping[str, Keyword] = {word: keyword for keyword, words in _WORDS.items() for word in words.split()}
"""What each word means."""


def keyword_of(body: str) -> Keyword | None:
    """What a text means to Twilio, before the application reads it.

    Args:
        body: the whole text; in any case, with blanks around it.

    Returns:
        `None` for a text that is, or has beside it, anything but one of the words.
    """
    return KEYWORDS.get(body.strip().upper())
