"""The table of everything that the emulator can do: one row an operation."""

from __future__ import annotations

from twilio_async.emulator.api.operations import (
    accounts,
    balance,
    brands,
    campaigns,
    channels,
    contents,
    deactivations,
    incoming_numbers,
    links,
    magic,
    media,
    messages,
    prices,
    senders,
    services,
    short_codes,
    tokens,
    tollfree,
    typing_indicators,
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
    *channels.routes,
    *typing_indicators.routes,
    *incoming_numbers.routes,
    *short_codes.routes,
    *balance.routes,
    *deactivations.routes,
    *links.routes,
    *tollfree.routes,
    *prices.routes,
    *contents.routes,
)
"""The operations of Twilio's OpenAPI documents that the client of this package has as well."""

UNDECLARED: tuple[Route, ...] = (*tokens.routes,)
"""More operations of these documents, for which nobody calls a method of this client's: it asks for tokens by itself."""

UNDOCUMENTED: tuple[Route, ...] = (*media.contents, *accounts.routes, *tokens.undocumented)
"""What Twilio serves beside the documents of messaging: files, accounts, so that other clients can make subaccounts, and
tokens as they were asked for in version 1."""

EVERYTHING: tuple[Route, ...] = (*ROUTES, *UNDECLARED, *UNDOCUMENTED)
"""What real credentials open, and what needs none."""

MAGIC: tuple[Route, ...] = (*magic.routes,)
"""What test credentials open, and nothing else."""
