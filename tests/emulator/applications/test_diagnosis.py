"""Errors of the HTTP library in Twilio's codes; how each arises on a real socket is tested with the courier."""

from __future__ import annotations

import errno
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from twilio_async.emulator.applications.diagnosis import diagnose
from twilio_async.emulator.applications.overrides import Overrides

KEY = ConnectionKey("secret-host", 80, False, True, None, None, None)
HASTY = Overrides(connect_timeout=0.1, read_timeout=0.2, total_timeout=0.15)


def certificate(number: int) -> aiohttp.ClientConnectorCertificateError:
    """A certificate that was refused."""
    error = ssl.SSLCertVerificationError()
    error.verify_code = number
    return aiohttp.ClientConnectorCertificateError(KEY, error)


def connector(number: int) -> aiohttp.ClientConnectorError:
    """A connection that could not be made."""
    return aiohttp.ClientConnectorError(KEY, OSError(number, "secret"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "secret")), 11210),
        (UnicodeError("secret"), 11210),
        (certificate(62), 11235),
        (certificate(64), 11235),
        (certificate(10), 11236),
        (certificate(18), 11237),
        (aiohttp.ClientConnectorSSLError(KEY, OSError(1, "secret")), 11220),
        (ssl.SSLError("secret"), 11220),
        (connector(errno.ECONNREFUSED), 11202),
        (connector(errno.ENETUNREACH), 11205),
        (aiohttp.ConnectionTimeoutError("secret"), 11201),
        (aiohttp.SocketTimeoutError("secret"), 11200),
        (aiohttp.ServerDisconnectedError(), 11206),
        (aiohttp.ClientOSError(errno.ECONNRESET, "secret"), 11206),
        (ConnectionResetError(), 11206),
        (aiohttp.ClientPayloadError("secret"), 11206),
        (aiohttp.InvalidURL("http://secret"), 11100),
        (ValueError("secret"), 11206),
    ],
)
def test_every_error_has_a_code_and_words_without_what_was_sent(error: Any, code: int) -> None:
    """A URL may hold people's numbers, and words end up in logs."""
    diagnosis = diagnose(error, Overrides(), secure=False, first=True)
    assert diagnosis.code == code
    assert diagnosis.words
    assert "secret" not in diagnosis.words


def test_a_connection_that_breaks_before_tls_stands_is_a_failed_handshake() -> None:
    """Unless the host cannot be reached at all."""
    assert diagnose(connector(errno.ECONNRESET), Overrides(), secure=True, first=True).code == 11220
    assert diagnose(connector(errno.EHOSTUNREACH), Overrides(), secure=True, first=True).code == 11205
    assert diagnose(connector(errno.ECONNREFUSED), Overrides(), secure=True, first=True).code == 11202


def test_the_total_timeout_is_named_where_it_was_the_shorter_or_there_were_several_tries() -> None:
    """With Twilio's defaults both clocks run out together, and then there was no answer."""
    assert diagnose(TimeoutError(), Overrides(), secure=False, first=True) == (11200, "no answer within 15 s")
    assert diagnose(TimeoutError(), Overrides(), secure=False, first=False) == (11203, "not done within 15 s")
    assert diagnose(TimeoutError(), HASTY, secure=False, first=True) == (11203, "not done within 0.15 s")
