"""How a request finds its operation."""

from __future__ import annotations

import pytest

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.routing import Router, Routes, product_at, product_of

routes = Routes()


@routes.get("ListThing", "/v1/Things", "PageSize")
@routes.post("CreateThing", "/v1/Things", "Name")
@routes.get("FetchThing", "/v1/Things/{Sid}")
@routes.delete("DeleteThing", "/v1/Things/{Sid}")
@routes.get("FetchUsecase", "/v1/Things/Usecases")
@routes.get("FetchFile", "/2010-04-01/Things/{ThingSid}/Files/{Sid}.json")
@routes.get("FetchFileContent", "/2010-04-01/Things/{ThingSid}/Files/{Sid}")
def nothing(_: Call) -> Answer:
    """Nothing is asked of it."""
    return Answer()


ROUTER = Router(routes)


@pytest.mark.parametrize(
    ("method", "path", "operation", "sids"),
    [
        ("GET", "/v1/Things", "ListThing", {}),
        ("POST", "/v1/Things", "CreateThing", {}),
        ("GET", "/v1/Things/T1", "FetchThing", {"Sid": "T1"}),
        ("DELETE", "/v1/Things/T1", "DeleteThing", {"Sid": "T1"}),
        ("GET", "/v1/Things/Usecases", "FetchUsecase", {}),
        ("GET", "/2010-04-01/Things/T1/Files/F1.json", "FetchFile", {"ThingSid": "T1", "Sid": "F1"}),
        ("GET", "/2010-04-01/Things/T1/Files/F1", "FetchFileContent", {"ThingSid": "T1", "Sid": "F1"}),
        ("GET", "/v1/Things/a%2Fb", "FetchThing", {"Sid": "a/b"}),
    ],
)
def test_a_path_is_matched_exactly(method: str, path: str, operation: str, sids: dict[str, str]) -> None:
    """Fixed text wins over variables, and an encoded slash is part of a variable."""
    found = ROUTER.find(path)
    assert found is not None
    assert found.methods[method].operation_id == operation
    assert found.sids == sids


@pytest.mark.parametrize("path", ["/v1/Things/", "/v1/Thing", "/v1/Things/T1/Files", "/v1", "", "/v1//Things"])
def test_other_paths_lead_nowhere(path: str) -> None:
    """Nearly right is not found."""
    assert ROUTER.find(path) is None


def test_a_host_serves_its_own_product() -> None:
    """What Twilio has at another host is not here."""
    assert ROUTER.find("/v1/Things", "messaging") is not None
    assert ROUTER.find("/v1/Things", "api") is None


@pytest.mark.parametrize(
    ("host", "product"),
    [
        ("api.twilio.com", "api"),
        ("messaging.dublin.ie1.twilio.com", "messaging"),
        ("API.TWILIO.COM:443", "api"),
        ("127.0.0.1:8080", None),
        ("", None),
    ],
)
def test_a_product_is_the_first_label_of_twilios_host(host: str, product: str | None) -> None:
    """Other hosts serve everything."""
    assert product_of(host) == product


def test_a_route_is_a_row_that_can_be_read() -> None:
    """Name, method, path, parameters and product."""
    route = next(route for route in routes if route.operation_id == "ListThing")
    assert (route.method, route.path, route.parameters, route.product) == (
        "GET",
        "/v1/Things",
        frozenset({"PageSize"}),
        "messaging",
    )
    assert product_at("/2010-04-01/x") == product_at("/nothing") == "api"
