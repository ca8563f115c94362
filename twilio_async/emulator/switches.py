"""Where Twilio's behaviour is not known for sure: each choice is a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What the emulator does where evidence is missing or divided.

    Args:
        oversized_page: a ``PageSize`` over 1000 is cut down to 1000 (``"clamp"``) or refused with 400/20007
            (``"reject"``). Default ``"clamp"``, as other products of Twilio do.
        foreign_account: status when the path names an account that the credentials do not open: 401 (20003) or 404
            (20404). Default 401.
        feedback_status: status of a created feedback, 200 or 201. Default 200, as in the OpenAPI document.
        uncancelable_status: status of error 30409, a cancel that comes too late. Default 400.
        service_price_unit: ``price_unit`` of a message made through a Messaging Service before it is sent: `None` or a
            currency. Default `None`, as recorded.
        empty_service: a Messaging Service without any sender for the recipient refuses the create with 400/21704 or
            21703 (``"refuse"``), or accepts it and lets the message fail with 21703 (``"fail"``). Default ``"refuse"``.
    """

    oversized_page: Literal["clamp", "reject"] = "clamp"
    foreign_account: Literal[401, 404] = 401
    feedback_status: Literal[200, 201] = 200
    uncancelable_status: int = 400
    service_price_unit: str | None = None
    empty_service: Literal["refuse", "fail"] = "refuse"


DEFAULT = Switches()
"""Every switch as its documentation says."""
