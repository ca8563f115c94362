"""Connection overrides: what the fragment of a webhook's URL says about how patiently it is to be called. Pure.

https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qsl

Failure: TypeAlias = Literal["4xx", "5xx", "ct", "rt"]
"""A reason to try again: an answer of that class, no connection, or no answer."""

FAILURES: Final[tuple[Failure, ...]] = ("4xx", "5xx", "ct", "rt")
EDGES: Final = frozenset({"ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"})

_MILLISECONDS: Final = (("ct", 100, 10_000), ("rt", 100, 15_000), ("tt", 100, 15_000))
_MOST_RETRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Overrides:
    """How one URL is called.

    Attributes:
        connect_timeout: seconds until a connection must stand, for each try.
        read_timeout: seconds of silence until an answer is given up, for each try.
        total_timeout: seconds for all tries together.
        retries: how many tries may follow the first.
        retry_on: what is worth another try.
        verify_sni: whether the name in the certificate must be that of the URL.
        edges: where requests leave Twilio from, one after another; from here they all leave from this machine.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    total_timeout: float = 15.0
    retries: int = 1
    retry_on: frozenset[Failure] = frozenset[Failure]({"ct"})
    verify_sni: bool = True
    edges: tuple[str, ...] = ("ashburn",)


TWILIOS: Final = Overrides()
"""What Twilio does with a URL that says nothing."""


def split(url: str, defaults: Overrides = TWILIOS) -> tuple[str, Overrides]:
    """A URL without its fragment, and what the fragment says.

    What is out of range, misspelt or unknown counts as not said; of a key that is said twice, the last counts.

    Args:
        url: as it was configured.
        defaults: what holds where the fragment is silent.
    """
    address, _, fragment = url.partition("#")
    said = dict(parse_qsl(fragment, keep_blank_values=True))
    connect, read, total = (_seconds(said.get(key, ""), least, most) for key, least, most in _MILLISECONDS)
    retries = _number(said.get("rc", ""), 0, _MOST_RETRIES)
    sni = {"y": True, "n": False}.get(said.get("sni", ""))
    return address, replace(
        defaults,
        connect_timeout=defaults.connect_timeout if connect is None else connect,
        read_timeout=defaults.read_timeout if read is None else read,
        total_timeout=defaults.total_timeout if total is None else total,
        retries=defaults.retries if retries is None else retries,
        retry_on=_failures(said.get("rp", "")) or defaults.retry_on,
        verify_sni=defaults.verify_sni if sni is None else sni,
        edges=_edges(said.get("e", "")) or defaults.edges,
    )


def _number(text: str, least: int, most: int) -> int | None:
    # Longer numbers are out of every range, and Python refuses to read those of thousands of digits.
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return None
    number = int(text)
    return number if least <= number <= most else None


def _seconds(text: str, least: int, most: int) -> float | None:
    number = _number(text, least, most)
    return None if number is None else number / 1000


def _failures(text: str) -> frozenset[Failure]:
    named = set(text.split(","))
    return frozenset(failure for failure in FAILURES if "all" in named or failure in named)


def _edges(text: str) -> tuple[str, ...]:
    return tuple(edge for edge in text.split(",") if edge.removesuffix("-ix") in EDGES)
