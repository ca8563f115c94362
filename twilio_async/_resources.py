"""The attributes by which users reach Twilio's resources: ``session.messages`` and its like."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from twilio_async.resources.a2p import Brands, BrandVettings
    from twilio_async.resources.campaigns import Campaigns
    from twilio_async.resources.channels import ChannelsSenders, TypingIndicators
    from twilio_async.resources.content import Content
    from twilio_async.resources.deactivations import Deactivations
    from twilio_async.resources.links import DomainCertificates, DomainConfigs, DomainServices
    from twilio_async.resources.media import Media
    from twilio_async.resources.messages import Messages
    from twilio_async.resources.numbers import AccountShortCodes, Balance, IncomingPhoneNumbers
    from twilio_async.resources.pricing import MessagingPrices
    from twilio_async.resources.senders import AlphaSenders, ChannelSenders, DestinationAlphaSenders, PhoneNumbers, ShortCodes
    from twilio_async.resources.services import Services
    from twilio_async.resources.tollfree import TollfreeVerifications
    from twilio_async.session import AsyncSession


class Resources:
    """One attribute for each of Twilio's resources; what it is made of is loaded when it is first used."""

    @property
    def _session(self) -> AsyncSession:
        return cast("AsyncSession", self)

    @functools.cached_property
    def messages(self) -> Messages:
        """Text and media messages."""
        from twilio_async.resources.messages import Messages

        return Messages(self._session)

    @functools.cached_property
    def media(self) -> Media:
        """The pictures and files of a message."""
        from twilio_async.resources.media import Media

        return Media(self._session)

    @functools.cached_property
    def services(self) -> Services:
        """Messaging Services: pools of senders with common settings."""
        from twilio_async.resources.services import Services

        return Services(self._session)

    @functools.cached_property
    def phone_numbers(self) -> PhoneNumbers:
        """The phone numbers in a Messaging Service."""
        from twilio_async.resources.senders import PhoneNumbers

        return PhoneNumbers(self._session)

    @functools.cached_property
    def short_codes(self) -> ShortCodes:
        """The short codes in a Messaging Service."""
        from twilio_async.resources.senders import ShortCodes

        return ShortCodes(self._session)

    @functools.cached_property
    def alpha_senders(self) -> AlphaSenders:
        """The alphanumeric senders in a Messaging Service."""
        from twilio_async.resources.senders import AlphaSenders

        return AlphaSenders(self._session)

    @functools.cached_property
    def destination_alpha_senders(self) -> DestinationAlphaSenders:
        """The alphanumeric senders in a Messaging Service, by country."""
        from twilio_async.resources.senders import DestinationAlphaSenders

        return DestinationAlphaSenders(self._session)

    @functools.cached_property
    def channel_senders(self) -> ChannelSenders:
        """The senders on WhatsApp, RCS and other channels in a Messaging Service."""
        from twilio_async.resources.senders import ChannelSenders

        return ChannelSenders(self._session)

    @functools.cached_property
    def channels_senders(self) -> ChannelsSenders:
        """The account's senders on WhatsApp and RCS."""
        from twilio_async.resources.channels import ChannelsSenders

        return ChannelsSenders(self._session)

    @functools.cached_property
    def typing_indicators(self) -> TypingIndicators:
        """Signs that an answer is being written."""
        from twilio_async.resources.channels import TypingIndicators

        return TypingIndicators(self._session)

    @functools.cached_property
    def incoming_phone_numbers(self) -> IncomingPhoneNumbers:
        """The account's phone numbers: bought, set up and given back."""
        from twilio_async.resources.numbers import IncomingPhoneNumbers

        return IncomingPhoneNumbers(self._session)

    @functools.cached_property
    def account_short_codes(self) -> AccountShortCodes:
        """The account's short codes."""
        from twilio_async.resources.numbers import AccountShortCodes

        return AccountShortCodes(self._session)

    @functools.cached_property
    def balance(self) -> Balance:
        """What the account has left."""
        from twilio_async.resources.numbers import Balance

        return Balance(self._session)

    @functools.cached_property
    def deactivations(self) -> Deactivations:
        """The numbers that carriers took out of service, day by day."""
        from twilio_async.resources.deactivations import Deactivations

        return Deactivations(self._session)

    @functools.cached_property
    def brands(self) -> Brands:
        """A2P 10DLC brands: who texts Americans from long codes."""
        from twilio_async.resources.a2p import Brands

        return Brands(self._session)

    @functools.cached_property
    def brand_vettings(self) -> BrandVettings:
        """The vettings of a brand, which let it send more."""
        from twilio_async.resources.a2p import BrandVettings

        return BrandVettings(self._session)

    @functools.cached_property
    def campaigns(self) -> Campaigns:
        """A2P 10DLC campaigns: what a Messaging Service texts Americans for."""
        from twilio_async.resources.campaigns import Campaigns

        return Campaigns(self._session)

    @functools.cached_property
    def domain_certificates(self) -> DomainCertificates:
        """The TLS certificates of domains for short links."""
        from twilio_async.resources.links import DomainCertificates

        return DomainCertificates(self._session)

    @functools.cached_property
    def domain_configs(self) -> DomainConfigs:
        """The settings of domains for short links."""
        from twilio_async.resources.links import DomainConfigs

        return DomainConfigs(self._session)

    @functools.cached_property
    def domain_services(self) -> DomainServices:
        """Which Messaging Service shortens its links to which domain."""
        from twilio_async.resources.links import DomainServices

        return DomainServices(self._session)

    @functools.cached_property
    def tollfree_verifications(self) -> TollfreeVerifications:
        """What allows toll-free numbers to text Americans."""
        from twilio_async.resources.tollfree import TollfreeVerifications

        return TollfreeVerifications(self._session)

    @functools.cached_property
    def messaging_prices(self) -> MessagingPrices:
        """What messages cost, by country."""
        from twilio_async.resources.pricing import MessagingPrices

        return MessagingPrices(self._session)

    @functools.cached_property
    def content(self) -> Content:
        """Content templates, and their approval by WhatsApp."""
        from twilio_async.resources.content import Content

        return Content(self._session)
