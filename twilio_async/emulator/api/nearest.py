"""What somebody may have meant who asked for what is not there, in plain words. Twilio itself does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

from twilio_async.emulator.api.routing import Route
from twilio_async.emulator.api.whereabouts import Trace

SUFFIX = ".json"
MOST = 3
"""Routes that are named."""
SPREAD = 0.7
"""How much farther than the nearest a route may be to be named."""
LONGEST = 20
"""Segments of a path that are looked at."""

_VARIABLE = re.compile(r"\{\w+\}")
_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")

PREFIXES: Mapping[str, tuple[str, ...]] = {
    "Accounts": ("AC",),
    "AlphaSenders": ("AI",),
    "ChannelSenders": ("XE",),
    "DestinationAlphaSenders": ("AI",),
    "Content": ("HX",),
    "IncomingPhoneNumbers": ("PN",),
    "Media": ("ME",),
    "Messages": ("SM", "MM"),
    "PhoneNumbers": ("PN",),
    "Services": ("MG",),
    "Senders": ("XE",),
    "ShortCodes": ("SC",),
}
"""What the sids begin with that follow each folder of a path."""

NOUNS: Mapping[str, str] = {
    "AC": "an account",
    "AI": "an alphanumeric sender",
    "AP": "an application",
    "CA": "a call",
    "HX": "a content template",
    "ME": "a file of a message",
    "MG": "a Messaging Service",
    "MM": "a message",
    "PN": "a phone number",
    "RQ": "a request",
    "SC": "a short code",
    "SK": "an API key",
    "SM": "a message",
    "XE": "a channel sender",
}
"""What a sid is of, by its first two letters."""


class Near(NamedTuple):
    """A route, and why a request did not lead to it."""

    methods: tuple[str, ...]
    path: str
    product: str
    why: str

    def __str__(self) -> str:
        return f"{', '.join(self.methods)} {self.path} ({self.why})"


def nearest_routes(method: str, path: str, at: str | None, routes: Iterable[Route]) -> list[Near]:
    """The routes that a request that matches none comes nearest to, the nearest first; far ones are left out.

    Args:
        method: of the request.
        path: without the query.
        at: the product whose host the request named; `None` if it named none of Twilio's.
        routes: the table.
    """
    templates: dict[str, list[Route]] = {}
    for route in routes:
        templates.setdefault(route.path, []).append(route)
    ranked = sorted(
        ((_alignment(_segments(path), _segments(template)), template) for template in templates),
        key=lambda found: (found[0].cost, method not in {route.method for route in templates[found[1]]}),
    )
    least = ranked[0][0].cost
    return [
        _near(path, at, templates[template], alignment)
        for alignment, template in ranked[:MOST]
        if alignment.cost <= least + SPREAD
    ]


def _near(path: str, at: str | None, group: Sequence[Route], alignment: _Alignment) -> Near:
    route = group[0]
    reasons = [*_wrong_host(at, route), *_wrong_end(path, route.path), *_wrong_segments(alignment.pairs)]
    return Near(tuple(route.method for route in group), route.path, route.product, "; ".join(reasons))


def _segments(path: str) -> list[str]:
    return path.strip("/").removesuffix(SUFFIX).split("/")[:LONGEST]


class _Alignment(NamedTuple):
    """A path beside a template, segment by segment; what the other has not got is `None`."""

    cost: float
    pairs: tuple[tuple[str | None, str | None], ...]


def _alignment(has: Sequence[str], wants: Sequence[str]) -> _Alignment:
    """The cheapest way to lay a path beside a template."""
    best = {(0, 0): _Alignment(0.0, ())}
    for i, j in product(range(len(has) + 1), range(len(wants) + 1)):
        ways: list[_Alignment] = []
        if i and j:
            cost, pairs = best[i - 1, j - 1]
            ways.append(_Alignment(cost + _unlike(has[i - 1], wants[j - 1]), (*pairs, (has[i - 1], wants[j - 1]))))
        if i:
            cost, pairs = best[i - 1, j]
            ways.append(_Alignment(cost + 1.0, (*pairs, (has[i - 1], None))))
        if j:
            cost, pairs = best[i, j - 1]
            ways.append(_Alignment(cost + 1.0, (*pairs, (None, wants[j - 1]))))
        if ways:
            best[i, j] = min(ways, key=lambda way: way.cost)
    return best[len(has), len(wants)]


@lru_cache(4096)  # templates have many segments in common
def _unlike(has: str, wants: str) -> float:
    """How much a segment differs from a template's: 0 if it fits, 2 if it has nothing of it."""
    if _VARIABLE.fullmatch(wants):
        return 0.0 if _SID.fullmatch(has) else 0.6
    return 0.0 if has == wants else 2.0 - 1.9 * SequenceMatcher(None, has.lower(), wants.lower()).ratio()


def _wrong_host(at: str | None, route: Route) -> Iterator[str]:
    if at not in {None, route.product}:
        yield f"it is at {route.product}.twilio.com, not at {at}.twilio.com"


def _wrong_end(path: str, template: str) -> Iterator[str]:
    bare = path.rstrip("/")
    if path != bare:
        yield "a slash at the end is too much"
    if template.endswith(SUFFIX) and not bare.endswith(SUFFIX):
        yield f"{SUFFIX} is missing at the end"
    if bare.endswith(SUFFIX) and not template.endswith(SUFFIX):
        yield f"no {SUFFIX} belongs at the end"


def _wrong_segments(pairs: Iterable[tuple[str | None, str | None]]) -> Iterator[str]:
    for has, wants in pairs:
        if not has:
            yield f"{wants} is missing"
        elif wants is None:
            yield f"{has} is too much"
        elif has != wants and not _VARIABLE.fullmatch(wants):
            yield f"{wants}, not {has}" + (": capitals matter" if has.lower() == wants.lower() else "")


def near_parameter(name: str, known: Iterable[str]) -> str | None:
    """The parameter that somebody may have meant, if one is near.

    Args:
        name: as it was sent: ``StatusCalback``, ``media_url``, ``from_``.
        known: those that the operation understands.
    """
    plain = {_plain(candidate): candidate for candidate in known}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace("[]", "").lower()


def wrong_sid(template: str, sids: Mapping[str, str]) -> str | None:
    """What is wrong with the form of a path's sids, if anything is.

    Args:
        template: the route's path.
        sids: the values of its variables.
    """
    for folder, variable in _folders(template):
        prefixes, sid = PREFIXES.get(folder), sids[variable]
        if prefixes is None or (_SID.fullmatch(sid) and sid[:2] in prefixes):
            continue
        wanted = f"{NOUNS[prefixes[0]]} is {' or '.join(prefixes)} and 32 hexadecimal digits"
        noun = NOUNS.get(sid[:2]) if _SID.fullmatch(sid) else None
        return f"{sid} is the sid of {noun}; that of {wanted}" if noun else f"{sid} is no such sid: that of {wanted}"
    return None


def lost_sid(template: str, sids: Mapping[str, str], account_sid: str, traces: Mapping[str, Sequence[Trace]]) -> str | None:
    """Where the first of a path's sids is that is not where it was looked for; `None` if all are there.

    Args:
        template: the route's path.
        sids: the values of its variables.
        account_sid: whom the request was made for.
        traces: what is known of each sid.
    """
    for folder, variable in _folders(template):
        sid = sids[variable]
        if folder not in PREFIXES or folder == "Accounts":
            continue
        here = [trace for trace in traces[sid] if trace.account_sid == account_sid]
        if any(not trace.gone for trace in here):
            continue
        noun = NOUNS[PREFIXES[folder][0]]
        if here:
            return f"{sid} was deleted"
        if traces[sid]:
            return f"{sid} belongs to account {traces[sid][0].account_sid}, not to {account_sid}"
        return f"account {account_sid} never had {noun} {sid}"
    return None


def _folders(template: str) -> Iterator[tuple[str, str]]:
    """Each variable of a template, behind the folder that it is in."""
    segments = _segments(template)
    for folder, variable in pairwise(segments):
        if _VARIABLE.fullmatch(variable):
            yield folder, variable.strip("{}")
