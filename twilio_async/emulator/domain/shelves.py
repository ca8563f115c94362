"""The kinds of records that an account keeps one beside another: a row here, and they are found, exported and seeded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Protocol

from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.campaigns import Campaign
from twilio_async.emulator.domain.channels import ChannelSender
from twilio_async.emulator.domain.collection import Record
from twilio_async.emulator.domain.contents import Content
from twilio_async.emulator.domain.links import LinkDomain
from twilio_async.emulator.domain.tollfree import TollfreeVerification
from twilio_async.emulator.domain.vettings import Vetting


class Shelved(Record, Protocol):
    """A record that stands on a shelf of its kind.

    Attributes:
        PREFIX: what the sids of its kind begin with.
    """

    PREFIX: ClassVar[str]

    @property
    def account_sid(self) -> str:
        """Whose it is."""
        ...

    @property
    def date_created(self) -> datetime:
        """What the shelf is ordered by."""
        ...


SHELVES: Mapping[str, type[Shelved]] = MappingProxyType(
    {
        "brands": Brand,
        "vettings": Vetting,
        "campaigns": Campaign,
        "channel_senders": ChannelSender,
        "link_domains": LinkDomain,
        "tollfree_verifications": TollfreeVerification,
        "contents": Content,
    }
)
"""The kinds, by what the document of the whole state calls them."""
