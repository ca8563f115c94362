"""What goes wrong on the way to an application: rules that a test makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from twilio_async.emulator.applications.deliveries import Delivery
from twilio_async.emulator.chances import Chance, dice

Kind: TypeAlias = Literal["duplicate", "delay", "drop", "reorder"]


@dataclass(slots=True, kw_only=True)
class WebhookFault(Chance):
    """A rule: which webhooks it strikes, and what becomes of them. Made by `WebhookFaults.add`, which explains the fields."""

    kind: Kind
    match: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0.0
    copies: int = 1

    def matches(self, delivery: Delivery) -> bool:
        """Whether this is a webhook that the rule is about."""
        given = delivery.parameters
        return self.match in delivery.url and all(given.get(name) == value for name, value in self.parameters.items())


class WebhookFaults:
    """The rules for webhooks of an emulator. All that strike a webhook have their effect, unless one drops it.

    Args:
        seed: for rules with a probability, so that a run can be repeated. Default: no two runs are alike.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._rules: list[WebhookFault] = []
        self._random = dice(seed)
        self._lock = Lock()

    def add(
        self,
        kind: Kind,
        *,
        match: str = "",
        parameters: Mapping[str, str] = MappingProxyType({}),
        seconds: float = 0.0,
        copies: int = 1,
        times: int | None = None,
        probability: float = 1.0,
        seed: int | None = None,
    ) -> WebhookFault:
        """Let some webhooks go wrong from now on.

        - ``"duplicate"``: delivered once more, with the same idempotency token.
        - ``"delay"``: delivered later, by the emulator's clock; others of the message may overtake it.
        - ``"drop"``: never delivered.
        - ``"reorder"``: delivered after the next one of the same message. A last one has none to wait for.

        Args:
            kind: what happens.
            match: a part of the URL. Default: all.
            parameters: values that fields must have: ``{"MessageStatus": "sent"}``.
            seconds: of a ``"delay"``; more than 0.
            copies: how many more of a ``"duplicate"``. Default 1.
            times: how often it strikes. Default `None`: for ever.
            probability: of a matching webhook being struck, 0 to 1. Default 1.
            seed: for this rule's chances alone. Default: they are drawn with those of all rules.

        Returns:
            The rule; its ``fired`` counts.

        Raises:
            ValueError: there is no such kind, or a delay says not how long.
        """
        if kind not in get_args(Kind):
            raise ValueError(f"what goes wrong is one of {', '.join(get_args(Kind))}, not {kind!r}")
        if kind == "delay" and seconds <= 0:
            raise ValueError("say by how many seconds to delay: seconds=30")
        fault = WebhookFault(
            kind=kind,
            match=match,
            parameters=parameters,
            seconds=seconds,
            copies=copies,
            times=times,
            probability=probability,
            random=self._random if seed is None else dice(seed),
        )
        with self._lock:
            self._rules.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._rules.clear()

    def strike(self, delivery: Delivery) -> dict[Kind, WebhookFault]:
        """What strikes this webhook, counted: the first rule of each kind."""
        struck: dict[Kind, WebhookFault] = {}
        with self._lock:
            for rule in self._rules:
                if rule.kind not in struck and rule.matches(delivery) and rule.fires():
                    struck[rule.kind] = rule
        return struck

    def __iter__(self) -> Iterator[WebhookFault]:
        return iter(tuple(self._rules))

    def __len__(self) -> int:
        return len(self._rules)
