"""The table of everything that the emulator can do: one row an operation."""

from __future__ import annotations

from twilio_async.emulator.api.operations import (
    accounts,
    balance,
    brands,
    campaigns,
    deactivations,
    incoming_numbers,
    links,
    magic,
    media,
    messages,
    senders,
    services,
    short_codes,
    vettings,
)
from twilio_async.emulator.api.routing import Route

ROUTES: tuple[Route, ...] = (
    *messages.routes,
    *media.routes,
    *services.routes,
    *senders.routes,
    *brands.routes,
    *vettings.routes,
    *campaigns.routes,
    *incoming_numbers.routes,
    *short_codes.routes,
    *balance.routes,
    *deactivations.routes,
    *links.routes,
)
"""The operations of Twilio's OpenAPI documents that the client of this package has as well."""

UNDOCUMENTED: tuple[Route, ...] = (*media.contents, *accounts.routes)
"""What Twilio serves beside the documents of messaging: files, and accounts, so that other clients can make subaccounts."""

EVERYTHING: tuple[Route, ...] = (*ROUTES, *UNDOCUMENTED)
"""What real credentials open."""

MAGIC: tuple[Route, ...] = (*magic.routes,)
"""What test credentials open, and nothing else."""
