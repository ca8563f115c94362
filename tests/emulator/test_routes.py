"""The table of operations, held against Twilio's documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.openapi import operations
from twilio_async.emulator.routes import ROUTES, UNDOCUMENTED
from twilio_async.emulator.routing import Route


def test_no_operation_is_there_twice() -> None:
    """A method and a path are one operation, with one name."""
    assert len({(route.method, route.path) for route in (*ROUTES, *UNDOCUMENTED)}) == len((*ROUTES, *UNDOCUMENTED))
    assert len({route.operation_id for route in ROUTES}) == len(ROUTES) == 26


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_an_operation_understands_what_twilio_documents(route: Route, spec: Path) -> None:
    """Under Twilio's name it takes all of the documented parameters, and none that is invented."""
    documented = operations()[route.operation_id]
    query = {parameter["name"] for parameter in documented.get("parameters", ()) if parameter["in"] == "query"}
    body = documented.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    assert route.parameters == query | body.get("schema", {}).get("properties", {}).keys()
