"""Which sender a Messaging Service takes for a message."""

from __future__ import annotations

from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.addresses import SMS, channel_of, in_country, is_alpha_sender
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.records import Sender, Service

LARGEST_POOL = 400
"""Numbers that a service may have."""

_AREA = len("+1415")


def choose_sender(account: Account, service: Service, recipient: str, *, media: bool) -> Sender | None:
    """Pick from a service's pool: whom the recipient knows, else one near to him, else the least used.

    An alphanumeric id for the recipient's country stands in for those for all countries.

    Args:
        account: whose service it is.
        service: the service.
        recipient: E.164 number or channel address.
        media: whether the message has any, so that the sender must be capable of MMS.

    Returns:
        `None` if no sender of it reaches the recipient.
    """
    able = [sender for sender in account.pools[service.sid] if _reaches(account, sender, recipient, media=media)]
    if any(is_alpha_sender(sender.address) and sender.country for sender in able):
        able = [sender for sender in able if sender.country]
    if not able:
        return None
    return _known(account, service, able, recipient) or _near(account, service, able, recipient)


def _reaches(account: Account, sender: Sender, recipient: str, *, media: bool) -> bool:
    channel = channel_of(sender.address)
    if channel != SMS or not recipient.startswith("+"):
        return channel == channel_of(recipient) != SMS and sender.address in account.channels
    if media and "MMS" not in sender.capabilities:
        return False
    if is_alpha_sender(sender.address):
        return not in_country(recipient, "US") and sender.country in {None, country_of(recipient)}
    return sender.address.startswith("+") or in_country(recipient, sender.country or "")


def _known(account: Account, service: Service, able: list[Sender], recipient: str) -> Sender | None:
    if not service.sticky_sender:
        return None
    for sender in able:
        if account.messages.search(1, to=recipient, from_=sender.address).items:
            return sender
    return None


def _near(account: Account, service: Service, able: list[Sender], recipient: str) -> Sender:
    near = [sender for sender in able if sender.address[:_AREA] == recipient[:_AREA]]
    choice = near if near and service.area_code_geomatch else able
    return min(choice, key=lambda sender: account.messages.sent_from(sender.address))
