"""The URLs that may have been signed in place of the one that was seen. Pure."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlencode

from twilio_async._signature import BODY_HASH, body_hash
from twilio_async.cli.webhook.others import Other, different
from twilio_async.webhooks._addresses import Address
from twilio_async.webhooks._requests import read_query

PORTS: Final = ("", ":443", ":80", ":3000", ":5000", ":8000", ":8080", ":8443")
"""Those that applications and tunnels are wont to have."""

_MOST_SHUFFLED = 5  # parameters; more have too many orders
_MOST_PARAMETERS = 50


class Parts(NamedTuple):
    """A URL, in the parts that go wrong one by one."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    """With its ``?``; empty if there is none."""

    def address(self) -> Address:
        """The same, as verification knows it."""
        return Address(self.scheme, self.host, self.port, self.path + self.query)


def parts_of(address: Address) -> Parts:
    """The parts of a URL that was seen."""
    path, mark, query = address.rest.partition("?")
    return Parts(address.scheme, address.host, address.port, path, mark + query)


def others(seen: Parts, headers: Mapping[str, str], body: bytes) -> dict[str, list[Other]]:
    """Of each part of a URL the values that may have been signed instead, the likely ones first.

    Args:
        seen: the URL.
        headers: of the request, names in lower case.
        body: as it came.
    """
    found = {
        "scheme": _described(seen.scheme, _schemes(seen.scheme), "the scheme is {new}, not {old}"),
        "host": _described(seen.host, _hosts(seen.host, headers), "the host is {new}, not {old}"),
        "port": _described(seen.port, _ports(headers), "the port is {new}, not {old}"),
        "path": list(_paths(seen.path, headers)),
        "query": list(_queries(seen.query, body)),
    }
    return {part: different(getattr(seen, part), values) for part, values in found.items()}


def _described(old: str, values: Iterator[str], words: str) -> list[Other]:
    return [Other(new, words.format(new=_bare(new), old=_bare(old))) for new in values]


def _bare(text: str) -> str:
    return text.removesuffix("://").removeprefix(":") or "none"


def _schemes(seen: str) -> Iterator[str]:
    yield {"http://": "https://", "https://": "http://", "ws://": "wss://", "wss://": "ws://"}.get(seen.lower(), seen)


def _hosts(seen: str, headers: Mapping[str, str]) -> Iterator[str]:
    for name in ("x-forwarded-host", "x-original-host", "host"):
        yield _split(headers.get(name, ""))[0] or seen
    yield seen.removeprefix("www.") if seen.startswith("www.") else f"www.{seen}"
    yield from {"localhost": ("127.0.0.1",), "127.0.0.1": ("localhost",)}.get(seen, ())


def _ports(headers: Mapping[str, str]) -> Iterator[str]:
    told = headers.get("x-forwarded-port", "").partition(",")[0].strip()
    if told:
        yield f":{told}"
    for name in ("x-forwarded-host", "host"):
        yield _split(headers.get(name, ""))[1]
    yield from PORTS


def _split(authority: str) -> tuple[str, str]:
    host, colon, port = authority.partition(",")[0].strip().rpartition(":")
    return (host, colon + port) if colon and port.isdigit() else (authority.partition(",")[0].strip(), "")


def _paths(seen: str, headers: Mapping[str, str]) -> Iterator[Other]:
    yield Other(seen.rstrip("/"), "the path has no slash at its end")
    yield Other(f"{seen}/", "the path has a slash at its end")
    yield Other(re.sub("/{2,}", "/", seen), "the path has no doubled slash")
    if prefix := headers.get("x-forwarded-prefix", "").strip().rstrip("/"):
        yield Other(prefix + seen, "the path begins with what X-Forwarded-Prefix says")
    yield Other(unquote(seen), "the path is not encoded")
    yield Other(quote(seen, safe="/"), "the path is encoded once more")
    yield Other(unquote(quote(seen, safe="/")).lower(), "the path is in lower case")


def _queries(seen: str, body: bytes) -> Iterator[Other]:
    bare = seen.removeprefix("?")
    yield Other("", "there is no query")
    if BODY_HASH not in bare and body:
        joint = f"{seen}&" if bare else "?"
        yield Other(f"{joint}{BODY_HASH}={body_hash(body)}", f"the query has {BODY_HASH}, which was dropped")
    parameters = bare.split("&")[:_MOST_PARAMETERS]
    yield Other("?" + html.unescape(bare), "the query is not escaped for HTML")
    yield Other("?" + unquote(bare), "the query is not encoded")
    yield Other("?" + urlencode(read_query(bare, len(bare) + 1)), "the query is encoded as a form")
    yield Other("?" + bare.replace("+", "%20"), "the query has %20 for its spaces")
    yield Other("?" + bare.replace("%20", "+"), "the query has + for its spaces")
    for index, parameter in enumerate(parameters):
        rest = "&".join(parameters[:index] + parameters[index + 1 :])
        yield Other(rest and f"?{rest}", f"the query is without {parameter.partition('=')[0][:40]}")
    yield Other("?" + "&".join(sorted(parameters)), "the query is sorted by name")
    if len(parameters) <= _MOST_SHUFFLED:
        for order in itertools.permutations(parameters):
            yield Other("?" + "&".join(order), "the query's parameters are in another order")
