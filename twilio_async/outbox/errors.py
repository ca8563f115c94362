"""What can go wrong with the outbox itself, one class for each thing that a person can do about it.

::

    TwilioError
    ├── OutboxError                  the ledger cannot be used
    │   ├── OutboxLocked             another process works on it: wait for it, or use PostgreSQL for several
    │   ├── OutboxUnreadable         it is no outbox, or damaged: give the right file, or restore it
    │   │   └── OutboxMissing        there is none yet in that database: add rows first
    │   ├── OutboxVersion            a newer version of this library made it: upgrade
    │   ├── OutboxReadOnly           it cannot be written: mend the permissions
    │   ├── OutboxFull               there is no room: make some
    │   ├── OutboxUnreachable        the database is away: look at it
    │   └── OutboxClosed             it was used after aclose(), or before it was opened
    └── InvalidArgument
        └── InvalidRow               a row that cannot be sent, by its number and field
"""

from __future__ import annotations

from twilio_async.errors import InvalidArgument, TwilioError


class OutboxError(TwilioError):
    """The ledger cannot be used; nothing was sent that it does not know of."""


class OutboxLocked(OutboxError):
    """Another process has the file open: let it end, or use PostgreSQL, which many machines can share."""


class OutboxUnreadable(OutboxError):
    """The file is no outbox, or it is damaged: give the right one, or restore it."""


class OutboxMissing(OutboxUnreadable):
    """There is no outbox yet in the database that was to be looked at: add rows first."""


class OutboxVersion(OutboxError):
    """A newer version of this library made the file: upgrade the library."""


class OutboxReadOnly(OutboxError):
    """The file or its folder cannot be written: mend the permissions."""


class OutboxFull(OutboxError):
    """There is no room left for the ledger: make some, and run again; it goes on where it was."""


class OutboxUnreachable(OutboxError):
    """The database cannot be reached, or was away for too long: look at it, and run again; it goes on where it was."""


class OutboxClosed(OutboxError):
    """The outbox was used after ``aclose()``, or before it was opened with ``async with``."""


class InvalidRow(InvalidArgument):
    """A row that cannot be sent.

    Args:
        message: what is wrong with it and how to mend it.
        index: the row's place in the input, from 0.
        argument: the field (``"to"``).
    """

    def __init__(self, message: str, *, index: int, argument: str) -> None:
        super().__init__(f"row {index}: {message}", argument=argument, operation="outbox.add")
        self.index = index
