"""Which host serves a product: the configured origin, or Twilio's for a region and an edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from twilio_async.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

_EDGE_OF = {"us1": "ashburn", "ie1": "dublin", "au1": "sydney"}
"""The edge next to each region, which Twilio documents; see https://www.twilio.com/docs/global-infrastructure."""


def origins(*, base_url: str | None, region: str | None, edge: str | None) -> Callable[[str], str]:
    """A function from a product's name to the origin (scheme, host, port, path prefix) that serves it.

    Args:
        base_url: one origin for every product; wins over region and edge, and is never rewritten.
        region: ``us1``, ``ie1``, ``au1``…; without it an edge serves ``us1``.
        edge: ``ashburn``, ``dublin``, ``sydney``…; without it a region is reached through the edge next to it.

    Raises:
        ConfigError: one of them is malformed.
    """
    if base_url is not None:
        origin = _checked(base_url)
        return lambda _product: origin
    for name, value in (("region", region), ("edge", edge)):
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value)):
            raise ConfigError(f"{name}={value!r}: expected a name such as {'ie1' if name == 'region' else 'dublin'!r}")
    if region is None and edge is None:
        return lambda product: f"https://{product}.twilio.com"
    if edge is None:
        edge = _EDGE_OF.get(region or "")
        if edge is None:
            raise ConfigError(f"region={region!r}: its edge is not known here; give edge= too")
    return lambda product: f"https://{product}.{edge}.{region or 'us1'}.twilio.com"


def _checked(base_url: str) -> str:
    parts = _parts(base_url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("base_url: expected http:// or https:// and a host, in printable ASCII")
    if parts.username is not None or "?" in base_url or "#" in base_url:
        raise ConfigError("base_url: holds credentials, a query or a fragment; give scheme, host, port and path only")
    if parts.scheme == "http" and parts.hostname.endswith("twilio.com"):
        raise ConfigError("base_url: http:// would send the credentials in clear text; use https://")
    return base_url.rstrip("/")


def _parts(base_url: str) -> SplitResult | None:
    """The parts of what all parsers read alike: some of them strip white space, encode letters or overlook a bad port."""
    if not isinstance(base_url, str) or not re.fullmatch("[!-~]+", base_url):
        return None
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts
