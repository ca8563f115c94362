"""What goes wrong, when and how often: rules that a test makes. How each kind looks on the wire is `sabotage`'s."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.chances import Chance, dice

Kind: TypeAlias = Literal[
    "status",
    "latency",
    "refuse",
    "reset",
    "accept_then_drop",
    "accept_then_500",
    "truncated",
    "html",
    "malformed",
    "gzip_bomb",
]

_PROCESSED: Mapping[Kind, bool] = {
    "status": False,
    "latency": True,
    "refuse": False,
    "reset": False,
    "accept_then_drop": True,
    "accept_then_500": True,
    "truncated": True,
    "html": False,
    "malformed": True,
    "gzip_bomb": True,
}
"""Whether the request still has its effect."""

TOO_MANY_REQUESTS = 429
"""The status of what Twilio did not process."""
BOMB_SIZE = 300_000_000
"""Bytes that the answer of a ``gzip_bomb`` expands to, unless a rule says otherwise."""


@dataclass(slots=True, kw_only=True)
class Fault(Chance):
    """A rule: which requests it strikes, and what becomes of them. Made by `Faults.add`, which explains the fields."""

    match: str = ""
    kind: Kind
    processed: bool
    status: int
    code: int | None = None
    message: str | None = None
    retry_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    latency: float = 0.0
    expands_to: int = BOMB_SIZE
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])

    def matches(self, request: ReceivedRequest) -> bool:
        """Whether this is a request that the rule is about."""
        method, path = _method_and_path(self.match)
        if method not in {"", request.method} or path not in request.path:
            return False
        given = request.parameters if self.parameters else {}
        return all(value in given.get(name, ()) for name, value in self.parameters.items())


class Strike(NamedTuple):
    """What becomes of one request.

    Attributes:
        delay: seconds until its answer.
        in_time: whether it has its effect at once, and not after the delay.
        spoiler: what takes the place of its answer.
    """

    delay: float
    in_time: bool
    spoiler: Fault | None


class Faults:
    """The rules of an emulator.

    All the latencies that strike a request add up; of the other kinds, the first that strikes it decides.

    Args:
        seed: for rules with a probability, so that a run can be repeated. Default: no two runs are alike.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._rules: list[Fault] = []
        self._random = dice(seed)
        self._lock = Lock()

    def add(
        self,
        match: str = "",
        *,
        kind: Kind | None = None,
        status: int | None = None,
        code: int | None = None,
        message: str | None = None,
        retry_after: float | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
        body: str | bytes | None = None,
        latency: float = 0.0,
        processed: bool | None = None,
        expands_to: int = BOMB_SIZE,
        parameters: Mapping[str, str] = MappingProxyType({}),
        times: int | None = None,
        probability: float = 1.0,
        seed: int | None = None,
    ) -> Fault:
        """Let some requests go wrong from now on.

        The kinds, and whether a request still has its effect:

        - ``"status"``: answered with an error in Twilio's dialect instead; not processed.
        - ``"latency"``: answered late; processed at once, or with ``processed=False`` just before the answer.
        - ``"refuse"``: the connection is reset when it is opened, before a byte is read. Strikes connections, so that
          it can be given neither a match nor parameters, and leaves no trace in ``emulator.requests``.
        - ``"reset"``: the request is read, and the connection reset; not processed.
        - ``"accept_then_drop"``: processed, and the connection closed without an answer.
        - ``"accept_then_500"``: processed, and answered with 500 (20500).
        - ``"truncated"``: processed, and the answer cut off in the middle of its body.
        - ``"html"``: the page of a proxy in front of Twilio; not processed.
        - ``"malformed"``: processed, and answered with JSON that is none.
        - ``"gzip_bomb"``: processed, and answered with a small body that expands to a huge one.

        Args:
            match: a method (``POST``), a part of the path (``/Messages``), or both (``POST /Messages.json``). Default: all.
            kind: what happens. Default ``"status"`` if one is given, ``"latency"`` if only that is.
            status: HTTP status. Default 500 for ``"status"`` and ``"accept_then_500"``, 502 for ``"html"``.
            code: Twilio's error code. Default: the usual one for the status.
            message: Twilio's text. Default: the usual one for the status.
            retry_after: seconds, for a ``Retry-After`` header. Default: none.
            headers: more headers of an error's answer.
            body: the whole body of the answer instead of Twilio's dialect.
            latency: seconds until the answer, of any kind. Default 0.
            processed: whether the request has its effect. Default: see the kinds.
            expands_to: bytes of a ``gzip_bomb``. Default 300,000,000.
            parameters: values that parameters of query or form must have, by their names on the wire:
                ``{"To": "+1…"}``.
            times: how often it strikes. Default `None`: for ever.
            probability: of a matching request being struck, 0 to 1. Default 1.
            seed: for this rule's chances alone. Default: they are drawn with those of all rules.

        Returns:
            The rule; its ``fired`` counts.

        Raises:
            ValueError: an argument is out of its range, neither a kind nor a status nor a latency is given, ``"refuse"``
                is given a match, or a 429 is to be processed.
        """
        kind = kind or _implied(status, code, latency)
        _check(kind, status, latency, probability, times)
        if status == TOO_MANY_REQUESTS and processed:
            raise ValueError("what is answered 429 was never processed: that is Twilio's promise, and the emulator keeps it")
        if kind == "refuse" and (match or parameters):
            raise ValueError("a refused connection has no request yet that could match")
        fault = Fault(
            match=match,
            kind=kind,
            processed=_PROCESSED[kind] if processed is None else processed,
            status=status or (502 if kind == "html" else 500),
            code=code,
            message=message,
            retry_after=retry_after,
            headers=headers,
            body=body.encode() if isinstance(body, str) else body,
            latency=latency,
            expands_to=expands_to,
            parameters=parameters,
            times=times,
            probability=probability,
            random=self._random if seed is None else dice(seed),
        )
        with self._lock:
            self._rules.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Let a rule strike no more.

        Raises:
            ValueError: it is not one of the rules.
        """
        with self._lock:
            self._rules.remove(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._rules.clear()

    def strike(self, request: ReceivedRequest) -> Strike:
        """What strikes this request, counted."""
        delay, in_time, spoiler = 0.0, True, None
        with self._lock:
            for rule in self._rules:
                beaten = spoiler is not None and rule.kind != "latency"
                if rule.kind == "refuse" or beaten or not rule.matches(request) or not rule.fires():
                    continue
                delay += rule.latency
                if rule.kind == "latency":
                    in_time = in_time and rule.processed
                else:
                    spoiler = rule
        return Strike(delay, in_time=in_time, spoiler=spoiler)

    def refuses(self) -> bool:
        """Whether the connection that is being opened is refused, counted."""
        with self._lock:
            return any(rule.kind == "refuse" and rule.fires() for rule in self._rules)

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._rules))

    def __len__(self) -> int:
        return len(self._rules)

    def __repr__(self) -> str:
        rules = ", ".join(f"{rule.kind} {rule.match!r} fired={rule.fired}" for rule in self)
        return f"<Faults [{rules}]>"


def _method_and_path(match: str) -> tuple[str, str]:
    method, _, path = match.partition(" ")
    return (method, path) if method.isalpha() and method.isupper() else ("", match)


def _implied(status: int | None, code: int | None, latency: float) -> Kind:
    if status is not None or code is not None:
        return "status"
    if latency > 0:
        return "latency"
    raise ValueError("say what goes wrong: a kind, a status or a latency")


def _check(kind: Kind, status: int | None, latency: float, probability: float, times: int | None) -> None:
    if kind not in _PROCESSED:
        raise ValueError(f"kind: one of {', '.join(_PROCESSED)}, not {kind!r}")
    if status is not None and not 100 <= status <= 599:
        raise ValueError(f"status: an HTTP status from 100 to 599, not {status}")
    if latency < 0:
        raise ValueError(f"latency: seconds, at least 0, not {latency:g}")
    if not 0 <= probability <= 1:
        raise ValueError(f"probability: from 0 to 1, not {probability:g}")
    if times is not None and times < 1:
        raise ValueError(f"times: at least 1, or None for ever, not {times}")
