"""Accounts and their subaccounts."""

from __future__ import annotations

from dataclasses import replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import rfc2822
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, envelope_2010, turn
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection

FOLDER = "/2010-04-01/Accounts"
FILTERS = ("FriendlyName", "Status")
STATUSES = ("active", "suspended", "closed")
SUBRESOURCES = {"incoming_phone_numbers": "IncomingPhoneNumbers", "messages": "Messages"}
"""Those that the emulator has."""

_routes: Routes = Routes()


def _content(account: Account) -> dict[str, object]:
    folder = f"{FOLDER}/{account.sid}"
    return {
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.date_created),
        "date_updated": rfc2822(account.date_updated),
        "friendly_name": account.friendly_name,
        "owner_account_sid": (account.parent or account).sid,
        "sid": account.sid,
        "status": account.status,
        "subresource_uris": {name: f"{folder}/{path}.json" for name, path in SUBRESOURCES.items()},
        "type": "Trial" if account.trial else "Full",
        "uri": f"{folder}.json",
    }


@_routes.post("CreateAccount", f"{FOLDER}.json", "FriendlyName")
def create_account(call: Call) -> Answer:
    """Open a subaccount; one that is a subaccount itself has none."""
    if call.account.parent is not None:
        raise errors.FORBIDDEN.error()
    if call.text("FriendlyName"):
        name = settings.name(call, "FriendlyName")
    else:
        name = f"SubAccount Created at {call.now:%Y-%m-%d %I:%M %p}"
    account = call.state.add_account(name, parent=call.account, trial=call.account.trial)
    return Answer(201, _content(account))


@_routes.get("ListAccount", f"{FOLDER}.json", *FILTERS, *PARAMETERS)
def list_accounts(call: Call) -> Answer:
    """The account itself and its subaccounts, the newest first."""
    name, status = call.text("FriendlyName"), call.choice("Status", STATUSES)
    family: Collection[Account] = Collection()
    for account in call.state.accounts.values():
        if call.account in {account, account.parent}:
            family.add(account, account.date_created)
    asked = turn(call, family)

    def keep(account: Account) -> bool:
        return name in {None, "", account.friendly_name} and status in {None, account.status}

    found = family.slice(asked.size, after=asked.after, before=asked.before, keep=keep)
    return envelope_2010(call, "accounts", FILTERS, asked, found, _content)


@_routes.get("FetchAccount", f"{FOLDER}/{{AccountSid}}.json")
def fetch_account(call: Call) -> Answer:
    """One account, with its token."""
    return Answer(content=_content(call.account))


@_routes.post("UpdateAccount", f"{FOLDER}/{{AccountSid}}.json", "FriendlyName", "Status")
def update_account(call: Call) -> Answer:
    """Rename an account, or suspend, reactivate or close a subaccount; what is closed stays closed."""
    account, status = call.account, call.choice("Status", STATUSES)
    name = settings.name(call, "FriendlyName") if call.text("FriendlyName") is not None else account.friendly_name
    if status not in {None, account.status}:
        _change(account, status)
    account.friendly_name, account.date_updated = name, call.today
    return Answer(content=_content(account))


def _change(account: Account, status: str | None) -> None:
    if account.parent is None or account.status == "closed":
        raise errors.INVALID_PARAMETER.error(name="Status")
    changes = {"active": account.reactivate, "suspended": account.suspend, "closed": account.close}
    changes[status or "active"]()


routes: Routes = Routes(replace(route, manages=True) for route in _routes)
