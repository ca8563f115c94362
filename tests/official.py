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
PRODUCTS = {"/2010-04-01/": ("https://api.twilio.com", "api_v2010"), "/v1/": ("https://messaging.twilio.com", "messaging_v1")}


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
        config.on_request_chunk_sent.append(self._sent)
        config.on_response_chunk_received.append(self._received)
        config.on_request_end.append(self._answered)
        return config

    async def _started(self, _session: Any, context: Any, params: aiohttp.TraceRequestStartParams) -> None:
        url = params.url
        context.exchange = Exchange(params.method, url.raw_path, url.raw_query_string, CIMultiDictProxy(params.headers))
        self.exchanges.append(context.exchange)

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
            if re.search(r"/Media/\w+$", exchange.path) or not exchange.path.startswith(tuple(PRODUCTS)):
                continue  # the content of a media item: a redirect that no document describes, and another host
            if 200 <= exchange.status < 300:
                check_request(exchange)
                check_answer(exchange)
            elif exchange.status:
                check_error(exchange)


@functools.cache
def document(name: str) -> tuple[OpenAPI, dict[str, Any]]:
    """A document, ready to validate with, and as it stands but for one mistake."""
    raw = json.loads((SPEC / f"{name}.json").read_text())
    for methods in raw["paths"].values():
        for parameter in methods.get("get", {}).get("parameters", []):
            if "YYYY-MM-DD" in parameter.get("description", ""):  # says so, shows so in its examples, and is typed date-time
                parameter["schema"].pop("format", None)
    return OpenAPI.from_dict(raw), raw


def judge(exchange: Exchange) -> tuple[OpenAPI, MockRequest, dict[str, Any]]:
    """The document for an exchange, the request as that document sees it, and the operation's own part of it."""
    host, name = next(place for prefix, place in PRODUCTS.items() if exchange.path.startswith(prefix))
    api, raw = document(name)
    request = MockRequest(
        host,
        exchange.method,
        exchange.path,
        args=ImmutableMultiDict(parse_qsl(exchange.query, keep_blank_values=True)),
        headers=dict(exchange.headers),
        data=exchange.body,
        content_type=exchange.headers.get("Content-Type", ""),
    )
    patterns = ((re.sub(r"{\w+}", "[^/]+", path), methods) for path, methods in raw["paths"].items())
    operation = next(
        methods[exchange.method.lower()] for pattern, methods in patterns if re.fullmatch(pattern, unquote(exchange.path))
    )
    return api, request, operation


def check_request(exchange: Exchange) -> None:
    """The request is valid, and no name in it is unknown."""
    api, request, operation = judge(exchange)
    errors = [str(error.__cause__ or error) for error in api.iter_request_errors(request)]
    assert not errors, f"{exchange.method} {exchange.path}: {errors}"
    form = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {}).get("schema", {})
    known = {parameter["name"] for parameter in operation.get("parameters", [])} | form.get("properties", {}).keys()
    sent = {name for name, _ in parse_qsl(f"{exchange.query}&{exchange.body.decode()}", keep_blank_values=True)}
    assert sent <= known, f"{exchange.method} {exchange.path}: {sent - known} stand in no document"


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
    """An error speaks Twilio's dialect, unless something before Twilio answered."""
    if exchange.content_type != "application/json":
        return
    said = json.loads(exchange.answer)
    assert said.keys() >= {"code", "message", "more_info", "status"}
    assert said["status"] == exchange.status
