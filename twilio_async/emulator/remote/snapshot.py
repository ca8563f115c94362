"""The whole state as one JSON document: how it is written, and what may stand in it.

All that belongs to an account names it by ``account_sid``, as Twilio's own resources do. What was asked and told (requests,
webhooks, alerts) and what goes wrong (faults) is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import GenericAlias, MappingProxyType
from typing import Annotated, Any, Final, TypeAlias, TypeVar, cast, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, fields

from twilio_async.emulator.domain.accounts import Account, AccountStatus
from twilio_async.emulator.domain.records import Feedback, Media, Message, Method, Number, Sender, Service
from twilio_async.emulator.domain.shelves import SHELVES
from twilio_async.emulator.domain.state import HostedMedia, State

VERSION: Final = 1

T = TypeVar("T")

Given: TypeAlias = dict[str, Any]
"""The fields that an entry gives, by name."""

NAMES: Final[Mapping[str, str]] = MappingProxyType({"from_": "from"})
"""What Python does not let a field be called."""

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""A date that says in which zone."""
_MOMENTS: Final[Mapping[Any, Any]] = MappingProxyType({datetime: Moment, datetime | None: Moment | None})


class SharedKeyEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    """A key that signs webhooks instead of the auth token."""

    secret: str
    id: str | None = None


class WebhookEntry(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where an application wants to be told of inbound messages."""

    url: str
    method: Method = "POST"
    fallback_url: str | None = None
    fallback_method: Method = "POST"


class AccountEntry(Struct, kw_only=True, forbid_unknown_fields=True):
    """An account. What it says nothing of stays as it is, or is as with a new account."""

    sid: str | UnsetType = UNSET
    auth_token: str | UnsetType = UNSET
    secondary_token: str | UnsetType | None = UNSET
    shared_key: SharedKeyEntry | UnsetType | None = UNSET
    test_sid: str | UnsetType = UNSET
    test_token: str | UnsetType = UNSET
    api_keys: dict[str, str] | UnsetType = UNSET
    main_keys: list[str] | UnsetType = UNSET
    """Those of the API keys that may manage the account."""
    oauth_apps: dict[str, str] | UnsetType = UNSET
    """The secrets of its OAuth apps by their client ids. The tokens that they have are no part of the document."""
    parent_sid: str | UnsetType | None = UNSET
    friendly_name: str | UnsetType = UNSET
    status: AccountStatus | UnsetType = UNSET
    trial: bool | UnsetType = UNSET
    date_created: Moment | UnsetType = UNSET
    date_updated: Moment | UnsetType = UNSET
    channels: set[str] | UnsetType = UNSET
    """Who writes a document by hand says by it which addresses are online; an export says it in ``channel_senders``."""
    channel_webhooks: dict[str, WebhookEntry] | UnsetType = UNSET
    allowed_countries: set[str] | UnsetType | None = UNSET
    blocked_countries: set[str] | UnsetType = UNSET
    verified: set[str] | UnsetType = UNSET
    landlines: set[str] | UnsetType = UNSET
    unreachable: set[str] | UnsetType = UNSET
    paused_services: set[str] | UnsetType = UNSET
    scheduled_limit: int | UnsetType = UNSET
    balance: Decimal | UnsetType = UNSET


class OptOut(Struct, kw_only=True, forbid_unknown_fields=True):
    """A recipient who wants no texts.

    Attributes:
        recipient: his number.
        sender: from this number or Messaging Service; `None` for every one.
        account_sid: whose texts. Default: the main account's.
    """

    recipient: str
    sender: str | None = None
    account_sid: str | UnsetType = UNSET


class Course(Struct, kw_only=True, forbid_unknown_fields=True):
    """How a message goes on, and where it stands, as far as its record does not say it.

    Attributes:
        message_sid: which message.
        accepted: the moment from which its next steps are counted, in seconds since 1970. A message without one stays as
            it is until somebody moves it.
        listed_at: the second, since 1970, by which lists are ordered. Default: when it was sent, else created.
    """

    message_sid: str
    accepted: float | UnsetType = UNSET
    listed_at: int | UnsetType = UNSET


class Hosted(Struct, kw_only=True, forbid_unknown_fields=True):
    """What is at a media URL; *content* is base64."""

    content: bytes
    content_type: str | None = None


def _entries(record: type[Struct], **more: Any) -> Any:
    """A list of records of which anything may be left out. A field that is new in a record is in the document at once."""
    hints = get_type_hints(record)
    names = {field.name: hints[field.name] for field in fields(record)} | more
    entries = [(name, _MOMENTS.get(hint, hint) | UnsetType, UNSET) for name, hint in names.items()]
    entry = msgspec.defstruct(f"{record.__name__}Entry", entries, kw_only=True, forbid_unknown_fields=True, rename={**NAMES})
    return GenericAlias(list, (entry,))


SECTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "accounts": list[AccountEntry],
        "numbers": _entries(Number, account_sid=str, released=bool),
        "services": _entries(Service),
        "senders": _entries(Sender),
        "messages": _entries(Message),
        "media": _entries(Media),
        "feedback": _entries(Feedback),
        "opt_outs": list[OptOut],
        "courses": list[Course],
        "fates": dict[str, int],
        "rates": dict[str, Annotated[float, Meta(gt=0)]],
        "queues": dict[str, float],
        "hosted_media": dict[str, Hosted],
        "deactivations": dict[Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")], list[str]],
        **{section: _entries(cast("type[Struct]", kind)) for section, kind in SHELVES.items()},
        "clock_ahead": Annotated[float, Meta(ge=0)],
    }
)
"""What a document may hold."""

_DOCUMENT: Final = msgspec.defstruct(
    "Snapshot",
    [
        ("version", int, VERSION),
        ("replaces", bool, False),
        *((name, type_ | UnsetType, UNSET) for name, type_ in SECTIONS.items()),
    ],
    kw_only=True,
    forbid_unknown_fields=True,
)
_DECODER: Final = msgspec.json.Decoder(_DOCUMENT)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class SeedError(ValueError):
    """A document that cannot be seeded. Nothing of it was."""


class Snapshot:
    """A document that was read: each section that it has, its entries as what they give.

    Attributes:
        replaces: whether it takes the place of all that is there.
    """

    def __init__(self, document: Any) -> None:
        self.replaces: bool = document.replaces
        self._document = document

    def has(self, section: str) -> bool:
        """Whether the document says anything of it."""
        return getattr(self._document, section) is not UNSET

    def entries(self, section: str) -> Iterator[tuple[str, Given]]:
        """The entries of a list: where each one stands, and the fields that it gives."""
        if self.has(section):
            for index, entry in enumerate(getattr(self._document, section)):
                yield f"$.{section}[{index}]", given(entry)

    def value(self, section: str, default: T) -> T:
        """What is no list."""
        found: T = getattr(self._document, section) if self.has(section) else default
        return found


def read(document: bytes | str | Mapping[str, Any]) -> Snapshot:
    """Read a document.

    Args:
        document: JSON, or what it says.

    Raises:
        SeedError: it is no JSON, or says what cannot be; names the path to it.
    """
    found: Any
    try:
        found = _DECODER.decode(document) if isinstance(document, bytes | str) else msgspec.convert(document, _DOCUMENT)
    except ValueError as error:  # msgspec's are, and those of bytes that are no UTF-8
        raise SeedError(f"nothing was seeded: {error}") from error
    if found.version != VERSION:
        raise SeedError(f"nothing was seeded: {found.version} is no version that is known; say {VERSION} - at `$.version`")
    return Snapshot(found)


def given(entry: Struct) -> Given:
    """The fields that an entry gives; its dates in UTC, and where they are Twilio's in whole seconds."""
    return {
        name: _twilios(name, value) if isinstance(value, datetime) else value
        for name, value in asdict(entry).items()
        if value is not UNSET
    }


def _twilios(name: str, moment: datetime) -> datetime:
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(microsecond=0) if moment.microsecond and name.startswith("date_") else moment


def export(state: State) -> bytes:
    """The whole state as a document that `twilio_async.emulator.remote.seeding.seed` takes.

    Args:
        state: whose lock is held.
    """
    accounts = [*state.accounts.values()]
    lifecycle = state.lifecycle
    document = {
        "version": VERSION,
        "replaces": True,
        "clock_ahead": state.clock.ahead.total_seconds(),
        "accounts": [_account(account) for account in accounts],
        "numbers": [number for account in accounts for number in _numbers(account)],
        "services": [service for account in accounts for service in account.services],
        "senders": [sender for account in accounts for pool in account.pools.values() for sender in pool],
        "messages": [message for account in accounts for message in account.messages],
        "media": [media for account in accounts for files in account.media.values() for media in files],
        "feedback": [feedback for account in accounts for feedback in account.feedback.values()],
        "opt_outs": [opt_out for account in accounts for opt_out in _opt_outs(account)],
        "courses": [*_courses(accounts, lifecycle.courses())],
        "fates": lifecycle.fates,
        "rates": lifecycle.queues.rates,
        "queues": lifecycle.queues.empty_at,
        "hosted_media": {url: _hosted(media) for url, media in state.hosted_media.items()},
        "deactivations": state.deactivations,
        **{section: [record for account in accounts for record in account.shelf(kind)] for section, kind in SHELVES.items()},
    }
    return _ENCODER.encode(document)


def _account(account: Account) -> AccountEntry:
    key = account.shared_key
    return AccountEntry(
        sid=account.sid,
        auth_token=account.auth_token,
        secondary_token=account.secondary_token,
        shared_key=None if key is None else SharedKeyEntry(secret=key.secret, id=key.id),
        test_sid=account.test_sid,
        test_token=account.test_token,
        api_keys=dict(account.api_keys),
        main_keys=sorted(account.main_keys),
        oauth_apps=account.oauth_apps,
        parent_sid=None if account.parent is None else account.parent.sid,
        friendly_name=account.friendly_name,
        status=account.status,
        trial=account.trial,
        date_created=account.date_created,
        date_updated=account.date_updated,
        channel_webhooks={address: WebhookEntry(**webhook._asdict()) for address, webhook in account.channel_webhooks.items()},
        allowed_countries=account.allowed_countries,
        blocked_countries=account.blocked_countries,
        verified=account.verified,
        landlines=account.landlines,
        unreachable=account.unreachable,
        paused_services=account.paused_services,
        scheduled_limit=account.scheduled_limit,
        balance=account.balance,
    )


def _numbers(account: Account) -> Iterator[dict[str, object]]:
    for number in account.numbers.values():
        yield {"account_sid": account.sid, **asdict(number)}
    for number in account.released.values():
        yield {"account_sid": account.sid, "released": True, **asdict(number)}


def _opt_outs(account: Account) -> Iterator[OptOut]:
    for sender, recipient in sorted(account.opt_outs, key=lambda pair: (pair[0] or "", pair[1])):
        yield OptOut(recipient=recipient, sender=sender, account_sid=account.sid)


def _courses(accounts: Iterable[Account], accepted: Mapping[str, float]) -> Iterator[Course]:
    for account in accounts:
        for message in account.messages:
            course = Course(message_sid=message.sid, accepted=accepted.get(message.sid, UNSET))
            listed_at = account.messages.second_of(message.sid)
            if listed_at != usual_second(message):
                course.listed_at = listed_at
            if course.accepted is not UNSET or course.listed_at is not UNSET:
                yield course


def usual_second(message: Message) -> int:
    """The second, since 1970, by which lists order a message unless its `Course` says otherwise."""
    return int((message.date_sent or message.date_created).timestamp())


def _hosted(media: HostedMedia) -> Hosted:
    return Hosted(content=media.content, content_type=media.content_type)
