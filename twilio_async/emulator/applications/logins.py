"""How a demand for credentials is met: Basic or Digest. Pure.

https://www.rfc-editor.org/rfc/rfc7616
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import md5, sha256
from types import MappingProxyType
from typing import Final

from twilio_async.emulator.applications.outgoing import Login, OutgoingRequest, target_of

_PARAMETER: Final = re.compile(r'([A-Za-z_-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')
_SCHEME: Final = re.compile(r"(?i)(?:^|,)\s*(basic|digest)\b")


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()  # the application's choice, not ours


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


_HASHES: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType({"MD5": _md5, "SHA-256": _sha256})


def authorization(challenges: Iterable[str], login: Login, request: OutgoingRequest, cnonce: str) -> str | None:
    """What to say in a header ``Authorization``; `None` if nothing that is asked for is known.

    Args:
        challenges: the values of ``WWW-Authenticate``.
        login: user and password.
        request: what is to be repeated.
        cnonce: something that nobody can guess, for Digest.
    """
    asked = {scheme: parameters for challenge in challenges for scheme, parameters in _schemes(challenge)}
    if "digest" in asked and (answer := _digest(asked["digest"], login, request, cnonce)):
        return answer
    if "basic" in asked:
        return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    return None


def _schemes(challenge: str) -> Iterable[tuple[str, dict[str, str]]]:
    found = list(_SCHEME.finditer(challenge))
    ends = [*(scheme.start() for scheme in found), len(challenge)][1:]
    for scheme, end in zip(found, ends, strict=True):
        parameters = _PARAMETER.finditer(challenge, scheme.end(), end)
        yield scheme[1].lower(), {name[1].lower(): name[2] if name[2] is not None else name[3] for name in parameters}


def _digest(asked: dict[str, str], login: Login, request: OutgoingRequest, cnonce: str) -> str | None:
    algorithm = asked.get("algorithm", "MD5")
    base, _, session = algorithm.upper().partition("-SESS")
    hashed = _HASHES.get(base)
    qops = {qop.strip().lower() for qop in asked.get("qop", "").split(",")} - {""}
    if hashed is None or session or "nonce" not in asked or (qops and "auth" not in qops):
        return None
    realm, nonce, target = asked.get("realm", ""), asked["nonce"], target_of(request.url)
    secret = hashed(f"{login.user}:{realm}:{login.password}")
    if algorithm.upper().endswith("-SESS"):
        secret = hashed(f"{secret}:{nonce}:{cnonce}")
    middle = f"{nonce}:00000001:{cnonce}:auth" if qops else nonce
    quoted = {"username": login.user, "realm": realm, "nonce": nonce, "uri": target}
    quoted["response"] = hashed(f"{secret}:{middle}:{hashed(f'{request.method}:{target}')}")
    if "opaque" in asked:
        quoted["opaque"] = asked["opaque"]
    plain = {"algorithm": algorithm}
    if qops:
        quoted["cnonce"] = cnonce
        plain |= {"qop": "auth", "nc": "00000001"}
    said = [f'{name}="{_escaped(value)}"' for name, value in quoted.items()]
    header = "Digest " + ", ".join(said + [f"{name}={value}" for name, value in plain.items()])
    return header if header.isprintable() else None  # what was asked for may hold what no header may


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
