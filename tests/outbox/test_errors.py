"""What goes wrong with an outbox is one of a few things, each with something to do about it."""

from __future__ import annotations

import inspect
import pickle

from twilio_async.errors import InvalidArgument, TwilioError
from twilio_async.outbox import errors


def test_all_of_them_are_twilio_errors() -> None:
    """Whoever catches TwilioError has caught everything, and whoever catches OutboxError everything of the ledger's."""
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and kind.__module__ == errors.__name__:
            assert issubclass(kind, TwilioError), name
            assert issubclass(kind, errors.OutboxError) or kind is errors.InvalidRow


def test_a_bad_row_is_a_bad_argument() -> None:
    """And can be sent to another process."""
    error = errors.InvalidRow("body: missing", index=3, argument="body")
    assert isinstance(error, InvalidArgument)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.index, again.argument) == ("outbox.add: row 3: body: missing", 3, "body")
