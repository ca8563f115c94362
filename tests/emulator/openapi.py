"""Twilio's OpenAPI documents as judges of the emulator: each answer has every field that they name, and no other.

The documents themselves require no field at all. Twilio sends them all, and so must the emulator.
"""

from __future__ import annotations

import functools
import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import FormatChecker
from openapi_schema_validator import OAS30Validator

from tests.official import DOCUMENTS, SPEC, resolved, written
from twilio_async.emulator.api.routes import ROUTES, UNDECLARED
from twilio_async.emulator.api.routing import Route, Router

_ROUTER = Router((*ROUTES, *UNDECLARED))
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time-rfc-2822", raises=(ValueError, TypeError))
def _is_rfc2822(text: object) -> bool:
    return not isinstance(text, str) or (bool(parsedate_to_datetime(text)) and text.endswith(" +0000"))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_iso8601(text: object) -> bool:
    return not isinstance(text, str) or (bool(datetime.fromisoformat(text)) and text.endswith("Z"))


@_FORMATS.checks("currency")
def _is_currency(text: object) -> bool:
    return not isinstance(text, str) or re.fullmatch("[A-Z]{3}", text) is not None


@_FORMATS.checks("uri", raises=ValueError)
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or any(urlsplit(text)[1:3])  # a host, as in v1, or a path, as in the 2010 API


@_FORMATS.checks("uri-map")
def _is_uri_map(links: object) -> bool:
    return not isinstance(links, dict) or all(map(_is_uri, links.values()))


def check_answer(route: Route, status: int, content: object = None) -> None:
    """Hold the answer of an operation that did what it was asked for against its document.

    Args:
        route: of the operation.
        status: of the answer.
        content: its JSON; `None` if there was no body.
    """
    documented = operations()[route.method, route.path]["responses"]
    assert str(status) in documented, f"{route.operation_id} answers {sorted(documented)}, not {status}"
    if "content" not in documented[str(status)]:
        assert content is None, f"{route.operation_id} has no body"
        return
    faults = [f"{fault.json_path}: {fault.message}" for fault in _validator(route, status).iter_errors(content)]
    assert not faults, f"{route.operation_id} {status}: {faults}"


def check_error(status: int, content: Any) -> None:
    """Hold an error against the four keys of Twilio's dialect; newer products add details."""
    assert content.keys() - {"details"} == {"code", "message", "more_info", "status"}, (
        f"an error has four keys, not {[*content]}"
    )
    assert content["status"] == status, f"status {status} is said to be {content['status']}"
    assert content["more_info"].endswith(f"/{content['code']}"), f"{content['more_info']} is not about {content['code']}"


def check_exchange(method: str, url: str, status: int, body: str) -> None:
    """Hold any JSON answer of the emulator against the document of the operation that its address names.

    Nothing is checked where the documents are not at hand.
    """
    found = _ROUTER.find(urlsplit(url).path)
    if not SPEC.is_dir() or found is None:
        return
    content = json.loads(body) if body else None
    if status < 400:
        check_answer(found.methods[method], status, content)
    else:
        check_error(status, content)


@functools.cache
def operations() -> dict[tuple[str, str], Any]:
    """The operations that the emulator has, by method and path, as their documents describe them."""
    known = {(route.path, route.method.lower()) for route in (*ROUTES, *UNDECLARED)}
    return {
        (method.upper(), path): operation
        for name in DOCUMENTS
        for path, methods in document(name)["paths"].items()
        for method, operation in methods.items()
        if (path, method) in known
    }


@functools.cache
def document(name: str) -> dict[str, Any]:
    """One of the documents, each reference in it replaced by what it refers to."""
    return resolved(written(name))


@functools.cache
def _validator(route: Route, status: int) -> OAS30Validator:
    schema = operations()[route.method, route.path]["responses"][str(status)]["content"]["application/json"]["schema"]
    return OAS30Validator(_complete(schema), format_checker=_FORMATS)


def _complete(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with all properties required, and no others allowed."""
    if "properties" in schema:
        properties = {name: _complete(inner) for name, inner in schema["properties"].items()}
        return {**schema, "properties": properties, "required": [*properties], "additionalProperties": False}
    if "oneOf" in schema:
        return {**schema, "oneOf": [_complete(inner) for inner in schema["oneOf"]]}
    return {**schema, "items": _complete(schema["items"])} if "items" in schema else schema
