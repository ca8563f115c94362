"""What one can ask of a running emulator over HTTP: each order, with its arguments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from twilio_async.emulator.api import faults
from twilio_async.emulator.applications import webhook_faults
from twilio_async.emulator.applications.handset import File
from twilio_async.emulator.domain.state import HostedMedia
from twilio_async.emulator.remote.plain import Record, plain, plain_all
from twilio_async.emulator.remote.snapshot import NAMES, Hosted

if TYPE_CHECKING:
    from twilio_async.emulator.emulator import Emulator

S = TypeVar("S", bound=Struct)

PREFIX: Final = "/_emulator"
"""What the paths of the control API begin with."""
EVENTS: Final = "/events"
"""Where what happens is told of while it happens."""

Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=3_155_760_000)]
"""A hundred years are enough."""
Times: TypeAlias = Annotated[int, Meta(ge=1)]
Probability: TypeAlias = Annotated[float, Meta(ge=0, le=1)]


class Nothing(Struct, forbid_unknown_fields=True):
    """An order that needs no arguments."""


class Step(Struct, kw_only=True, forbid_unknown_fields=True):
    """Why a message does not arrive."""

    code: int | UnsetType = UNSET


class Refusal(Struct, kw_only=True, forbid_unknown_fields=True):
    """Why Twilio refuses what was applied for, as in `Emulator.reject`."""

    reason: str | UnsetType = UNSET
    code: int | UnsetType | None = UNSET


class Advance(Struct, kw_only=True, forbid_unknown_fields=True):
    """How far to wind the clock on."""

    seconds: Seconds


class Text(Struct, kw_only=True, forbid_unknown_fields=True, rename={**NAMES}):
    """What somebody texts, as in `Emulator.receive`."""

    body: str | UnsetType = UNSET
    from_: str | UnsetType = UNSET
    to: str | UnsetType = UNSET
    media: str | Hosted | list[str | Hosted] | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET


class Rule(Struct, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with requests, as in `Faults.add`."""

    match: str | UnsetType = UNSET
    kind: faults.Kind | UnsetType = UNSET
    status: Annotated[int, Meta(ge=100, le=599)] | UnsetType = UNSET
    code: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    retry_after: Seconds | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    body: str | UnsetType = UNSET
    latency: Seconds | UnsetType = UNSET
    processed: bool | UnsetType = UNSET
    expands_to: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    parameters: dict[str, str] | UnsetType = UNSET
    times: Times | UnsetType = UNSET
    probability: Probability | UnsetType = UNSET
    seed: int | UnsetType = UNSET


class WebhookRule(Struct, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with webhooks, as in `WebhookFaults.add`."""

    kind: webhook_faults.Kind
    match: str | UnsetType = UNSET
    parameters: dict[str, str] | UnsetType = UNSET
    seconds: Seconds | UnsetType = UNSET
    copies: Times | UnsetType = UNSET
    times: Times | UnsetType = UNSET
    probability: Probability | UnsetType = UNSET
    seed: int | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request to the control API.

    Attributes:
        emulator: that is to do it.
        sid: of the path, if it has one.
        query: names and values.
        body: its bytes.
    """

    emulator: Emulator
    sid: str = ""
    query: Mapping[str, str]
    body: bytes

    def read(self, form: type[S]) -> S:
        """The arguments.

        Raises:
            ValueError: the body is no JSON, or not what is wanted; names the argument.
        """
        return msgspec.json.decode(self.body.strip() or b"{}", type=form)

    def arguments(self, form: type[Struct]) -> dict[str, Any]:
        """Those of the arguments that are given."""
        arguments = self.read(form)
        values = {name: getattr(arguments, name) for name in arguments.__struct_fields__}
        return {name: value for name, value in values.items() if value is not UNSET}

    def newest(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """Those that are asked for, the oldest first: all, or the newest *limit*.

        Raises:
            ValueError: the limit is no whole number.
        """
        limit = self.query.get("limit")
        if limit is not None and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
            raise ValueError(f"limit is a whole number of records, not {limit!r}")
        return plain_all(records if limit is None else records[max(len(records) - int(limit), 0) :])


Act: TypeAlias = Callable[[Order], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table of what can be asked.

    Attributes:
        method: in capitals.
        path: behind the prefix; ``{sid}`` stands for one.
        act: does it, and returns what is answered: bytes, or what JSON is made of.
        purpose: what it is for.
        example: a body that it takes; empty for none.
    """

    method: str
    path: str
    act: Act
    purpose: str
    example: str = ""


async def about(order: Order) -> object:
    """What runs here."""
    emulator = order.emulator
    return {
        "version": _version(),
        "url": emulator.url,
        "media_url": emulator.media_url,
        "account_sid": emulator.account_sid,
        "numbers": [number.number for number in emulator.numbers],
        "now": emulator.clock(),
        "clock_ahead": emulator.clock.ahead.total_seconds(),
        "messages": sum(len(account.messages) for account in emulator.accounts),
        "routes": [f"{method} {PREFIX}{path}: {purpose}" for method, path, purpose in listed()],
    }


def listed() -> list[tuple[str, str, str]]:
    """Method, path and purpose of all that can be asked."""
    rows = [(route.method, route.path, route.purpose) for route in ROUTES]
    return [*rows, ("GET", EVENTS, "what happens from now on, as Server-Sent Events")]


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # it takes longer than to start an emulator

    try:
        return version("twilio_async")
    except PackageNotFoundError:  # it was copied, not installed
        return "unknown"


async def export(order: Order) -> object:
    """The whole state."""
    return order.emulator.export()


async def seed(order: Order) -> object:
    """Put a document into the state."""
    order.emulator.seed(order.body)
    return {"messages": sum(len(account.messages) for account in order.emulator.accounts)}


async def messages(order: Order) -> object:
    """The messages."""
    return {"messages": order.newest(order.emulator.messages)}


async def requests(order: Order) -> object:
    """What the API was asked."""
    return {"requests": order.newest(order.emulator.requests)}


async def deliveries(order: Order) -> object:
    """The webhooks."""
    return {"deliveries": order.newest(order.emulator.deliveries)}


async def alerts(order: Order) -> object:
    """What Twilio's debugger would show."""
    return {"alerts": order.newest(order.emulator.alerts)}


async def receive(order: Order) -> object:
    """Let somebody text one of the numbers."""
    arguments = order.arguments(Text)
    media = arguments.pop("media", [])
    files = cast("list[str | Hosted]", media if isinstance(media, list) else [media])
    return plain(await order.emulator.receive(media=[_file(file) for file in files], **arguments))


def _file(file: str | Hosted) -> File:
    if isinstance(file, str):
        return file
    return file.content if file.content_type is None else HostedMedia(file.content, file.content_type)


async def send(order: Order) -> object:
    """Let a message leave the queue."""
    order.read(Nothing)
    return plain(order.emulator.send(order.sid))


async def deliver(order: Order) -> object:
    """Let a message be delivered."""
    order.read(Nothing)
    return plain(order.emulator.deliver(order.sid))


async def read(order: Order) -> object:
    """Let a message be read."""
    order.read(Nothing)
    return plain(order.emulator.read(order.sid))


async def fail(order: Order) -> object:
    """Let a message fail."""
    return plain(order.emulator.fail(order.sid, **order.arguments(Step)))


async def undeliver(order: Order) -> object:
    """Let a message not arrive."""
    return plain(order.emulator.undeliver(order.sid, **order.arguments(Step)))


async def approve(order: Order) -> object:
    """Let Twilio grant what was applied for."""
    order.read(Nothing)
    return msgspec.to_builtins(order.emulator.approve(order.sid))


async def reject(order: Order) -> object:
    """Let Twilio refuse what was applied for."""
    return msgspec.to_builtins(order.emulator.reject(order.sid, **order.arguments(Refusal)))


async def advance(order: Order) -> object:
    """Wind the clock on."""
    clock = order.emulator.clock
    clock.advance(order.read(Advance).seconds)
    return {"now": clock(), "clock_ahead": clock.ahead.total_seconds()}


async def add_fault(order: Order) -> object:
    """Let requests go wrong."""
    arguments = order.arguments(Rule)
    if arguments.get("kind") == "refuse" and "times" not in arguments:
        raise ValueError("a refused connection may be the one that is to end it: say how many `times`")
    fault = order.emulator.faults.add(**arguments)
    return {"kind": fault.kind, "match": fault.match, "times": fault.times, "probability": fault.probability}


async def clear_faults(order: Order) -> object:
    """Let requests go well again."""
    count = len(order.emulator.faults)
    order.emulator.faults.clear()
    return {"removed": count}


async def add_webhook_fault(order: Order) -> object:
    """Let webhooks go wrong."""
    fault = order.emulator.webhook_faults.add(**order.arguments(WebhookRule))
    return {"kind": fault.kind, "match": fault.match, "times": fault.times, "probability": fault.probability}


async def clear_webhook_faults(order: Order) -> object:
    """Let webhooks go well again."""
    count = len(order.emulator.webhook_faults)
    order.emulator.webhook_faults.clear()
    return {"removed": count}


async def revoke_tokens(order: Order) -> object:
    """Let access tokens open nothing any more."""
    order.read(Nothing)
    order.emulator.revoke_tokens()
    return {"revoked": True}


async def settled(order: Order) -> object:
    """Wait until nothing is left to happen now."""
    order.read(Nothing)
    await order.emulator.settled()
    return {"settled": True}


ROUTES: Final[Sequence[Route]] = (
    Route("GET", "", about, "what runs here, and this list"),
    Route("GET", "/state", export, "the whole state"),
    Route("POST", "/state", seed, "put more into the state", '{"messages": [{"to": "+15558675310", "body": "Hi"}]}'),
    Route("GET", "/messages", messages, "the messages, the oldest first; ?limit= for the newest of them"),
    Route("GET", "/requests", requests, "what the API was asked; ?limit="),
    Route("GET", "/deliveries", deliveries, "the webhooks, with what applications answered; ?limit="),
    Route("GET", "/alerts", alerts, "what Twilio's debugger would show; ?limit="),
    Route("POST", "/receive", receive, "text one of the numbers", '{"body": "Hi", "from": "+15558675310"}'),
    Route("POST", "/messages/{sid}/send", send, "let a message leave the queue"),
    Route("POST", "/messages/{sid}/deliver", deliver, "let a message be delivered"),
    Route("POST", "/messages/{sid}/read", read, "let a message be read, on WhatsApp"),
    Route("POST", "/messages/{sid}/fail", fail, "let a message fail", '{"code": 30008}'),
    Route("POST", "/messages/{sid}/undeliver", undeliver, "let a message not arrive", '{"code": 30003}'),
    Route("POST", "/reviews/{sid}/approve", approve, "let Twilio grant a brand, a campaign, a template…"),
    Route("POST", "/reviews/{sid}/reject", reject, "let Twilio refuse it", '{"reason": "Invalid region", "code": 30701}'),
    Route("POST", "/clock/advance", advance, "wind the clock on", '{"seconds": 3600}'),
    Route("POST", "/faults", add_fault, "let requests go wrong", '{"match": "POST /Messages", "status": 503, "times": 1}'),
    Route("DELETE", "/faults", clear_faults, "let requests go well again"),
    Route("POST", "/webhook-faults", add_webhook_fault, "let webhooks go wrong", '{"kind": "drop", "times": 1}'),
    Route("DELETE", "/webhook-faults", clear_webhook_faults, "let webhooks go well again"),
    Route("POST", "/tokens/revoke", revoke_tokens, "let the access tokens of OAuth apps open nothing any more"),
    Route("POST", "/settled", settled, "wait until nothing is left to happen now"),
)
