"""The judge of the other tests is no soft one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.emulator.openapi import check_answer, check_error, check_exchange
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.operations.messages import message_content
from twilio_async.emulator.api.routes import ROUTES

FETCH, DELETE = (next(route for route in ROUTES if route.operation_id == name) for name in ("FetchMessage", "DeleteMessage"))


@pytest.fixture
def content(spec: Path) -> dict[str, Any]:
    """A message as the emulator writes it."""
    assert spec.is_dir()
    return message_content(Emulator().add_message())


def test_a_good_answer_passes(content: dict[str, Any]) -> None:
    """Alone or in a list; a deletion has no body."""
    check_answer(FETCH, 200, content)
    check_answer(DELETE, 204)
    check_exchange("GET", "http://x/2010-04-01/Accounts/AC/Nothing.json", 404, "")
    check_error(404, {"code": 20404, "message": "", "more_info": "https://x/20404", "status": 404})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sid", None),
        ("sid", "SM1"),
        ("num_segments", 1),
        ("status", "teleported"),
        ("date_created", "2024-05-24T12:00:00Z"),
        ("date_created", "Fri, 24 May 2024 12:00:00 GMT"),
        ("error_code", "30003"),
        ("price_unit", "dollars"),
        ("subresource_uris", {"media": ""}),
        ("invented", "x"),
    ],
)
def test_a_wrong_field_is_found(content: dict[str, Any], field: str, value: object) -> None:
    """Its type, its form, its absence (`None` here for what is never null) and its being there at all."""
    if value is None:
        del content[field]
    else:
        content[field] = value
    with pytest.raises(AssertionError, match=field):
        check_answer(FETCH, 200, content)


def test_a_wrong_status_or_body_is_found(content: dict[str, Any]) -> None:
    """Neither may be undocumented."""
    with pytest.raises(AssertionError, match="FetchMessage answers"):
        check_answer(FETCH, 201, content)
    with pytest.raises(AssertionError, match="no body"):
        check_answer(DELETE, 204, content)
    with pytest.raises(AssertionError, match="four keys"):
        check_error(404, content)
    error = {"code": 20404, "message": "", "more_info": "https://x/20404", "status": 404}
    with pytest.raises(AssertionError, match="status 400"):
        check_error(400, error)
    with pytest.raises(AssertionError, match="not about 20003"):
        check_error(404, error | {"code": 20003})
    with pytest.raises(AssertionError, match="'end' is a required property"):
        check_exchange("GET", "http://x/2010-04-01/Accounts/AC/Messages.json", 200, '{"messages": []}')
