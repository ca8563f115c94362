"""What an account has left; messages are paid from it."""

from __future__ import annotations

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain.prices import CURRENCY

routes: Routes = Routes()


@routes.get("FetchBalance", "/2010-04-01/Accounts/{AccountSid}/Balance.json")
def fetch_balance(call: Call) -> Answer:
    """The account's money; a subaccount has none of its own."""
    if call.account.parent is not None:
        raise call.not_found()
    return Answer(content={"account_sid": call.account.sid, "balance": f"{call.account.balance:f}", "currency": CURRENCY})
