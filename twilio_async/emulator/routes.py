"""The table of everything that the emulator can do: one row an operation."""

from __future__ import annotations

from twilio_async.emulator.operations import media, messages, senders, services
from twilio_async.emulator.routing import Route

ROUTES: tuple[Route, ...] = (*messages.routes, *media.routes, *services.routes, *senders.routes)
"""The operations of Twilio's OpenAPI documents."""

UNDOCUMENTED: tuple[Route, ...] = (*media.contents,)
"""What Twilio serves beside them."""
