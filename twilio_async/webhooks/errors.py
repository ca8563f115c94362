"""Why a webhook was not taken.

Each class is one answer to give::

    WebhookError(ValueError)            400
    ├── SignatureError                  403: it is not proved to be Twilio's
    ├── BodyTooLarge                    413: it is larger than allowed, and was not looked at
    └── MalformedRequest                400: its target or a header cannot be read
        └── MalformedBody               400: its body cannot be read

None of them shows a secret, the signature that would have been right, a body, or a whole phone number.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

SignatureProblem: TypeAlias = Literal[
    "no_signature", "unknown_algorithm", "unknown_key", "no_body_hash", "body_hash", "mismatch"
]  # fmt: skip
"""What is wrong with a signature.

- ``no_signature``: there is none.
- ``unknown_algorithm``: it is made in a way that this library does not know.
- ``unknown_key``: the secret that it was made with was not given.
- ``no_body_hash``: the body is no form, and no hash of it is signed.
- ``body_hash``: the signed hash is another body's.
- ``mismatch``: it belongs to another URL, to other fields, or to another secret.
"""


class WebhookError(ValueError):
    """The root of every error that a webhook can cause.

    Args:
        reason: what is wrong with the request, for the log: free of secrets, bodies and whole phone numbers.
    """

    status: ClassVar[int] = 400
    """HTTP status to answer with."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SignatureError(WebhookError):
    """The request is not proved to come from Twilio. Answer 403, and keep the reason for the log.

    Args:
        reason: what differs, in a sentence.
        kind: the same for a program.
        url: the URL as it was seen, numbers masked.
        tried: the URLs for which the signature was not right, numbers masked.
    """

    status = 403

    def __init__(self, reason: str, *, kind: SignatureProblem, url: str = "", tried: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.kind: SignatureProblem = kind
        self.url = url
        self.tried = tried

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword-only constructors do not pickle by themselves."""
        return _signature_error, (self.reason, self.kind, self.url, self.tried)


def _signature_error(reason: str, kind: SignatureProblem, url: str, tried: tuple[str, ...]) -> SignatureError:
    return SignatureError(reason, kind=kind, url=url, tried=tried)


class BodyTooLarge(WebhookError):
    """The body is larger than allowed. Nothing of it was looked at.

    Args:
        limit: bytes that are allowed.
    """

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is larger than {limit:,} bytes")
        self.limit = limit

    def __reduce__(self) -> tuple[object, ...]:
        """The argument is the limit, not the text."""
        return BodyTooLarge, (self.limit,)


class MalformedRequest(WebhookError):
    """The request's target or one of its headers cannot be read."""


class MalformedBody(MalformedRequest):
    """The body cannot be read: a bad escape, no UTF-8, too many fields, no JSON."""
