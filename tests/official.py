"""Twilio's OpenAPI documents as judges of what goes over the wire, in both directions.

A `Recorder` listens to a session through aiohttp's tracing; afterwards each request and each good answer is validated, and the
names of all parameters are checked, which OpenAPI by itself does not.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import aiohttp
from multidict import CIMultiDictProxy
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import ImmutableMultiDict

SPEC = Path(__file__).parents[2] / "shared" / "spec"
"""Where the documents lie beside a checkout, if they do; they are no part of the project."""
DOCUMENTS = (
    "api_v2010", "messaging_v1", "messaging_v2", "messaging_v3", "content_v1", "content_v2", "pricing_v1", "oauth_v2",
)  # fmt: skip


@dataclass
class Exchange:
    """One request and its answer, as bytes."""

    method: str
    path: str
    query: str
    headers: CIMultiDictProxy[str]
    body: bytes = b""
    status: int = 0
    content_type: str = ""
    answer: bytes = b""


@dataclass
class Recorder:
    """Everything that a session exchanged with its server."""

    exchanges: list[Exchange] = field(default_factory=list)

    def trace(self) -> aiohttp.TraceConfig:
        """What to give to a session as one of its ``trace_configs``."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._started)
        config.on_request_headers_sent.append(self._written)
        config.on_request_chunk_sent.append(self._sent)
        config.on_response_chunk_received.append(self._received)
        config.on_request_end.append(self._answered)
        return config

    async def _started(self, _session: Any, context: Any, params: aiohttp.TraceRequestStartParams) -> None:
        url = params.url
        context.exchange = Exchange(params.method, url.raw_path, url.raw_query_string, CIMultiDictProxy(params.headers))
        self.exchanges.append(context.exchange)

    async def _written(self, _session: Any, context: Any, _params: aiohttp.TraceRequestHeadersSentParams) -> None:
        context.exchange.body = b""  # aiohttp itself says it again where a connection that was kept turns out to be dead

    async def _sent(self, _session: Any, context: Any, params: aiohttp.TraceRequestChunkSentParams) -> None:
        context.exchange.body += params.chunk

    async def _received(self, _session: Any, context: Any, params: aiohttp.TraceResponseChunkReceivedParams) -> None:
        context.exchange.answer += params.chunk

    async def _answered(self, _session: Any, context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        context.exchange.status = params.response.status
        context.exchange.content_type = params.response.content_type

    def check(self) -> None:
        """Hold each exchange against the documents."""
        for exchange in self.exchanges:
            if re.search(r"/Media/\w+$", exchange.path) or not re.match(r"/(2010-04-01|v\d)/", exchange.path):
                continue  # the content of a media item: a redirect that no document describes, and another host
            if 200 <= exchange.status < 400:
                check_request(exchange)
            if 200 <= exchange.status < 300:
                check_answer(exchange)
            elif exchange.status >= 400:
                check_error(exchange)


@functools.cache
def document(name: str) -> tuple[OpenAPI, dict[str, Any]]:
    """A document, ready to validate with, and as it stands but for one mistake."""
    raw = written(name)
    for methods in raw["paths"].values():
        for parameter in methods.get("get", {}).get("parameters", []):
            if "YYYY-MM-DD" in parameter.get("description", ""):  # says so, shows so in its examples, and is typed date-time
                parameter["schema"].pop("format", None)
    return OpenAPI.from_dict(raw), raw


def written(name: str) -> dict[str, Any]:
    """A document as it stands, but for what it takes back itself.

    A price is a number that comes as text; and of a few words, or null, the examples show null, which the words do not name.
    """
    document: dict[str, Any] = json.loads((SPEC / f"{name}.json").read_text(), object_hook=_mended)
    return document


def _mended(node: dict[str, Any]) -> dict[str, Any]:
    notes, words = node.get("x-twilio"), node.get("enum")
    if isinstance(notes, dict) and "overrideType" in notes:
        node = {**node, "type": notes["overrideType"]}
    return {**node, "enum": [*words, None]} if node.get("nullable") is True and isinstance(words, list) else node


def judge(exchange: Exchange) -> tuple[OpenAPI, MockRequest, dict[str, Any]]:
    """The document for an exchange, the request as that document sees it, and the operation's own part of it."""
    path = unquote(exchange.path)
    name, operation = next(
        (name, methods[exchange.method.lower()]) for pattern, name, methods in places() if re.fullmatch(pattern, path)
    )
    api, raw = document(name)
    request = MockRequest(
        raw["servers"][0]["url"],
        exchange.method,
        exchange.path,
        args=ImmutableMultiDict(parse_qsl(exchange.query, keep_blank_values=True)),
        headers=dict(exchange.headers),
        data=exchange.body,
        content_type=exchange.headers.get("Content-Type", ""),
    )
    return api, request, operation


@functools.cache
def places() -> list[tuple[str, str, dict[str, Any]]]:
    """Where every operation is: a pattern for its path, its document, and the methods there; the most exact patterns first."""
    paths = [(path, name, methods) for name in DOCUMENTS for path, methods in resolved(document(name)[1])["paths"].items()]
    paths.sort(key=lambda place: len(re.sub(r"{\w+}", "", place[0])), reverse=True)
    return [(re.sub(r"{\w+}", "[^/]+", path), name, methods) for path, name, methods in paths]


def resolved(raw: dict[str, Any]) -> dict[str, Any]:
    """A document, each reference in it replaced by what it refers to."""

    def follow(node: Any) -> Any:
        if isinstance(node, list):
            return [follow(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return follow(functools.reduce(lambda found, key: found[key], node["$ref"].split("/")[1:], raw))
        return {key: follow(value) for key, value in node.items()}

    found: dict[str, Any] = follow(raw)
    return found


def check_request(exchange: Exchange) -> None:
    """The request is valid, and no name in it is unknown."""
    api, request, operation = judge(exchange)
    errors = [str(error.__cause__ or error) for error in api.iter_request_errors(request)]
    assert not errors, f"{exchange.method} {exchange.path}: {errors}"
    known = {parameter["name"] for parameter in operation.get("parameters", [])} | body_properties(operation).keys()
    is_json = exchange.headers.get("Content-Type") == "application/json"
    form = "" if is_json else exchange.body.decode()
    sent = {name for name, _ in parse_qsl(f"{exchange.query}&{form}", keep_blank_values=True)}
    sent |= {*json.loads(exchange.body)} if is_json else set()
    assert sent <= known, f"{exchange.method} {exchange.path}: {sent - known} stand in no document"


def body_properties(operation: dict[str, Any]) -> dict[str, Any]:
    """What the body of a request may hold, whether a form or a JSON object, with their schemas."""
    (content,) = operation.get("requestBody", {}).get("content", {"": {}}).values()
    schema = content.get("schema", {})
    found: dict[str, Any] = dict(schema.get("properties", {}))
    for alternative in schema.get("oneOf", ()):
        found |= alternative.get("properties", {})
    return found


def check_answer(exchange: Exchange) -> None:
    """The answer is one that the document declares, and every field that it documents is there."""
    api, request, operation = judge(exchange)
    documented = operation["responses"]
    assert str(exchange.status) in documented, (
        f"{exchange.method} {exchange.path}: {exchange.status} is not among {[*documented]}"
    )
    if exchange.status == 204:
        assert exchange.answer == b""
        return
    api.validate_response(request, MockResponse(exchange.answer, status_code=exchange.status, content_type="application/json"))
    assert exchange.content_type == "application/json"


def check_error(exchange: Exchange) -> None:
    """An error speaks Twilio's dialect, unless something before Twilio answered; what a stream says is not recorded."""
    if exchange.content_type != "application/json" or not exchange.answer:
        return
    said = json.loads(exchange.answer)
    assert said.keys() >= {"code", "message", "more_info", "status"}
    assert said["status"] == exchange.status
