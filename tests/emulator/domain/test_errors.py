"""The table of errors, held against the facts that are known about Twilio's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.errors import Row, masked

ROWS = {name: row for name, row in vars(errors).items() if isinstance(row, Row)} | {"LANDLINE": errors.LANDLINES[21635]}

OWN_WORDS = {
    "INVALID_PARAMETER",
    "MISSING_PARAMETER",
    "UNKNOWN_PARAMETER",
    "BRAND_NOT_APPROVED",
    "NO_SOLE_PROPRIETOR",
    "BRAND_HAS_CAMPAIGN",
    "SERVICE_HAS_CAMPAIGN",
}
"""Rows whose words are not known, and which therefore say what is wrong."""


UNRECORDED = {
    "INVALID_BODY": 20001,
    "SERVICE_HAS_DOMAIN": 20001,
    "VERIFICATION_EXISTS": 20001,
    "VERIFICATION_NOT_EDITABLE": 20001,
    "CALL_TO_MISSING": 21201,
    "CALL_FROM_MISSING": 21213,
    "CALL_URL_MISSING": 21205,
    "CALL_FROM_INVALID": 21212,
    "CALL_FROM_UNVERIFIED": 21210,
    "CALL_TO_INVALID": 21217,
    "CALL_TO_UNREACHABLE": 21214,
    "CALL_REGION_NOT_ENABLED": 21215,
    "CALL_TO_BLOCKED": 21216,
    "NUMBER_INVALID": 21421,
    "NUMBER_TAKEN": 21422,
    "AREA_CODE_INVALID": 21451,
    "AREA_CODE_EMPTY": 21452,
    "CLIENT_INVALID": 322402,
    "CLIENT_ID_EMPTY": 321402,
    "GRANT_TYPE_INVALID": 321403,
    "ALREADY_SUBMITTED": 92009,
}
"""Rows of calls, numbers to buy, JSON bodies, domains, verifications, tokens, templates: at most their codes are known."""


def test_a_row_of_another_product_has_its_code() -> None:
    """As Twilio's page about test credentials names it, or that of any parameter, with the status of all refusals."""
    assert {name: ROWS[name].code for name in UNRECORDED} == UNRECORDED
    assert {ROWS[name].status for name in UNRECORDED} == {400}


@pytest.mark.parametrize("name", sorted(ROWS.keys() - UNRECORDED.keys()))
def test_a_row_says_what_is_known(name: str, spec: Path) -> None:
    """Each code has the status and the words that evidence gives it."""
    row = ROWS[name]
    facts = json.loads((spec / "errors.json").read_text())["rows"]
    known = [fact for fact in facts if fact["code"] == row.code and fact["http"]]  # delivery errors have no status
    assert {fact["http"] for fact in known} == {row.status}
    if name not in OWN_WORDS:
        assert re.sub(r"{\w+}", "{}", row.text) in {re.sub(r"{\w+}", "{}", fact["message"]) for fact in known}


def test_a_status_can_be_another() -> None:
    """The code and the words stay."""
    row = errors.SERVICE_UNKNOWN.with_status(404)
    assert (row.status, row.code, row.text) == (404, errors.SERVICE_UNKNOWN.code, errors.SERVICE_UNKNOWN.text)


def test_a_landline_has_two_codes() -> None:
    """Each with its own words."""
    assert {code: row.code for code, row in errors.LANDLINES.items()} == {21614: 21614, 21635: 21635}
    assert len({row.text for row in errors.LANDLINES.values()}) == 2


def test_a_row_becomes_an_error() -> None:
    """What its text leaves open is filled in, braces of the caller's and all."""
    error = errors.NOT_FOUND.error(path="/{Sid}")
    assert (error.status, error.code, error.message) == (404, 20404, "The requested resource /{Sid} was not found")
    assert str(error) == error.message
    assert error.hint == ""
    assert error.more_info == "https://www.twilio.com/docs/errors/20404"


@pytest.mark.parametrize(("address", "shown"), [("+15558675310", "+1555867XXXX"), ("F1234", "FXXXX"), ("abc", "XXXX")])
def test_an_address_is_masked(address: str, shown: str) -> None:
    """The last four characters of whatever was sent are hidden."""
    assert masked(address) == shown


def test_a_status_has_its_usual_meaning() -> None:
    """A fault that says its status alone still speaks Twilio's dialect."""
    assert {status: row.code for status, row in errors.BY_STATUS.items()} == {
        400: 20001,
        401: 20003,
        403: 20403,
        404: 20404,
        405: 20004,
        429: 20429,
        500: 20500,
        503: 20503,
    }
