"""The outbox: bulk sends that survive anything and never text a person twice.

Every public name is here, and each is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twilio_async.outbox.engine import Drained, drain
    from twilio_async.outbox.errors import (
        InvalidRow,
        OutboxClosed,
        OutboxError,
        OutboxFull,
        OutboxLocked,
        OutboxMissing,
        OutboxReadOnly,
        OutboxUnreachable,
        OutboxUnreadable,
        OutboxVersion,
    )
    from twilio_async.outbox.ledger import Settlement, State
    from twilio_async.outbox.memory import MemoryStore
    from twilio_async.outbox.outbox import Outbox
    from twilio_async.outbox.plan import Plan
    from twilio_async.outbox.reconcile import Reconciled
    from twilio_async.outbox.report import AddReport, Progress, Report
    from twilio_async.outbox.sqlite import SqliteStore
    from twilio_async.outbox.store import Row, Store
    from twilio_async.outbox.window import SendingWindow
    from twilio_async.outbox.worker import Duties, work

_ROOMS = {
    "AddReport": "report",
    "Drained": "engine",
    "Duties": "worker",
    "InvalidRow": "errors",
    "MemoryStore": "memory",
    "Outbox": "outbox",
    "OutboxClosed": "errors",
    "OutboxError": "errors",
    "OutboxFull": "errors",
    "OutboxLocked": "errors",
    "OutboxMissing": "errors",
    "OutboxReadOnly": "errors",
    "OutboxUnreachable": "errors",
    "OutboxUnreadable": "errors",
    "OutboxVersion": "errors",
    "Plan": "plan",
    "Progress": "report",
    "Reconciled": "reconcile",
    "Report": "report",
    "Row": "store",
    "SendingWindow": "window",
    "Settlement": "ledger",
    "SqliteStore": "sqlite",
    "State": "ledger",
    "Store": "store",
    "drain": "engine",
    "work": "worker",
}
"""Where the public names live."""

__all__ = [
    "AddReport",
    "Drained",
    "Duties",
    "InvalidRow",
    "MemoryStore",
    "Outbox",
    "OutboxClosed",
    "OutboxError",
    "OutboxFull",
    "OutboxLocked",
    "OutboxMissing",
    "OutboxReadOnly",
    "OutboxUnreachable",
    "OutboxUnreadable",
    "OutboxVersion",
    "Plan",
    "Progress",
    "Reconciled",
    "Report",
    "Row",
    "SendingWindow",
    "Settlement",
    "SqliteStore",
    "State",
    "Store",
    "drain",
    "work",
]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        value = globals()[name] = getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
