"""Whether a request is Twilio's: its signature is held against every URL and secret that it may have been made with. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from twilio_async._signature import (
    BODY_HASH,
    SETTINGS,
    SIGNATURE,
    Algorithm,
    body_hash,
    fields_text,
    fields_text_by_code_point,
    mac,
)
from twilio_async.webhooks._addresses import as_received, masked, respelled
from twilio_async.webhooks._requests import IDEMPOTENCY_TOKEN, Pairs, is_form, media_type, read_form, read_query
from twilio_async.webhooks.errors import SignatureError

if TYPE_CHECKING:
    from twilio_async.webhooks._addresses import Address

_LENGTHS: Final[dict[Algorithm, int]] = {"HMAC_SHA1": 28, "HMAC_SHA256": 44}
"""Characters of a signature."""
_BODILESS = {"GET", "HEAD"}


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is proved to be Twilio's, or of somebody else who knows the secret."""

    method: str
    """In capitals."""
    url: str
    """As it was signed."""
    fields: Pairs
    """What Twilio tells, decoded: the form, or the query of a GET. Empty if the body is no form."""
    query: Pairs
    """All parameters of the URL, decoded."""
    body: bytes
    content_type: str
    """Without parameters, in lower case; empty if the request named none."""
    idempotency_token: str | None
    """The same for each repetition of one event. A header, which is not signed."""

    def __repr__(self) -> str:
        """Without what it says: it ends in logs."""
        return f"<Verified {self.method} fields={len(self.fields)} body={len(self.body)}>"


class Secrets:
    """What may have signed a request. Shows only how many there are.

    Args:
        auth_tokens: of the account; several while they are being rotated.
        shared_keys: secrets by id.
    """

    __slots__ = ("_auth_tokens", "_shared_keys")

    def __init__(self, auth_tokens: Sequence[str], shared_keys: Mapping[str, str]) -> None:
        self._auth_tokens = tuple(auth_tokens)
        self._shared_keys = dict(shared_keys)

    def named(self, settings: str) -> tuple[Algorithm, tuple[str, ...]]:
        """The algorithm and the secrets that the header with the signature's settings names.

        Raises:
            SignatureError: the algorithm is not known, or none of the secrets was given.
        """
        asked = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in settings.split(","))}
        algorithm = asked.get("algorithm", "").upper() or "HMAC_SHA1"
        if algorithm == "HMAC_SHA1":
            if not self._auth_tokens:
                raise SignatureError("it is signed with the auth token, and none was given here", kind="unknown_key")
            return "HMAC_SHA1", self._auth_tokens
        if algorithm != "HMAC_SHA256":
            shown = f"it is signed with {algorithm[:40]!r}; known are {' and '.join(_LENGTHS)}"
            raise SignatureError(shown, kind="unknown_algorithm")
        key = asked.get("key", "")
        if key not in self._shared_keys:
            shown = f"it is signed with the shared key {masked(key)[:80]!r}, whose secret was not given here"
            raise SignatureError(shown, kind="unknown_key")
        return "HMAC_SHA256", (self._shared_keys[key],)

    def __repr__(self) -> str:
        return f"<Secrets auth_tokens={len(self._auth_tokens)} shared_keys={len(self._shared_keys)}>"


def verified(
    method: str, addresses: Sequence[Address], headers: Mapping[str, str], body: bytes, secrets: Secrets, max_fields: int
) -> Verified:
    """The request, if its signature is right.

    Args:
        method: of HTTP, in capitals.
        addresses: where it may have been sent to.
        headers: as `read_headers` gives them.
        body: raw.
        secrets: what may have signed it.
        max_fields: how many fields, and parameters of the URL, are read.

    Raises:
        SignatureError: its signature is not right.
        MalformedRequest: its query has too many parameters.
        MalformedBody: its form cannot be read.
    """
    signature = headers.get(SIGNATURE.lower(), "")
    if not signature:
        raise SignatureError(f"it has no {SIGNATURE} header: not Twilio's, or a proxy dropped it", kind="no_signature")
    algorithm, keys = secrets.named(headers.get(SETTINGS.lower(), ""))
    content_type = headers.get("content-type", "")
    query = read_query(addresses[0].query, max_fields)
    form = read_form(body, max_fields) if body and method not in _BODILESS and is_form(content_type, body) else None
    hashed = _hash_holds(body, query)
    if form is None and hashed is not True and (body or hashed is not None):
        raise _unproved_body(content_type, hashed=hashed)

    texts = _signed_texts(form or ())
    if form and hashed:
        texts.append("")  # a form, too, may be signed by its hash alone
    url = _signed_url(signature, addresses, texts, keys, algorithm)
    return Verified(
        method=method,
        url=url,
        fields=query if method in _BODILESS else form or (),
        query=query,
        body=body,
        content_type=media_type(content_type),
        idempotency_token=headers.get(IDEMPOTENCY_TOKEN.lower()) or None,
    )


def _hash_holds(body: bytes, query: Pairs) -> bool | None:
    """Whether the URL's hash is the body's; ``None`` if it has none."""
    claimed = next((value for name, value in query if name == BODY_HASH), None)
    if claimed is None:
        return None
    return hmac.compare_digest(claimed.strip().lower().encode(), body_hash(body).encode())


def _unproved_body(content_type: str, *, hashed: bool | None) -> SignatureError:
    if hashed is None:
        kind = repr(media_type(content_type)[:80]) if content_type else "without Content-Type"
        return SignatureError(
            f"its body is no form ({kind}), and the URL has no {BODY_HASH}: nothing proves the body", kind="no_body_hash"
        )
    return SignatureError(
        f"its body is not the one that was signed, by the {BODY_HASH} of the URL: it was changed, or decoded and encoded again",
        kind="body_hash",
    )


def _signed_texts(form: Pairs) -> list[str]:
    """What may have been signed of a form; the signers' languages differ in how they sort rare characters."""
    text = fields_text(form)
    if text.isascii():
        return [text]
    return [*dict.fromkeys((text, fields_text_by_code_point(form)))]


def _signed_url(
    signature: str, addresses: Sequence[Address], texts: Sequence[str], keys: Sequence[str], algorithm: Algorithm
) -> str:
    """The URL to which the signature belongs; the usual ways to write it are tried first."""
    given = signature.encode("utf-8", "surrogatepass")
    if len(given) != _LENGTHS[algorithm]:
        shown = f"the signature is none of {algorithm}, which has {_LENGTHS[algorithm]} characters and not {len(given)}"
        raise SignatureError(shown, kind="mismatch", url=masked(str(addresses[0])))
    tried: dict[str, None] = {}
    for urls in (as_received, respelled):
        for address in addresses:
            for url in urls(address):
                if url not in tried and _is_right(given, [url + text for text in texts], keys, algorithm):
                    return url
                tried[url] = None
    raise _mismatch(str(addresses[0]), tried)


def _is_right(given: bytes, texts: Iterable[str], keys: Sequence[str], algorithm: Algorithm) -> bool:
    """Whether one of the secrets made the signature; each is computed and compared, so that the time does not tell which."""
    right = False
    for text in texts:
        for key in keys:
            right |= hmac.compare_digest(given, mac(key, text, algorithm).encode())
    return right


def _mismatch(url: str, tried: Iterable[str]) -> SignatureError:
    shown = tuple(map(masked, tried))
    return SignatureError(
        f"the signature is another URL's, another body's, or made with another secret. The URL seen was {masked(url)}; tried "
        f"were {', '.join(shown[:4])}{f' and {len(shown) - 4} more spellings' if len(shown) > 4 else ''}. If none of them is "
        "what Twilio was told, give public_url",
        kind="mismatch",
        url=masked(url),
        tried=shown,
    )
