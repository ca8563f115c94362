"""`twilio_async.webhooks.wsgi`: the middleware, and a request's raw parts. What holds everywhere is in `test_reception`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.apps import wsgi_middleware_app, wsgiref_serving
from tests.webhooks.caller import INBOUND, TOKEN, call
from twilio_async.webhooks import BodyTooLarge, InboundMessage, MalformedRequest, Webhooks
from twilio_async.webhooks.wsgi import EVENT, WebhookMiddleware, read_body, request_headers, request_target

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

WEBHOOKS = Webhooks(TOKEN)


async def test_the_body_can_still_be_read() -> None:
    """An application that already reads the form goes on doing so, and learns its length."""
    async with wsgi_middleware_app(WEBHOOKS) as app:
        await call(f"{app.url}/sms", INBOUND)

    assert app.forms == [INBOUND]


async def test_the_middleware_keeps_to_wsgi_on_both_sides() -> None:
    """Python's own validator finds no fault with it, when it lets through and when it refuses."""
    seen: list[InboundMessage] = []

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        seen.append(environ[EVENT])
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]

    async with wsgiref_serving(validator(WebhookMiddleware(application, WEBHOOKS))) as url:
        assert (await call(f"{url}/sms", INBOUND)).status == 200
        assert (await call(f"{url}/sms", INBOUND, body=b"Body=changed")).status == 403

    assert [event.body for event in seen] == ["Olé & <hello> 👋"]


@pytest.mark.parametrize(
    ("environ", "target"),
    [
        ({"REQUEST_URI": "/a%2Fb?x=1&x=2", "PATH_INFO": "/a/b", "QUERY_STRING": "x=1&x=2"}, b"/a%2Fb?x=1&x=2"),
        ({"RAW_URI": "/a%2Fb?", "PATH_INFO": "/a/b", "QUERY_STRING": ""}, b"/a%2Fb?"),
        ({"REQUEST_URI": "/caf\xc3\xa9"}, b"/caf\xc3\xa9"),
        ({"REQUEST_URI": "", "SCRIPT_NAME": "/app", "PATH_INFO": "/sms", "QUERY_STRING": "x=%2F"}, b"/app/sms?x=%2F"),
        ({"PATH_INFO": "/caf\xc3\xa9/a b", "QUERY_STRING": ""}, b"/caf%C3%A9/a%20b"),
        ({"PATH_INFO": "/a!$&'()*+,;=:@-._~b"}, b"/a!$&'()*+,;=:@-._~b"),
        ({"SCRIPT_NAME": "/app"}, b"/app"),
        ({}, b"/"),
        ({"PATH_INFO": "/€"}, b"/%3F"),
    ],
)  # fmt: skip
def test_the_target_is_the_raw_one_if_the_server_tells_it(environ: dict[str, str], target: bytes) -> None:
    """Otherwise it is put together from the decoded path, script name first, as RFC 3986 would write it."""
    assert request_target(environ) == target


@given(st.binary())
def test_a_path_is_not_changed_by_writing_it_again(path: bytes) -> None:
    """Whatever octets the path had, they are what the written one decodes to, and nothing in it begins a query."""
    written = request_target({"PATH_INFO": "/" + path.decode("latin-1")})

    assert unquote_to_bytes(written) == b"/" + path
    assert not set(written) & set(b"?# ")


def test_headers_are_told_by_their_names() -> None:
    """The signature's header is among them, and what is no header is not."""
    environ = {"HTTP_X_TWILIO_SIGNATURE": "a", "CONTENT_TYPE": "text/plain", "HTTP_HOST": "h", "REQUEST_METHOD": "POST"}

    assert dict(request_headers(environ)) == {"X-TWILIO-SIGNATURE": "a", "CONTENT-TYPE": "text/plain", "HOST": "h"}


class Hesitant(io.BytesIO):
    """A connection that gives three bytes at a time, and must not be asked for more than there will be."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 < size <= len(self.getvalue()) - self.tell(), "this would wait for ever"
        return super().read(min(size, 3))


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"CONTENT_LENGTH": "10"}, b"1234567890"),
        ({"CONTENT_LENGTH": "4"}, b"1234"),
        ({"CONTENT_LENGTH": "0"}, b""),
        ({"CONTENT_LENGTH": ""}, b""),
        ({}, b""),
    ],
)
def test_no_more_is_read_than_is_there(told: dict[str, Any], read: bytes) -> None:
    """A worker does not wait for bytes that were not announced, and takes them as slowly as they come."""
    assert read_body({**told, "wsgi.input": Hesitant(b"1234567890")}, 10) == read


def test_a_body_is_read_up_to_its_limit_and_no_further() -> None:
    """What is announced as too large is not read at all, and what is not announced is read until it is too large."""
    stream = io.BytesIO(b"1" * 100)
    with pytest.raises(BodyTooLarge):
        read_body({"CONTENT_LENGTH": "11", "wsgi.input": stream}, 10)
    assert stream.tell() == 0

    with pytest.raises(BodyTooLarge):
        read_body({"wsgi.input_terminated": True, "wsgi.input": stream}, 10)
    assert stream.tell() == 11

    with pytest.raises(MalformedRequest):
        read_body({"CONTENT_LENGTH": "ten", "wsgi.input": stream}, 10)
