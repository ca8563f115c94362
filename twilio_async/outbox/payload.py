"""The arguments of a message as the ledger keeps them: JSON text, and back again."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from twilio_async import _wire
from twilio_async._operation import Operation
from twilio_async.resources.messages import Messages

CREATE: Final[Operation] = Messages.operations["create"]
"""The operation that a row is an argument of."""

_encoder = msgspec.json.Encoder(order="sorted")


def payload(arguments: Mapping[str, Any]) -> str:
    """Arguments of ``create`` as text; equal arguments give equal texts.

    Args:
        arguments: as `CREATE` accepts them; sequences as lists.
    """
    return _encoder.encode(arguments).decode()


def arguments(payload: str) -> dict[str, Any]:
    """The arguments that a `payload` holds."""
    found: dict[str, Any] = msgspec.json.decode(payload)
    for name in found.keys() & _revivers().keys():
        found[name] = _revivers()[name](found[name])
    return found


@functools.cache
def _revivers() -> dict[str, Callable[[Any], Any]]:
    """What JSON turned into text, by argument."""
    made: dict[Callable[..., object], Callable[[Any], Any]] = {
        _wire.write_instant: dt.datetime.fromisoformat,
        _wire.write_number: lambda value: Decimal(value) if isinstance(value, str) else value,
    }
    return {parameter.name: made[parameter.write] for parameter in CREATE.parameters if parameter.write in made}
