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

_HOME = "us1"
_AT_HOME_ALONE = frozenset({"oauth"})
"""Products that Twilio documents for one region alone, without an edge; see https://www.twilio.com/docs/iam/oauth-apps/faqs.

The others have a host in each region. What is served there differs and changes, and whoever asks for what is not hears it
from Twilio.
"""


def origins(*, base_url: str | None, region: str | None, edge: str | None) -> Callable[[str], str]:
    """A function from a product's name to the origin (scheme, host, port, path prefix) that serves it.

    It raises `ConfigError` for a product that the region has not got.

    Args:
        base_url: one origin for every product; wins over region and edge, and is never rewritten.
        region: ``us1``, ``ie1``, ``au1``…; without it an edge serves ``us1``.
        edge: ``ashburn``, ``dublin``, ``sydney``…; without it a region is reached through the edge next to it.

    Raises:
        ConfigError: one of them is malformed.
    """
    if base_url is not None:
        only = _checked(base_url)
        return lambda _product: only
    for name, value in (("region", region), ("edge", edge)):
        if value is not None and not (isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", value)):
            raise ConfigError(f"{name}={value!r}: expected a name such as {'ie1' if name == 'region' else 'dublin'!r}")
    if edge is None and region is not None:
        edge = _EDGE_OF.get(region)
        if edge is None:
            raise ConfigError(f"region={region!r}: its edge is not known here; give edge= too")

    def origin(product: str) -> str:
        if product in _AT_HOME_ALONE and region not in {None, _HOME}:
            raise ConfigError(
                f"region={region!r}: has no {product}, which Twilio serves in {_HOME} alone; use an API key there"
            )
        if edge is None or product in _AT_HOME_ALONE:
            return f"https://{product}.twilio.com"
        return f"https://{product}.{edge}.{region or _HOME}.twilio.com"

    return origin


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
    """The parts of what all parsers read alike: some strip space, encode letters, overlook bad ports, refuse backslashes."""
    if not isinstance(base_url, str) or not re.fullmatch(r"[!-\[\]-~]+", base_url):
        return None
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts
