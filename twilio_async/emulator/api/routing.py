"""How a request finds its operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from twilio_async.emulator.api.calls import Handler

PRODUCTS: Mapping[str, str] = {
    "/2010-04-01": "api",
    "/v1/Content": "content",
    "/v1/LegacyContent": "content",
    "/v2/Content": "content",
    "/v1/Messaging/": "pricing",
    "/v1/token": "oauth",
    "/v2/token": "oauth",
    "/v1/": "messaging",
    "/v2/": "messaging",
    "/v3/": "messaging",
}
"""Which product, that is which host of Twilio's, serves the paths that begin so; the first that fits."""

_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table of operations.

    Attributes:
        operation_id: Twilio's name of the operation.
        method: in capitals.
        path: the template, as in Twilio's OpenAPI documents.
        handler: what does it.
        parameters: the names that it understands, of query and form, or of the object that is its body.
        json: whether its body is a JSON object instead of a form.
        manages: whether it manages accounts, which a standard API key must not do, and which is possible for an account
            that is suspended.
        public: whether it needs no credentials in the header.
    """

    operation_id: str
    method: str
    path: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    json: bool = False
    manages: bool = False
    public: bool = False

    @property
    def product(self) -> str:
        """The product that it belongs to: the first label of Twilio's host."""
        return product_at(self.path)


class Routes(list[Route]):
    """Rows of the table, added by decorating their handlers."""

    def get(self, operation_id: str, path: str, *parameters: str) -> Callable[[Handler], Handler]:
        """The decorated function reads something."""
        return self._add(operation_id, "GET", path, parameters)

    def post(self, operation_id: str, path: str, *parameters: str, json: bool = False) -> Callable[[Handler], Handler]:
        """The decorated function makes or changes something."""
        return self._add(operation_id, "POST", path, parameters, json=json)

    def put(self, operation_id: str, path: str, *parameters: str) -> Callable[[Handler], Handler]:
        """The decorated function replaces something by what a JSON object says."""
        return self._add(operation_id, "PUT", path, parameters, json=True)

    def delete(self, operation_id: str, path: str) -> Callable[[Handler], Handler]:
        """The decorated function deletes something."""
        return self._add(operation_id, "DELETE", path, ())

    def _add(
        self, operation_id: str, method: str, path: str, parameters: Iterable[str], *, json: bool = False
    ) -> Callable[[Handler], Handler]:
        def decorate(handler: Handler) -> Handler:
            self.append(Route(operation_id, method, path, handler, frozenset(parameters), json=json))
            return handler

        return decorate


class Found(NamedTuple):
    """What is at a path: the operation of each method, and the values of the path's variables."""

    methods: Mapping[str, Route]
    sids: Mapping[str, str]


class Router:
    """Finds what is at a path.

    Args:
        routes: the table.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        templates: dict[str, dict[str, Route]] = {}
        for route in routes:
            templates.setdefault(route.path, {})[route.method] = route
        # A template with more fixed text is the better match: `Services/Usecases` before `Services/{Sid}`.
        by_precision = sorted(templates.items(), key=lambda item: len(_VARIABLE.sub("", item[0])), reverse=True)
        self._rows: dict[int, list[tuple[re.Pattern[str], dict[str, Route]]]] = {}
        for template, methods in by_precision:
            self._rows.setdefault(template.count("/"), []).append((_pattern(template), methods))

    def find(self, raw_path: str, product: str | None = None) -> Found | None:
        """What is at a path.

        Args:
            raw_path: still encoded, so that an encoded slash divides nothing.
            product: look at this product's paths only. Default: at all.
        """
        for pattern, methods in self._rows.get(raw_path.count("/"), ()):
            found = pattern.fullmatch(raw_path)
            if found and product in {None, next(iter(methods.values())).product}:
                return Found(methods, {name: unquote(value) for name, value in found.groupdict().items()})
        return None


def product_at(path: str) -> str:
    """The product that serves a path; ``"api"`` if none does."""
    return next((product for prefix, product in PRODUCTS.items() if path.startswith(prefix)), "api")


def product_of(host: str) -> str | None:
    """The product that a ``Host`` header names.

    Args:
        host: such as ``messaging.twilio.com``, ``api.sydney.au1.twilio.com`` or ``127.0.0.1:8080``.

    Returns:
        ``"messaging"``, ``"api"``…; `None` for a host that is not Twilio's, where all products are served.
    """
    name = host.partition(":")[0].lower()
    return name.partition(".")[0] if name.endswith(".twilio.com") else None


def _pattern(template: str) -> re.Pattern[str]:
    fixed, names = _VARIABLE.split(template)[::2], _VARIABLE.findall(template)
    variables = (*(f"(?P<{name}>[^/]+)" for name in names), "")
    return re.compile("".join(re.escape(text) + variable for text, variable in zip(fixed, variables, strict=True)))
