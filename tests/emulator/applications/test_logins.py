"""How demands for credentials are met; for Digest, the RFCs and the requests library say what is right."""

from __future__ import annotations

import base64
import importlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.applications.logins import authorization
from twilio_async.emulator.applications.outgoing import Letter, Login, OutgoingRequest
from twilio_async.emulator.domain.credentials import Key

MUFASA = Login("Mufasa", "Circle of Life")


def request(url: str = "http://www.example.org/dir/index.html") -> OutgoingRequest:
    """A request whose credentials are wanted."""
    return Letter(url, "GET", (), None, "t", Key("s")).request()


def said(header: str | None) -> dict[str, str]:
    """The parameters of a header."""
    assert header is not None
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', header)}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_come_out(algorithm: str, response: str) -> None:
    """Realm, nonce, cnonce and result are the RFC's."""
    challenge = (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    header = authorization([challenge], MUFASA, request(), "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
    parameters = said(header)
    assert parameters["response"] == response
    assert parameters["opaque"] == "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
    assert (parameters["qop"], parameters["nc"], parameters["uri"]) == ("auth", "00000001", "/dir/index.html")


def test_the_example_of_rfc_2069_comes_out() -> None:
    """Old servers ask without qop, and then there is no cnonce."""
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    parameters = said(authorization([challenge], Login("Mufasa", "Circle Of Life"), request(), "c"))
    assert parameters["response"] == "670fd8c2df070c60b045671b8b24ff02"
    assert parameters.keys() == {"username", "realm", "nonce", "uri", "response", "algorithm"}


@pytest.mark.parametrize("algorithm", [None, "MD5", "SHA-256", "MD5-SESS"])
@pytest.mark.parametrize("qop", [None, "auth"])
def test_the_requests_library_says_the_same(algorithm: str | None, qop: str | None) -> None:
    """For every algorithm, with and without qop, given the same cnonce."""
    asked = {"realm": "the realm", "nonce": "abc", "algorithm": algorithm, "qop": qop}
    asked = {name: value for name, value in asked.items() if value is not None}
    url = "http://h/a%20b?c=%2B1&d"
    theirs: Any = importlib.import_module("requests.auth").HTTPDigestAuth("us er", "pass:wörd")
    theirs.init_per_thread_state()
    theirs._thread_local.chal = asked
    expected = said(theirs.build_digest_header("GET", url))
    challenge = "Digest " + ", ".join(f'{name}="{value}"' for name, value in asked.items())
    ours = said(authorization([challenge], Login("us er", "pass:wörd"), request(url), expected.get("cnonce", "")))
    if algorithm == "MD5-SESS" and qop is None:
        return  # requests tells nobody the cnonce that it hashed
    assert ours["response"] == expected["response"]
    assert ours["uri"] == expected["uri"]


def test_basic_is_said_in_utf_8() -> None:
    """Whatever the realm is."""
    header = authorization(['Basic realm="x"'], Login("jörg", "a:b"), request(), "c")
    assert header == "Basic " + base64.b64encode("jörg:a:b".encode()).decode()


@pytest.mark.parametrize(
    "challenges",
    [
        ['Basic realm="x"', 'Digest realm="y", nonce="n"'],
        ['Digest realm="y", nonce="n", Basic realm="x"'],
        ['Basic realm="x", Digest realm="y", nonce="n"'],
    ],
)
def test_digest_is_preferred(challenges: list[str]) -> None:
    """In one header or in two, in any order, and with its own parameters."""
    parameters = said(authorization(challenges, MUFASA, request(), "c"))
    assert (parameters["realm"], parameters["nonce"]) == ("y", "n")


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Bearer",
        "Negotiate abc",
        'Digest realm="x"',
        'Digest nonce="n", algorithm=SHA-512',
        'Digest nonce="n", qop="auth-int"',
    ],
)
def test_what_is_not_known_is_not_answered(challenge: str) -> None:
    """The 401 stands."""
    assert authorization([challenge], MUFASA, request(), "c") is None


def test_where_digest_cannot_be_answered_basic_is() -> None:
    """Both were offered."""
    header = authorization(['Digest nonce="n", algorithm=SHA-512, Basic realm="x"'], MUFASA, request(), "c")
    assert header is not None
    assert header.startswith("Basic ")


@given(st.lists(st.text(), max_size=3), st.text())
def test_any_challenge_is_answered_or_not(challenges: list[str], nonce: str) -> None:
    """Never with an exception, and never with what would end the header."""
    header = authorization([*challenges, f'Digest nonce="{nonce}"', 'Basic realm="x"'], MUFASA, request(), "c")
    assert header is not None
    assert header.isprintable()


def test_what_no_header_can_hold_is_not_repeated() -> None:
    """It came from a stranger; what else was offered is answered."""
    asked = ['Digest nonce="a\x0bb"', 'Basic realm="x"']
    assert authorization(asked[:1], MUFASA, request(), "c") is None
    assert (authorization(asked, MUFASA, request(), "c") or "").startswith("Basic ")


def test_quotes_are_escaped() -> None:
    """A user's name cannot end the parameter that it stands in."""
    header = authorization(['Digest nonce="n"'], Login('a"b\\c', ""), request(), "c")
    assert said(header)["username"] == 'a\\"b\\\\c'
