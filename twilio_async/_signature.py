"""How Twilio signs the requests that it makes to applications. Pure: the emulator signs with it, and applications verify.

https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Literal, TypeAlias

Algorithm: TypeAlias = Literal["HMAC_SHA1", "HMAC_SHA256"]

SIGNATURE: Final = "X-Twilio-Signature"
"""The header with the signature."""
SETTINGS: Final = "X-Twilio-Webhooks-Signature-Settings"
"""The header that names the shared key and the algorithm, where it was not the auth token that signed."""
BODY_HASH: Final = "bodySHA256"
"""The query parameter with the hash of a body that is no form."""

_HASHES: Final[dict[Algorithm, str]] = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}


def sign(secret: str, url: str, fields: Iterable[tuple[str, str]] = (), algorithm: Algorithm = "HMAC_SHA1") -> str:
    """The signature of a request.

    Args:
        secret: the account's auth token for SHA1, the secret of a shared key for SHA256.
        url: as it was configured, with its query in its own order and escaping, without user, password and fragment.
        fields: decoded names and values of a form body, in any order. None for a GET, or for a body that is no form.
        algorithm: Default: SHA1.
    """
    return mac(secret, url + fields_text(fields), algorithm)


def fields_text(fields: Iterable[tuple[str, str]]) -> str:
    """What is signed of a form: each name and value once, in order, with nothing between them."""
    different = set(fields)
    text = _joined(sorted(different))
    if text.isascii() or max(text) <= "\uffff":
        return text  # without characters beyond U+FFFF, code points and code units have the same order
    return _joined(sorted(different, key=_code_units))


def fields_text_by_code_point(fields: Iterable[tuple[str, str]]) -> str:
    """The same as signers in Python, Go and Rust order it; it differs where U+E000 to U+FFFF meet characters beyond U+FFFF."""
    return _joined(sorted(set(fields)))


def mac(secret: str, text: str, algorithm: Algorithm = "HMAC_SHA1") -> str:
    """The signature of a text that was already put together."""
    digest = hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), _HASHES[algorithm])
    return b2a_base64(digest, newline=False).decode()


def body_hash(body: bytes) -> str:
    """What the URL says of a body that is no form, since no field of it is signed."""
    return sha256(body).hexdigest()


def _joined(fields: Iterable[tuple[str, str]]) -> str:
    return "".join([text for field in fields for text in field])


def _code_units(field: tuple[str, str]) -> tuple[bytes, bytes]:
    # JavaScript and Java, in which Twilio's own signers are written, compare UTF-16 code units.
    return field[0].encode("utf-16-be", "surrogatepass"), field[1].encode("utf-16-be", "surrogatepass")
