"""What may stand in place of something that was seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Other(NamedTuple):
    """Another value, and what it says, compared with what was seen."""

    value: str
    words: str


def different(seen: str, others: Iterable[Other]) -> list[Other]:
    """*others* in their order: of each value the first, and none that was seen."""
    found: dict[str, Other] = {}
    for other in others:
        if other.value != seen:
            found.setdefault(other.value, other)
    return list(found.values())
