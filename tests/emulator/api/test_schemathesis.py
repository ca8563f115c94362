"""Schemathesis as a judge of the emulator: whatever Twilio's OpenAPI documents allow to be sent, and what they do not.

Each example has an emulator of its own, with the right credentials, in which the message, the service or whatever else a path
can name is there. Of the path and the form some parts are what makes a good request, and the others what schemathesis invents.

The documents declare what requests are answered that succeed, and nothing for the others. Which errors there may be is declared
here: those of the caller, in Twilio's dialect with its four keys. So no answer may be a 5xx.
"""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.emulator.api.furniture import GOOD, GOOD_QUERY, Form, furnished
from tests.emulator.openapi import check_exchange, document
from tests.official import DOCUMENTS
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.routes import ROUTES, UNDECLARED
from twilio_async.emulator.api.routing import Route

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 10
"""Requests of each operation beside the good one; always the same ones, so that a run takes as long as the last."""

MOSTLY = st.sampled_from((True, True, True, True, False))
"""Else nearly every request would fail at the first thing that is checked."""

AWKWARD = st.sampled_from(("", "0", "-1", "1e3", "abc", "true", "\x00", "٣", "2024-02-30", "http://", "9" * 30))
"""What parsers trip over, and schemathesis seldom thinks of."""

ERRORS = (400, 401, 403, 404, 405, 409, 412, 429)
"""Statuses that may be answered though no document declares them."""

OPERATIONS = {f"{route.method} {route.path}": route for route in (*ROUTES, *UNDECLARED)}

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@functools.cache
def operation(route: Route) -> APIOperation[Any, Any, Any, Any]:
    """An operation as schemathesis knows it, with the errors that no document declares."""
    name = next(name for name in DOCUMENTS if route.path in document(name)["paths"])
    found: APIOperation[Any, Any, Any, Any] = schema(name)[route.path][route.method]
    return found


@functools.cache
def schema(name: str) -> Any:
    """A document with those of its operations that the emulator has."""
    raw = copy.deepcopy(document(name))
    paths: dict[str, dict[str, Any]] = {}
    for route in OPERATIONS.values():
        if route.path in raw["paths"]:
            method = route.method.lower()
            paths.setdefault(route.path, {})[method] = declared(raw["paths"][route.path][method])
    raw["paths"] = paths
    return schemathesis.openapi.from_dict(corrected(raw) if name == "api_v2010" else raw)


def corrected(node: Any) -> Any:
    """The document of the 2010 API calls its addresses URIs, but its own examples show them without scheme and host."""
    if isinstance(node, list):
        return [corrected(item) for item in node]
    if not isinstance(node, dict):
        return "uri-reference" if node == "uri" else node
    return {key: corrected(value) for key, value in node.items()}


def declared(content: dict[str, Any]) -> dict[str, Any]:
    """An operation's part of a document, with the errors that it may answer."""
    return {**content, "responses": {**content["responses"], **{str(status): error(status) for status in ERRORS}}}


def error(status: int) -> dict[str, Any]:
    """Twilio's error, as a document would declare it."""
    properties = {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "more_info": {"type": "string"},
        "status": {"type": "integer", "enum": [status]},
    }
    details = {"details": {"type": "object"}}  # which newer products add
    content = {
        "type": "object",
        "properties": properties | details,
        "required": [*properties],
        "additionalProperties": False,
    }
    return {"description": "", "content": {"application/json": {"schema": content}}}


def exchange(emulator: Emulator, case: Case[Any]) -> int:
    """Send a request and hold its answer against the document; the answer's status."""
    response = case.call(base_url=emulator.url, auth=(emulator.account_sid, emulator.auth_token))
    case.validate_response(response, checks=CHECKS)
    check_exchange(case.method, response.request.url or "", response.status_code, response.text)
    return response.status_code


def merged(data: st.DataObject, invented: Any, good: Form) -> Any:
    """What was invented, with most of what is good."""
    if not isinstance(invented, dict):
        return invented
    return invented | {name: value for name, value in good.items() if data.draw(MOSTLY)}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("route", OPERATIONS.values(), ids=OPERATIONS)
def test_every_answer_is_declared_and_complete(route: Route, spec: Path) -> None:
    """A good request succeeds, and no request is answered with anything but a declared success or an error of the caller's."""
    assert spec.is_dir()
    judged, form = operation(route), GOOD.get(route.operation_id)
    names = sorted(route.parameters)
    kind = JSON if route.json else FORM
    awkward = st.dictionaries(st.sampled_from(names), AWKWARD, max_size=2) if names else st.just({})

    with Emulator() as emulator:
        sids = furnished(emulator, judged.path)
        query = GOOD_QUERY.get(route.operation_id, {})
        body, media_type = (NOT_SET, None) if form is None else (form, kind)
        good = judged.Case(path_parameters=sids, query=query, body=body, media_type=media_type)
        assert exchange(emulator, good) < 400

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=[*HealthCheck])
    @given(st.sampled_from(GenerationMode).flatmap(judged.as_strategy), st.data())
    def hold(case: Case[Any], data: st.DataObject) -> None:
        with Emulator() as emulator:
            case.path_parameters = merged(data, case.path_parameters, furnished(emulator, judged.path))
            if judged.method.upper() == "GET":
                case.query = {**(case.query or {}), **data.draw(awkward)}
            else:
                case.body = merged(data, merged(data, case.body, data.draw(awkward)), form or {})
            exchange(emulator, case)

    hold()
