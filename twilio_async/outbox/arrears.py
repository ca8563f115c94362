"""What a drain could not note, since the ledger had no room or was away: kept in memory, and noted as soon as it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.store import Row, Store


class Arrears:
    """Rows in hand that were not given back, and answers that were not noted. All drains of an outbox share them."""

    def __init__(self) -> None:
        self._owed: dict[tuple[int, int], tuple[Row, Settlement | None]] = {}

    def owe(self, rows: Iterable[Row], noted: Settlement | None = None) -> None:
        """Remember rows that are to be given back, or what a try of theirs came to."""
        for row in rows:
            self._owed[row.id, row.epoch] = row, noted

    async def pay(self, store: Store) -> None:
        """Note everything. What fails or is cut short stays owed: to note it twice changes nothing.

        Raises:
            OutboxError: there is no room yet.
        """
        owed = dict(self._owed)
        if not owed:
            return
        settled = [store.settle(row, noted) for row, noted in owed.values() if noted is not None]
        for told in await asyncio.gather(*settled, return_exceptions=True):
            if isinstance(told, BaseException):
                raise told
        await store.release([row for row, _ in owed.values()])
        for place in owed:
            self._owed.pop(place, None)
