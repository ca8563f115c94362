"""Why a signature is not right: what usually goes wrong on the way is undone, bit by bit, until it is. Pure."""

from __future__ import annotations

import hmac
import itertools
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from twilio_async._signature import BODY_HASH, SETTINGS, SIGNATURE, Algorithm, body_hash, mac
from twilio_async.cli.webhook.addresses import Parts, others, parts_of
from twilio_async.cli.webhook.bodies import LARGEST, other_body, other_texts, seen_text
from twilio_async.cli.webhook.others import Other
from twilio_async.webhooks._addresses import Address, as_received, respelled
from twilio_async.webhooks._requests import read_query

MOST: Final = 100_000
"""Ways of going wrong that are tried, which takes about a second; fewer with a large body."""
AT_ONCE: Final = 4
"""Differences that are looked for at the same time."""

_ALGORITHMS: Final[dict[int, Algorithm]] = {28: "HMAC_SHA1", 44: "HMAC_SHA256"}
"""By the characters of a signature."""
_SIGNERS: Final[dict[Algorithm, str]] = {
    "HMAC_SHA1": "the auth token signed it, whatever its settings say",
    "HMAC_SHA256": f"a shared key signed it: the header {SETTINGS} was dropped",
}
_BODY: Final = "body"
_SIGNED: Final = 300_000_000  # bytes of bodies


class Explanation(NamedTuple):
    """How the request was that was signed."""

    differences: tuple[str, ...]
    """What was other then, in words."""
    changed: frozenset[str]
    """The parts that were other: ``scheme``, ``host``, ``port``, ``path``, ``query``, ``body``, ``secret``."""
    url: str
    """As it was signed."""


def explain(address: Address, headers: Mapping[str, str], body: bytes, secret: str) -> Explanation | None:
    """What is different in the request that was signed; `None` if that was not found.

    Args:
        address: the URL that was seen.
        headers: of the request, names in lower case.
        body: as it came.
        secret: an auth token, or the secret of a shared key.
    """
    given = headers.get(SIGNATURE.lower(), "")
    algorithm = _ALGORITHMS.get(len(given))
    if algorithm is None:
        return None
    before = _before(algorithm, headers, address, body)
    most = min(MOST, 1 + _SIGNED // (len(body) + 1))
    for parts, text, changes in itertools.islice(_candidates(address, headers, body), most):
        for url in _urls(parts, thorough=_BODY not in changes):
            if hmac.compare_digest(mac(secret, url + text, algorithm).encode(), given.encode("utf-8", "surrogatepass")):
                found = before | changes
                return Explanation(tuple(found.values()), frozenset(found), url)
    return None


def _before(algorithm: Algorithm, headers: Mapping[str, str], address: Address, body: bytes) -> dict[str, str]:
    """What is different without looking at the signature itself."""
    found: dict[str, str] = {}
    if algorithm not in (headers.get(SETTINGS.lower()) or "HMAC_SHA1").upper():
        found["secret"] = _SIGNERS[algorithm]
    claimed = dict(read_query(address.query, LARGEST)).get(BODY_HASH)
    form, _ = seen_text(headers.get("content-type", ""), body)
    if claimed is not None and form is None and claimed.strip().lower() != body_hash(body):
        found[_BODY] = other_body(body, claimed) or f"the body is another one, as its {BODY_HASH} in the URL says"
    return found


def _candidates(address: Address, headers: Mapping[str, str], body: bytes) -> Iterator[tuple[Parts, str, dict[str, str]]]:
    """A URL, what is signed of a body, and in what they differ from what was seen: in less first."""
    seen = parts_of(address)
    form, text = seen_text(headers.get("content-type", ""), body)
    alternatives: dict[str, list[Other]] = {
        **others(seen, headers, body),
        _BODY: other_texts(form, read_query(address.query, LARGEST), body),
    }
    for count in range(AT_ONCE + 1):
        for chosen in itertools.combinations(alternatives, count):
            for picked in itertools.product(*(alternatives[part] for part in chosen)):
                changed = dict(zip(chosen, picked, strict=True))
                values = {part: other.value for part, other in changed.items() if part != _BODY}
                signed = changed[_BODY].value if _BODY in changed else text
                yield seen._replace(**values), signed, {part: other.words for part, other in changed.items()}


def _urls(parts: Parts, *, thorough: bool) -> Iterator[str]:
    address = parts.address()
    yield from as_received(address)
    if thorough:
        yield from respelled(address)
