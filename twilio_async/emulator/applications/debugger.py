"""What Twilio's debugger says went wrong with an application: codes and titles.

https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# Of the URL and the way to the application.
INVALID_URL: Final = 11100
RETRIEVAL_FAILURE: Final = 11200
CONNECT_TIMEOUT: Final = 11201
CONNECTION_REFUSED: Final = 11202
TOTAL_TIMEOUT: Final = 11203
CONNECTION_FAILURE: Final = 11205
PROTOCOL_VIOLATION: Final = 11206
BAD_HOST_NAME: Final = 11210
TOO_MANY_REDIRECTS: Final = 11215
INVALID_REDIRECT: Final = 11216
ERROR_RESPONSE: Final = 11217
TLS_HANDSHAKE: Final = 11220
CERTIFICATE_DOMAIN: Final = 11235
CERTIFICATE_EXPIRED: Final = 11236
CERTIFICATE_UNTRUSTED: Final = 11237
BODY_TOO_LARGE: Final = 11750

# Of the document that it answered.
PARSE_FAILURE: Final = 12100
SCHEMA_WARNING: Final = 12200
INVALID_CONTENT_TYPE: Final = 12300

# Of the verbs in it.
INVALID_TO: Final = 14101
INVALID_FROM: Final = 14102
INVALID_BODY: Final = 14103
INVALID_METHOD: Final = 14104
INVALID_STATUS_CALLBACK: Final = 14105
TOO_MANY_DOCUMENTS: Final = 14106
FROM_NOT_CAPABLE: Final = 14108
TOO_MANY_REPLIES: Final = 14109
INVALID_VERB: Final = 14110

TITLES: Final = MappingProxyType(
    {
        INVALID_URL: "Invalid URL format",
        RETRIEVAL_FAILURE: "HTTP retrieval failure",
        CONNECT_TIMEOUT: "TCP connection timed out",
        CONNECTION_REFUSED: "TCP connection refused",
        TOTAL_TIMEOUT: "HTTP communication total time out triggered",
        CONNECTION_FAILURE: "HTTP connection failure",
        PROTOCOL_VIOLATION: "HTTP protocol violation",
        BAD_HOST_NAME: "HTTP bad host name",
        TOO_MANY_REDIRECTS: "HTTP too many redirects",
        INVALID_REDIRECT: "HTTP invalid redirect",
        ERROR_RESPONSE: "HTTP error response code",
        TLS_HANDSHAKE: "SSL/TLS Handshake Error",
        CERTIFICATE_DOMAIN: "Certificate Invalid - Domain Mismatch",
        CERTIFICATE_EXPIRED: "Certificate Invalid - Certificate Expired",
        CERTIFICATE_UNTRUSTED: "Certificate Invalid - Could not find path to certificate",
        BODY_TOO_LARGE: "TwiML response body too large",
        PARSE_FAILURE: "Document parse failure",
        SCHEMA_WARNING: "Schema validation warning",
        INVALID_CONTENT_TYPE: "Invalid Content-Type",
        INVALID_TO: 'Invalid "To" attribute',
        INVALID_FROM: 'Invalid "From" attribute',
        INVALID_BODY: "Invalid Body",
        INVALID_METHOD: "Invalid Method attribute",
        INVALID_STATUS_CALLBACK: "Invalid statusCallback attribute",
        TOO_MANY_DOCUMENTS: "Document retrieval limit reached",
        FROM_NOT_CAPABLE: "From phone number not SMS capable",
        TOO_MANY_REPLIES: "TwiML Reply message limit exceeded",
        INVALID_VERB: "Invalid Verb for SMS Reply",
    }
)
"""The title of each code."""


def title(code: int) -> str:
    """The title of a code, or what it is where it is not in the table."""
    return TITLES.get(code, f"Error {code}")
