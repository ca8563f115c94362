"""Keeps web pages away from the control API: whoever runs an emulator also has a browser, and pages of all kinds in it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})


def is_loopback(host: str) -> bool:
    """Whether an address or a name is this machine's own alone.

    Args:
        host: without a port: ``127.0.0.1``, ``localhost``, ``[::1]``.
    """
    bare = host.removeprefix("[").removesuffix("]")
    if bare.lower() == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def objection(headers: Mapping[str, str], *, on_loopback: bool) -> str | None:
    """Why a request is not answered; `None` if it is.

    Args:
        headers: of the request; names in any case.
        on_loopback: whether the server listens there alone. A ``Host`` that is another machine's is then a page whose
            name was made to lead here.
    """
    host = headers.get("Host", "")
    if on_loopback and not is_loopback(_without_port(host)):
        return "the Host is not this machine's: say http://127.0.0.1 with the port"
    origin = headers.get("Origin")
    if headers.get("Sec-Fetch-Site") in _ELSEWHERE or (origin is not None and origin != f"http://{host}"):
        return "web pages from elsewhere are not answered: ask from a program, without an Origin"
    return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host
