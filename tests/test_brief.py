"""The simplified documents that the project was founded on: all of what they name is here, and each deviation has its reason.

They stand beside Twilio's own documents, in ``../shared/spec``; without them these tests are skipped, and say so.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from tests.operations import OPERATIONS
from twilio_async import APIError, AsyncSession, InvalidArgument, InvalidRequest
from twilio_async._operation import Operation
from twilio_async.emulator import Emulator

DEVIATIONS = {
    "createMessage 422": "Twilio answers validation errors with 400; there is no 422 in this API",
    "createMessage ValidityPeriod maximum 14400": "an older limit: Twilio documents 36000 today",
    "updateMessagingService FriendlyName required": "an update is partial; the document reuses the create",
    "updateMessagingService 400": "declared by Twilio nowhere, and answered all the same",
    "Message from required": "null until a Messaging Service has chosen the sender",
    "Message date-time": "the 2010 API writes RFC 2822; they are read into aware datetimes all the same",
    "Message not nullable": "what is not known yet, such as price and date_sent, is null",
    "Media date-time": "the 2010 API writes RFC 2822",
}
"""Where the founding documents and Twilio's real behaviour differ, Twilio's wins."""

OURS = {
    "listMessages": "messages.list", "createMessage": "messages.create", "fetchMessage": "messages.fetch",
    "updateMessage": "messages.update", "deleteMessage": "messages.delete",
    "listMedia": "media.list", "fetchMedia": "media.fetch", "deleteMedia": "media.delete",
    "listMessagingServices": "services.list", "createMessagingService": "services.create",
    "fetchMessagingService": "services.fetch", "updateMessagingService": "services.update",
    "deleteMessagingService": "services.delete",
    "listPhoneNumbers": "phone_numbers.list", "addPhoneNumber": "phone_numbers.add",
    "listAlphaSenders": "alpha_senders.list", "addAlphaSender": "alpha_senders.add",
    "listShortCodes": "short_codes.list", "addShortCode": "short_codes.add",
}  # fmt: skip
NAMED = {operation.name: operation for operation in OPERATIONS}
PAGING = {"PageSize": "page_size", "Page": "resume"}
STRUCTS = {
    "Message": "messages.fetch", "MediaResource": "media.fetch", "MessagingService": "services.fetch",
    "PhoneNumberResource": "phone_numbers.fetch", "AlphaSender": "alpha_senders.fetch", "ShortCode": "short_codes.fetch",
}  # fmt: skip


@pytest.fixture
def brief(spec: Path) -> dict[str, Any]:
    """The simplified OpenAPI document, its references resolved one level deep."""
    document: dict[str, Any] = json.loads((spec / "brief_openapi.json").read_text())
    return document


def described(brief: dict[str, Any]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Each of its operations: id, method, path, and the operation itself."""
    return [
        (operation["operationId"], method.upper(), path, operation)
        for path, methods in brief["paths"].items()
        for method, operation in methods.items()
    ]


def resolved(brief: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """*part*, or what it refers to."""
    while "$ref" in part:
        found: Any = brief
        for key in part["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        part = found
    return part


def form(brief: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of an operation's form, empty without one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    return resolved(brief, content.get("schema", {}))


def test_every_operation_is_here_at_its_method_and_path(brief: dict[str, Any]) -> None:
    """Each of the 19 operations can be called, where the document says it is."""
    found = described(brief)
    assert {name for name, *_ in found} == OURS.keys()
    for name, method, path, _ in found:
        ours = NAMED[OURS[name]]
        full = (ours.product.root + ours.path).removeprefix("/2010-04-01").removeprefix("/v1")
        assert (ours.method, re.sub(r"{\w+}", "{}", full)) == (method, re.sub(r"{\w+}", "{}", path))


def test_every_parameter_is_here_and_required_where_it_says_so(brief: dict[str, Any]) -> None:
    """Each query and form parameter has its argument."""
    for name, _, _, operation in described(brief):
        ours = NAMED[OURS[name]]
        parameters = {parameter.wire_name: parameter for parameter in ours.parameters}
        for entry in (resolved(brief, entry) for entry in operation.get("parameters", [])):
            if entry["in"] == "query" and entry["name"] not in PAGING:
                assert entry["name"] in parameters, (name, entry["name"])
        schema = form(brief, operation)
        assert schema.get("properties", {}).keys() <= parameters.keys(), name
        for required in schema.get("required", []):
            if f"{name} {required} required" not in DEVIATIONS:
                assert parameters[required].required, (name, required)


def test_every_enumerated_value_is_offered(brief: dict[str, Any]) -> None:
    """Where the document lists values, the type checker offers them, and others pass all the same."""
    for name, _, _, operation in described(brief):
        hints = NAMED[OURS[name]]._hints
        by_wire_name = {parameter.wire_name: parameter.name for parameter in NAMED[OURS[name]].parameters}
        for field, schema in form(brief, operation).get("properties", {}).items():
            if "enum" in schema:
                assert set(schema["enum"]) <= literals(hints[by_wire_name[field]]), (name, field)
    for schema_name, operation_name in STRUCTS.items():
        fields = NAMED[operation_name].result.__annotations__
        for field, schema in brief["components"]["schemas"][schema_name]["properties"].items():
            if "enum" in schema:
                assert literals_in(fields[field], NAMED[operation_name]) >= set(schema["enum"]), (schema_name, field)


def literals(hint: Any) -> set[object]:
    """The values that a hint names, however deep."""
    if isinstance(hint, str):
        return {hint}
    return {value for part in get_args(hint) for value in literals(part)}


def literals_in(annotation: str, operation: Operation) -> set[object]:
    """The values that a Struct's field names."""
    module = __import__(operation.result.__module__, fromlist=["x"])
    return literals(eval(annotation, vars(module)))


def test_every_field_is_an_attribute(brief: dict[str, Any]) -> None:
    """What the document says an answer holds can be read by that name."""
    for schema_name, operation_name in STRUCTS.items():
        struct = NAMED[operation_name].result
        for field in brief["components"]["schemas"][schema_name]["properties"]:
            assert hasattr(struct, {"from": "from_"}.get(field, field)), (schema_name, field)


async def test_what_the_emulator_answers_is_the_documents_message(emulator: Emulator, twilio: AsyncSession, spec: Path) -> None:
    """A message on the wire fits the founding schema of a message, but for the dates and what is null."""
    schema = json.loads((spec / "brief_message.schema.json").read_text())
    assert "Message date-time" in DEVIATIONS
    for nullable in ("messaging_service_sid", "price", "price_unit", "error_code", "error_message", "date_sent", "from"):
        of = schema["properties"][nullable]
        of["type"] = sorted({"null", *([of["type"]] if isinstance(of["type"], str) else of["type"])})
    service = await twilio.services.create(friendly_name="Parcels")
    await twilio.phone_numbers.add(service.sid, phone_number_sid=emulator.numbers[0].sid)
    await twilio.messages.create(to="+15558675310", from_=emulator.number, body="Hi!", media_url="https://example.com/a.png")
    await twilio.messages.create(to="+15558675310", messaging_service_sid=service.sid, body="Hi!")
    path = f"/2010-04-01/Accounts/{twilio.account_sid}/Messages.json"
    for message in (await twilio.request("GET", path))["messages"]:
        jsonschema.validate(message, schema)


async def test_every_bound_is_kept_by_client_or_emulator(
    emulator: Emulator, twilio: AsyncSession, brief: dict[str, Any]
) -> None:
    """Lengths, counts and ranges that the documents name are refused beyond, with Twilio's code."""
    schema = brief["components"]["schemas"]["CreateMessageRequest"]["properties"]
    beyond: list[tuple[dict[str, Any], int]] = [
        ({"body": "x" * (schema["Body"]["maxLength"] + 1)}, 21617),
        ({"body": "x", "media_url": ["https://example.com/a.png"] * (schema["MediaUrl"]["maxItems"] + 1)}, 21623),
        ({"body": "x", "validity_period": 36001}, 21624),
        ({"body": "x", "send_at": None, "schedule_type": "sometimes"}, 20001),
    ]
    for arguments, code in beyond:
        with pytest.raises(APIError) as caught:
            await twilio.messages.create(to="+15558675310", from_=emulator.number, **arguments)
        assert caught.value.code == code
    await twilio.messages.create(to="+15558675310", from_=emulator.number, body="x", validity_period=14401)
    service = await twilio.services.create(friendly_name="Parcels")
    longest = brief["paths"]["/Services/{ServiceSid}/AlphaSenders"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]["schema"]["properties"]["AlphaSender"]["maxLength"]
    with pytest.raises(InvalidRequest):
        await twilio.alpha_senders.add(service.sid, alpha_sender="A" * (longest + 1))
    for size in (0, 1001):
        with pytest.raises(InvalidArgument):
            twilio.messages.list(page_size=size)


async def test_every_sid_has_its_pattern(emulator: Emulator, twilio: AsyncSession, brief: dict[str, Any]) -> None:
    """The emulator's sids are what the documents' patterns describe."""
    schemas = brief["components"]["schemas"]
    message = await twilio.messages.create(
        to="+15558675310", from_=emulator.number, body="x", media_url="https://example.com/a.png"
    )
    [item] = await twilio.media.list(message.sid)
    service = await twilio.services.create(friendly_name="Parcels")
    number = await twilio.phone_numbers.add(service.sid, phone_number_sid=emulator.numbers[0].sid)
    alpha = await twilio.alpha_senders.add(service.sid, alpha_sender="Parcels")
    for schema, record in (
        ("Message", message), ("MediaResource", item), ("MessagingService", service),
        ("PhoneNumberResource", number), ("AlphaSender", alpha),
    ):  # fmt: skip
        assert re.fullmatch(schemas[schema]["properties"]["sid"]["pattern"], record.sid)
