"""Webhooks in any WSGI application: a middleware, and the raw parts of a request for the adapters of frameworks.

WSGI itself hands over a path that is decoded already. Most servers (gunicorn, uWSGI, mod_wsgi, Werkzeug) also tell the target
as it came; without that the path is encoded again as usual, and one that Twilio was given with ``%2F`` is not recognised.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from twilio_async.webhooks._reception import EVENT, check_length, refuse, take
from twilio_async.webhooks.errors import BodyTooLarge, WebhookError
from twilio_async.webhooks.receiver import Webhooks

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["EVENT", "WebhookMiddleware", "read_body", "request_headers", "request_target"]

_PATH_KEPT = "/!$&'()*+,;=:@~"  # what RFC 3986 lets stand in a path as it is, beside what `quote` always leaves
_RAW_TARGETS = ("REQUEST_URI", "RAW_URI")
_CHUNK = 65_536


class WebhookMiddleware:
    """Lets through only what Twilio signed, and leaves the event in ``environ[EVENT]``. The body can still be read.

    Put it around an application that holds nothing but webhooks: whatever else is asked for there is answered 403 (400, 413),
    without a reason; that is in the log ``twilio_async.webhooks``.

    Args:
        app: the WSGI application behind it.
        webhooks: what verifies.
    """

    def __init__(self, app: WSGIApplication, webhooks: Webhooks) -> None:
        self._app = app
        self._webhooks = webhooks

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request, as WSGI wants it."""
        try:
            body = read_body(environ, self._webhooks.max_body)
            target, told = request_target(environ), request_headers(environ)
            environ[EVENT] = take(self._webhooks, environ["REQUEST_METHOD"], target, told, body)
        except WebhookError as error:
            status = refuse(error)
            headers = [("Content-Type", "text/plain"), ("Content-Length", "0")]
            start_response(f"{status} {HTTPStatus(status).phrase}", headers)
            return []
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self._app(environ, start_response)


def request_target(environ: Mapping[str, Any], path: bytes | None = None) -> bytes:
    """Path and query of a request: as they came if the server tells, else encoded again.

    Args:
        environ: of a WSGI request.
        path: the whole decoded path, if a framework has changed those of *environ*. Default: script name and path in there.
    """
    for name in _RAW_TARGETS:
        if environ.get(name):
            return _octets(environ[name])
    if path is None:
        path = _octets(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "")
    return (quote(path, safe=_PATH_KEPT) or "/").encode() + _octets(f"?{query}" if query else "")


def request_headers(environ: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values of a request's headers.

    Args:
        environ: of a WSGI request.
    """
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name.removeprefix("HTTP_").replace("_", "-"), value
        elif name in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            yield name.replace("_", "-"), value


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """The whole body of a request, and never much more than may be.

    Args:
        environ: of a WSGI request. Without a length the end of the body is known only to servers that say so
            (``wsgi.input_terminated``); with others there is none.
        limit: bytes that it may have.

    Raises:
        BodyTooLarge: it has more, or says that it will.
        MalformedRequest: its Content-Length is no number.
    """
    length = check_length(environ.get("CONTENT_LENGTH"), limit)
    wanted = limit + 1 if length is None and environ.get("wsgi.input_terminated") else length or 0
    read: Callable[[int], bytes] = environ["wsgi.input"].read
    body = bytearray()
    while len(body) < wanted and (chunk := read(min(_CHUNK, wanted - len(body)))):
        body += chunk
    if len(body) > limit:
        raise BodyTooLarge(limit)
    return bytes(body)


def _octets(text: str) -> bytes:
    """The octets that WSGI hands over as text."""
    return text.encode("latin-1", "replace")
