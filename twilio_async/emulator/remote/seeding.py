"""Puts a document into a state: all of it, or, where anything in it cannot be, nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import msgspec
from msgspec.structs import fields, replace

from twilio_async.emulator.api.operations.media import UNKNOWN_TYPE, content_type
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.credentials import Key
from twilio_async.emulator.domain.history import SOMEBODY, past_message
from twilio_async.emulator.domain.records import Feedback, Media, Message, Number, Sender, Service, Webhook
from twilio_async.emulator.domain.reviews import is_reviewed
from twilio_async.emulator.domain.shelves import SHELVES, Shelved
from twilio_async.emulator.domain.state import HostedMedia, State, seeded_account
from twilio_async.emulator.remote.snapshot import Given, Hosted, SeedError, Snapshot, WebhookEntry, read, usual_second

_TWILIOS = ("auth_token", "secondary_token", "test_sid", "test_token", "friendly_name", "status", "trial", "scheduled_limit")
_SETS = ("channels", "allowed_countries", "blocked_countries", "verified", "landlines", "unreachable", "paused_services")
_PLAIN = (*_TWILIOS, *_SETS, "balance", "oauth_apps", "date_created", "date_updated")
"""What an account takes as it stands in the document."""


def seed(state: State, document: bytes | str | Mapping[str, Any]) -> None:
    """Put a document into a state.

    It is added, a record with the sid of one that is there in its place. If the document *replaces*, there is nothing else
    afterwards but what every emulator begins with and the document says nothing of.

    Args:
        state: whose lock is held.
        document: JSON, or what it says.

    Raises:
        SeedError: it is no JSON, or says what cannot be. Nothing is changed then.
    """
    snapshot = read(document)
    accounts = _beginning(state, snapshot) if snapshot.replaces else state.accounts
    seeding = Seeding(state, accounts, snapshot)
    seeding.check()
    if snapshot.replaces:
        _clear(state)
    seeding.change()
    if snapshot.replaces:
        _move_in(state, accounts)
    seeding.go_on()


def _beginning(state: State, snapshot: Snapshot) -> dict[str, Account]:
    main = seeded_account()
    main.lock, main.unique = state.lock, state.unique
    if snapshot.has("numbers"):
        main.numbers.clear()
    for section, kind in SHELVES.items():
        if snapshot.has(section):
            main.clear_shelf(kind)
    return {main.sid: main}


def _clear(state: State) -> None:
    state.lifecycle.forget()
    state.reviews.forget()
    state.hosted_media.clear()
    state.deactivations.clear()


def _move_in(state: State, accounts: dict[str, Account]) -> None:
    """Let these be the accounts; the main one stays the same object, since everybody holds it."""
    main = state.main
    new = accounts[main.sid]
    vars(main).update(vars(new))
    for account in accounts.values():
        if account.parent is new:
            account.parent = main
    state.accounts.clear()
    state.accounts |= accounts | {main.sid: main}


class Seeding:
    """A document on its way into a state.

    First it is looked at whether each entry can be, in the light of what is there and of the entries before it, and noted
    what is to be done; then all of that is done, and nothing of it can fail.

    Args:
        state: the clock and the lifecycle.
        accounts: what they own is changed, and new ones are added.
        snapshot: what was read.
    """

    def __init__(self, state: State, accounts: dict[str, Account], snapshot: Snapshot) -> None:
        self._state = state
        self._accounts = accounts
        self._snapshot = snapshot
        self._known = dict(accounts)
        self._main = next(iter(accounts.values()))
        self._numbers: dict[str, dict[str, Number]] = {sid: dict(account.numbers) for sid, account in accounts.items()}
        self._services: dict[str, Service] = {
            service.sid: service for account in accounts.values() for service in account.services
        }
        self._messages: dict[str, Message] = {}
        self._seconds: dict[str, int] = {}
        self._accepted: dict[str, float] = {}
        self._changes: list[Callable[[], object]] = []

    def check(self) -> None:
        """Look at all that the document says.

        Raises:
            SeedError: something cannot be.
        """
        self._check_clock()
        for section, check in (
            ("courses", self._check_course),
            ("accounts", self._check_account),
            ("numbers", self._check_number),
            ("services", self._check_service),
            ("senders", self._check_sender),
            ("messages", self._check_message),
            ("media", self._check_media),
            ("feedback", self._check_feedback),
            ("opt_outs", self._check_opt_out),
        ):
            for path, entry in self._snapshot.entries(section):
                check(path, entry)
        for section, kind in SHELVES.items():
            for path, entry in self._snapshot.entries(section):
                self._check_shelved(kind, path, entry)
        for index, (_, entry) in enumerate(self._snapshot.entries("courses")):
            self._message_of(entry, "message_sid", f"$.courses[{index}]")

    def change(self) -> None:
        """Do what was noted."""
        for change in self._changes:
            change()

    def go_on(self) -> None:
        """Let the lifecycle and the clock know."""
        state, snapshot = self._state, self._snapshot
        no_media: Mapping[str, Hosted] = {}
        nothing: Mapping[str, Any] = {}
        for url, hosted in snapshot.value("hosted_media", no_media).items():
            state.hosted_media[url] = HostedMedia(hosted.content, hosted.content_type or UNKNOWN_TYPE)
        state.deactivations |= snapshot.value("deactivations", nothing)
        state.lifecycle.fates |= snapshot.value("fates", nothing)
        state.lifecycle.queues.rates |= snapshot.value("rates", nothing)
        state.lifecycle.queues.empty_at |= snapshot.value("queues", nothing)
        for sid, accepted in self._accepted.items():
            account = state.account_with_message(sid)
            message = account and account.messages.get(sid)
            if account and message:
                state.lifecycle.resume(account, message, accepted)
        for account in state.accounts.values():
            while state.max_messages is not None and len(account.messages) > state.max_messages:
                account.forget_oldest_message()
        if snapshot.has("clock_ahead"):
            state.clock.ahead = timedelta(seconds=snapshot.value("clock_ahead", 0.0))

    def _note(self, change: Callable[..., object], *arguments: object) -> None:
        self._changes.append(partial(change, *arguments))

    def _check_clock(self) -> None:
        ahead = self._snapshot.value("clock_ahead", self._state.clock.ahead.total_seconds())
        if not self._snapshot.replaces and ahead < self._state.clock.ahead.total_seconds():
            raise _impossible("time goes forwards only", "$.clock_ahead")

    def _check_course(self, path: str, entry: Given) -> None:
        del path
        if "listed_at" in entry:
            self._seconds[entry["message_sid"]] = entry["listed_at"]
        if "accepted" in entry:
            self._accepted[entry["message_sid"]] = entry["accepted"]

    def _check_account(self, path: str, entry: Given) -> None:
        sid = entry.get("sid", self._main.sid)
        account = self._known.get(sid)
        if account is None:
            account = self._known[sid] = self._new_account(sid)
            self._numbers[sid] = {}
            self._note(self._accounts.__setitem__, sid, account)
        parent = entry.get("parent_sid")
        if parent is not None and (parent not in self._known or parent == sid):
            raise _impossible(f"there is no account {parent} before it", f"{path}.parent_sid")
        if "parent_sid" in entry:
            self._note(setattr, account, "parent", None if parent is None else self._known[parent])
        if "main_keys" in entry and "api_keys" not in entry:
            raise _impossible("main_keys are some of api_keys, which are missing", f"{path}.main_keys")
        if "api_keys" in entry:
            self._note(account.set_api_keys, entry["api_keys"], entry.get("main_keys", ()))
        if "shared_key" in entry:
            key = entry["shared_key"]
            self._note(setattr, account, "shared_key", None if key is None else Key(key.secret, key.id))
        webhooks: dict[str, WebhookEntry] = entry.get("channel_webhooks", {})
        for address, webhook in webhooks.items():
            self._note(account.channel_webhooks.__setitem__, address, Webhook(**msgspec.structs.asdict(webhook)))
        for name in _PLAIN:
            if name in entry:
                self._note(setattr, account, name, entry[name])

    def _new_account(self, sid: str) -> Account:
        state = self._state
        opened = state.clock().replace(microsecond=0)
        account = Account(sid, state.unique(), {}, (), test=(f"AC{state.unique()}", state.unique()), opened=opened)
        account.lock, account.unique = state.lock, state.unique
        return account

    def _check_number(self, path: str, entry: Given) -> None:
        account, released = self._owner(path, entry), entry.get("released", False)
        entry = {name: value for name, value in entry.items() if name not in {"account_sid", "released"}}
        numbers = self._numbers[account.sid]
        there = numbers.get(entry.get("sid", "")) or self._own_number(account, entry.get("number"))
        if there is None and "number" not in entry:
            raise _impossible("Object missing required field `number`", path)
        number = Number(**self._number_defaults(entry), **entry) if there is None else replace(there, **entry)
        if released:
            self._note(account.released.__setitem__, number.sid, number)
            return
        for sid, others in self._numbers.items():
            if sid != account.sid and any(other.number == number.number for other in others.values()):
                raise _impossible(f"account {sid} has the number {number.number} already", f"{path}.number")
        numbers[number.sid] = number
        self._note(account.numbers.__setitem__, number.sid, number)

    def _own_number(self, account: Account, address: str | None) -> Number | None:
        return next((number for number in self._numbers[account.sid].values() if number.number == address), None)

    def _number_defaults(self, entry: Given) -> Given:
        address: str = entry["number"]
        kind = "PN" if address.startswith("+") else "SC"
        defaults: Given = {"sid": f"{kind}{self._state.unique()}", "country": country_of(address) or "US"}
        return {name: value for name, value in defaults.items() if name not in entry}

    def _check_service(self, path: str, entry: Given) -> None:
        account = self._owner(path, entry)
        there = self._services.get(entry.get("sid", ""))
        if there is not None and there.account_sid != account.sid:
            raise _impossible(f"account {there.account_sid} has that service", f"{path}.sid")
        if there is None:
            now = self._now()
            defaults: Given = {
                "sid": f"MG{self._state.unique()}",
                "friendly_name": "",
                "date_created": now,
                "date_updated": entry.get("date_created", now),
            }
            service = Service(**_filled(entry, defaults, account.sid))
        else:
            service = replace(there, **entry)
        self._services[service.sid] = service
        self._note(_put, account.services, service, service.date_created)
        self._note(account.pools.setdefault, service.sid, Collection[Sender]())

    def _check_sender(self, path: str, entry: Given) -> None:
        for name in ("service_sid", "address"):
            if name not in entry:
                raise _impossible(f"Object missing required field `{name}`", path)
        service = self._services.get(entry["service_sid"])
        if service is None:
            raise _impossible(f"there is no service {entry['service_sid']}", f"{path}.service_sid")
        account = self._known[service.account_sid]
        number = self._own_number(account, entry["address"])
        now = self._now()
        defaults: Given = {
            "sid": f"AI{self._state.unique()}" if number is None else number.sid,
            "country": None if number is None else number.country,
            "capabilities": ("SMS",) if number is None else number.capabilities,
            "date_created": now,
            "date_updated": entry.get("date_created", now),
        }
        sender = Sender(**_filled(entry, defaults, account.sid))
        self._note(_put_sender, account, sender)

    def _check_message(self, path: str, entry: Given) -> None:
        account = self._owner(path, entry)
        sid = entry.get("sid", "")
        there = self._messages.get(sid) or account.messages.get(sid)
        if there is None and sid and len(self._accounts) > 1:
            self._check_not_elsewhere(path, sid)
        message = self._new_message(account, entry) if there is None else replace(there, **entry)
        self._messages[message.sid] = message
        second = self._seconds.get(message.sid, usual_second(message))
        self._note(_put, account.messages, message, datetime.fromtimestamp(second, UTC))

    def _check_not_elsewhere(self, path: str, sid: str) -> None:
        for account in self._accounts.values():
            if account.messages.get(sid):
                raise _impossible(f"account {account.sid} has that message", f"{path}.sid")

    def _new_message(self, account: Account, entry: Given) -> Message:
        if len(entry) == len(Message.__struct_fields__):
            return Message(**entry)
        numbers = self._numbers[account.sid].values()
        kind = "MM" if entry.get("num_media") else "SM"
        unique = "" if "sid" in entry else self._state.unique()
        message = past_message(
            account.sid,
            unique,
            entry.get("date_created") or entry.get("date_sent") or self._state.clock(),
            to=entry.get("to", SOMEBODY),
            from_=entry.get("from_", next((number.number for number in numbers), None)),
            body=entry.get("body", ""),
            status=entry.get("status", "delivered"),
            direction=entry.get("direction", "outbound-api"),
            error_code=entry.get("error_code"),
        )
        return replace(message, **{"sid": f"{kind}{unique}", **entry})

    def _check_media(self, path: str, entry: Given) -> None:
        if "url" not in entry:
            raise _impossible("Object missing required field `url`", path)
        message = self._message_of(entry, "parent_sid", path)
        defaults: Given = {
            "sid": f"ME{self._state.unique()}",
            "content_type": content_type(self._state, entry["url"]),
            "date_created": message.date_created,
            "date_updated": message.date_created,
        }
        media = Media(**_filled(entry, defaults, message.account_sid))
        self._note(_put_media, self._known[message.account_sid], media)

    def _check_feedback(self, path: str, entry: Given) -> None:
        message = self._message_of(entry, "message_sid", path)
        defaults: Given = {"outcome": "confirmed", "date_created": message.date_updated, "date_updated": message.date_updated}
        feedback = Feedback(**_filled(entry, defaults, message.account_sid))
        self._note(self._known[message.account_sid].feedback.__setitem__, message.sid, feedback)

    def _check_opt_out(self, path: str, entry: Given) -> None:
        self._note(self._owner(path, entry).opt_outs.add, (entry["sender"], entry["recipient"]))

    def _check_shelved(self, kind: type[Shelved], path: str, entry: Given) -> None:
        account = self._owner(path, entry)
        there = account.shelf(kind).get(entry.get("sid", ""))
        if there is not None:
            record = replace(cast("Any", there), **entry)
        else:
            now = self._now()
            defaults: Given = {
                "sid": f"{kind.PREFIX}{self._state.unique()}",
                "date_created": now,
                "date_updated": entry.get("date_created", now),
            }
            record = _made(kind, _filled(entry, defaults, account.sid), path)
        self._note(_put, account.shelf(kind), record, record.date_created)
        if is_reviewed(record):
            self._note(self._state.reviews.open, account, record, self._state.clock())

    def _message_of(self, entry: Given, name: str, path: str) -> Message:
        sid: str | None = entry.get(name)
        if sid is None:
            raise _impossible(f"Object missing required field `{name}`", path)
        account = None if sid in self._messages else next((a for a in self._accounts.values() if a.messages.get(sid)), None)
        message = self._messages.get(sid) if account is None else account.messages.get(sid)
        if message is None:
            raise _impossible(f"there is no message {sid}", f"{path}.{name}")
        return message

    def _owner(self, path: str, entry: Given) -> Account:
        sid = entry.get("account_sid", self._main.sid)
        account = self._known.get(sid)
        if account is None:
            raise _impossible(f"there is no account {sid}", f"{path}.account_sid")
        return account

    def _now(self) -> datetime:
        return self._state.clock().replace(microsecond=0)


def _filled(entry: Given, defaults: Given, account_sid: str) -> Given:
    return {**defaults, **entry, "account_sid": account_sid}


def _made(kind: type[Shelved], entry: Given, path: str) -> Shelved:
    missing = next((field.name for field in fields(cast("Any", kind)) if field.required and field.name not in entry), None)
    if missing is not None:
        raise _impossible(f"Object missing required field `{missing}`", path)
    return kind(**entry)


def _impossible(what: str, path: str) -> SeedError:
    return SeedError(f"nothing was seeded: {what} - at `{path}`")


def _put(collection: Collection[Any], record: Any, at: datetime) -> None:
    if collection.get(record.sid) is None:
        collection.add(record, at)
    else:
        collection.replace(record, at)


def _put_sender(account: Account, sender: Sender) -> None:
    _put(account.pools[sender.service_sid], sender, sender.date_created)


def _put_media(account: Account, media: Media) -> None:
    _put(account.media.setdefault(media.parent_sid, Collection()), media, media.date_created)
