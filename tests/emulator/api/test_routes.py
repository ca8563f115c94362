"""The table of operations, held against Twilio's documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.openapi import operations
from tests.official import body_properties
from twilio_async.emulator.api.routes import EVERYTHING, MAGIC, ROUTES, UNDECLARED
from twilio_async.emulator.api.routing import Route


def test_no_operation_is_there_twice() -> None:
    """A method and a path are one operation."""
    assert len({(route.method, route.path) for route in EVERYTHING}) == len(EVERYTHING)


def test_test_credentials_open_three_operations() -> None:
    """With the parameters of the real ones."""
    assert [route.operation_id for route in MAGIC] == ["CreateMessage", "CreateCall", "CreateIncomingPhoneNumber"]
    real = {route.operation_id: route for route in EVERYTHING}
    for route in MAGIC[0], MAGIC[2]:
        assert (route.path, route.parameters) == (real[route.operation_id].path, real[route.operation_id].parameters)


def test_what_manages_accounts_says_so() -> None:
    """And nothing else does."""
    assert {route.operation_id for route in EVERYTHING if route.manages} == {
        "CreateAccount",
        "ListAccount",
        "FetchAccount",
        "UpdateAccount",
    }


def test_what_needs_no_credentials_says_so() -> None:
    """Whoever asks for a token has none yet; and nothing else is open to everybody."""
    assert [route.path for route in EVERYTHING if route.public] == ["/v2/token", "/v1/token"]


@pytest.mark.parametrize("route", [*ROUTES, *UNDECLARED], ids=lambda route: route.operation_id)
def test_an_operation_understands_what_twilio_documents(route: Route, spec: Path) -> None:
    """Under Twilio's name it takes all of the documented parameters, and none that is invented."""
    documented = operations()[route.method, route.path]
    assert route.operation_id == documented["operationId"]
    assert route.json == ("application/json" in documented.get("requestBody", {}).get("content", {}))
    query = {parameter["name"] for parameter in documented.get("parameters", ()) if parameter["in"] == "query"}
    assert route.parameters == query | body_properties(documented).keys()
