"""A request on its way through an operation: what it may read, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import R
from twilio_async.emulator.domain.records import Message
from twilio_async.emulator.domain.state import State

T = TypeVar("T")

_LONGEST_INTEGER = 20
"""Digits; no parameter of Twilio's has more, and reading a very long one takes its time."""
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers.

    Args:
        status: HTTP status.
        content: what the body says, to be written as JSON; `None` for no body.
        headers: more than those that every answer has.
        code: Twilio's code of the error that it tells of.
    """

    status: int = 200
    content: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one operation.

    Attributes:
        state: all that the emulator knows.
        account: whom the request is made for; the main one, where nobody has to say who he is.
        path: decoded, without the query.
        sids: the values of the path's variables.
        parameters: the values of each parameter, of the query and of the form.
        body: the object that the request's body is, where the operation takes one.
        headers: of the request; names in any case.
        unique: 32 hexadecimal digits, those of the request's id; what is created gets them for its sid.
        origin: scheme and host by which the caller knows this server.
        now: the exact moment.
    """

    state: State
    account: Account
    path: str
    sids: Mapping[str, str]
    parameters: Mapping[str, Sequence[str]]
    unique: str
    origin: str
    now: datetime
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def names(self) -> list[str]:
        """The names of all that it says, in query, form or body."""
        return [*self.parameters, *self.body]

    @property
    def today(self) -> datetime:
        """The moment in whole seconds, as Twilio's records have it."""
        return self.now.replace(microsecond=0)

    def not_found(self) -> errors.ApiError:
        """The error that the resource of this path does not exist."""
        return errors.not_found(self.path)

    def one(self, kind: type[R], variable: str = "Sid") -> R:
        """The record that a variable of the path names.

        Raises:
            ApiError: the account has none of this kind with this sid (20404).
        """
        record = self.account.shelf(kind).get(self.sids[variable])
        if record is None:
            raise self.not_found()
        return record

    def read(self, kind: type[T]) -> T:
        """The body as a type; what it does not know is overlooked.

        Raises:
            ApiError: something in it is missing, or of another type (20001).
        """
        try:
            return msgspec.convert(self.body, kind)
        except msgspec.ValidationError as error:
            place = str(error).partition(" - at `$.")[2].rstrip("`")
            raise errors.INVALID_PARAMETER.error(name=place or str(error)) from None

    def message(self, variable: str) -> Message:
        """The message that a variable of the path names.

        Raises:
            ApiError: the account has none with this sid (20404).
        """
        message = self.account.messages.get(self.sids[variable])
        if message is None:
            raise self.not_found()
        return message

    def text(self, name: str) -> str | None:
        """A parameter's value; the last one, if there are several."""
        values = self.parameters.get(name)
        return values[-1] if values else None

    def texts(self, name: str) -> Sequence[str]:
        """All values of a parameter that may be repeated."""
        return self.parameters.get(name, ())

    def flag(self, name: str) -> bool | None:
        """A boolean parameter.

        Raises:
            ApiError: it is neither ``true`` nor ``false`` (20001).
        """
        text = self.text(name)
        if text is None:
            return None
        if text not in _BOOLEANS:
            raise errors.INVALID_PARAMETER.error(name=name)
        return _BOOLEANS[text]

    def integer(self, name: str) -> int | None:
        """A whole number.

        Raises:
            ApiError: it is none (20001).
        """
        text = self.text(name)
        if text is None:
            return None
        if not (text.removeprefix("-").isdecimal() and len(text) <= _LONGEST_INTEGER):
            raise errors.INVALID_PARAMETER.error(name=name)
        return int(text)

    def choice(self, name: str, among: Collection[str]) -> str | None:
        """A parameter with few possible values.

        Raises:
            ApiError: it has another one (20001).
        """
        text = self.text(name)
        if text is not None and text not in among:
            raise errors.INVALID_PARAMETER.error(name=name)
        return text


Handler: TypeAlias = Callable[[Call], Answer]
