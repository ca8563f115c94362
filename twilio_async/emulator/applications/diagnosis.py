"""Why a request got no answer: what the HTTP library raised, in Twilio's codes and in plain words. Pure."""

from __future__ import annotations

import errno
import ssl
from typing import Final, NamedTuple

import aiohttp

from twilio_async.emulator.applications import debugger
from twilio_async.emulator.applications.overrides import Overrides

_HOST_MISMATCH: Final = 62
_IP_MISMATCH: Final = 64
_EXPIRED: Final = 10
_CERTIFICATES: Final = {
    _HOST_MISMATCH: debugger.CERTIFICATE_DOMAIN,
    _IP_MISMATCH: debugger.CERTIFICATE_DOMAIN,
    _EXPIRED: debugger.CERTIFICATE_EXPIRED,
}
"""OpenSSL's numbers for what is wrong with a certificate."""


class Diagnosis(NamedTuple):
    """A code of Twilio's debugger, and plain words without anything of the request in them."""

    code: int
    words: str


def diagnose(error: Exception, overrides: Overrides, *, secure: bool, first: bool) -> Diagnosis:
    """What an error means.

    Args:
        error: what was raised between connecting and the last byte of the answer.
        overrides: the patience that may have been exhausted.
        secure: whether TLS was spoken.
        first: whether it was the first try of the URL.
    """
    match error:
        case aiohttp.ClientConnectorDNSError() | UnicodeError():  # a name may be one that DNS cannot even be asked for
            return Diagnosis(debugger.BAD_HOST_NAME, "the host name cannot be resolved")
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error)
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return Diagnosis(debugger.TLS_HANDSHAKE, "the TLS handshake failed")
        case aiohttp.ClientConnectorError():
            return _connection(error, secure=secure)
        case aiohttp.ConnectionTimeoutError():
            return Diagnosis(debugger.CONNECT_TIMEOUT, f"no connection within {overrides.connect_timeout:g} s")
        case aiohttp.SocketTimeoutError():
            return _silence(overrides)
        case TimeoutError():
            return _late(overrides, first=first)
        case aiohttp.InvalidURL():
            return Diagnosis(debugger.INVALID_URL, "the URL cannot be called")
        case aiohttp.ServerDisconnectedError() | OSError():
            return Diagnosis(debugger.PROTOCOL_VIOLATION, "the connection was closed before the answer was complete")
        case _:
            return Diagnosis(debugger.PROTOCOL_VIOLATION, "what was answered is not HTTP, or not all of it")


def _certificate(error: Exception) -> Diagnosis:
    number = getattr(error, "verify_code", 0)
    code = _CERTIFICATES.get(number, debugger.CERTIFICATE_UNTRUSTED)
    return Diagnosis(code, "the certificate is not to be trusted: " + debugger.title(code).partition(" - ")[2].lower())


def _connection(error: aiohttp.ClientConnectorError, *, secure: bool) -> Diagnosis:
    if error.errno == errno.ECONNREFUSED:
        return Diagnosis(debugger.CONNECTION_REFUSED, "the connection was refused")
    if secure and error.errno != errno.EHOSTUNREACH:
        return Diagnosis(debugger.TLS_HANDSHAKE, "the connection broke in the TLS handshake")
    return Diagnosis(debugger.CONNECTION_FAILURE, "there is no connection")


def _silence(overrides: Overrides) -> Diagnosis:
    return Diagnosis(debugger.RETRIEVAL_FAILURE, f"no answer within {overrides.read_timeout:g} s")


def _late(overrides: Overrides, *, first: bool) -> Diagnosis:
    # With Twilio's defaults both clocks run out together, and then it was this one answer that did not come.
    if first and overrides.read_timeout <= overrides.total_timeout:
        return _silence(overrides)
    return Diagnosis(debugger.TOTAL_TIMEOUT, f"not done within {overrides.total_timeout:g} s")
