"""A running emulator, asked over its control API."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Generator, Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

from twilio_async.cli.failures import Failure, Unusable
from twilio_async.emulator.remote.event_stream import MARK
from twilio_async.emulator.remote.orders import PREFIX

F = TypeVar("F", bound=Callable[..., Any])

_HOW = "`twilio-async emulator run` starts one"


def url_option(command: F) -> F:
    """Give a command the option that says which emulator it asks; as an argument it gets the `Remote`."""
    decorate = click.option(
        "--url", "remote", callback=_chosen, help="Where the emulator is. Default: TWILIO_BASE_URL.", metavar="URL"
    )
    return decorate(command)


def _chosen(context: click.Context, parameter: click.Parameter, url: str | None) -> Remote:
    del parameter
    url = url or os.environ.get("TWILIO_BASE_URL")
    if not url:
        raise click.UsageError(f"which emulator? Give --url, or set TWILIO_BASE_URL; {_HOW}.", context)
    return Remote(url)


class Remote:
    """Asks an emulator. It is on this machine or near: no proxy, no redirects, no TLS.

    Args:
        url: as the emulator prints it.

    Raises:
        Unusable: this is no URL of an emulator.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname if parts.scheme == "http" else None, parts.port
        except ValueError:
            host, port = None, None
        if not host:
            raise Unusable(f"{url} is not where an emulator is: that is http, a host and a port.")
        self.url: str = f"http://{host}:{port or 80}"
        self._address = (host, port or 80)

    def get(self, path: str) -> Any:
        """What is answered at *path*, behind the prefix. Raises as `ask` does."""
        return json.loads(self.ask("GET", path))

    def post(self, path: str, content: object = None) -> Any:
        """What is answered when *content* is given as JSON. Raises as `ask` does."""
        return json.loads(self.ask("POST", path, b"" if content is None else json.dumps(content).encode()))

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The body of the answer.

        Raises:
            Failure: nobody is there, or no emulator, or it refuses.
        """
        with self._answered(method, path, body) as answer:
            return answer.read()

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens from now on, until the emulator ends. Raises as `ask` does."""
        with self._answered("GET", "/events") as answer:
            try:
                for line in answer:
                    name, _, value = line.decode().partition(":")
                    if name == "data":
                        yield json.loads(value)
            except (OSError, HTTPException):  # it ended without a word
                return

    @contextlib.contextmanager
    def _answered(self, method: str, path: str, body: bytes | None = None) -> Generator[HTTPResponse, None, None]:
        with contextlib.closing(HTTPConnection(*self._address)) as connection:
            try:
                connection.request(method, f"{PREFIX}{path}", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
            except (OSError, HTTPException) as error:
                raise Failure(f"no emulator answers at {self.url}; {_HOW}.") from error
            with contextlib.closing(answer):
                if answer.getheader(MARK) is None:
                    raise Failure(f"what answers at {self.url} is no emulator, or not of this version; {_HOW}.")
                if answer.status != HTTPStatus.OK:
                    raise Failure(f"{json.loads(answer.read())['error']}.")
                yield answer
