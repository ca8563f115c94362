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
        service_opt_out: a message through a Messaging Service to a recipient who opted out is refused with 21610
            (``"refuse"``), or accepted and fails with 21610 (``"fail"``). Default ``"refuse"``, as recorded.
        service_error_status: status of the errors about the Messaging Service of a create (21701, 21702, 21704, 21705).
            Default 400.
        update_status: status of a message's update, 200 or 202. Default 200, as in the OpenAPI document.
        body_unit: what the 1600 of a body are: ``"characters"``, or UTF-16 units, of which an emoji has two
            (``"utf-16"``). Default ``"characters"``.
        landline_code: code of a message to a landline: 21614 or 21635. Default 21614, as recorded.
        foreign_sender_code: code of a message from another account's number: 21660, or 21606 with the same words, as some
            logs have it. Default 21660.
        unknown_number_code: code of adding a number to a service that the account does not own: 21711 or 20404. Default
            21711.
        repeated_sender: adding a number to a service that it is in already is refused with 409/21710 (``"refuse"``), or
            answered with what is there and 200 (``"repeat"``), as the OpenAPI document allows. Default ``"refuse"``, as
            recorded.
        date_equality: ``DateSent`` with a time means its whole day (``"day"``) or that second (``"second"``). Default
            ``"day"``.
        unknown_page: a ``PageToken`` that is not from this list is refused with 400/20001 (``"reject"``) or overlooked
            (``"ignore"``), which gives the first page. Default ``"reject"``.
        problem_type: errors have the form of RFC 9457, which no document about messaging names yet, with this media type:
            ``"application/problem+json"`` or ``"application/json"``. Default `None`: Twilio's older form.
        sending_callback: whether the status ``sending`` is called back. Default `False`, as documented.
        unregistered_10dlc: a message to the United States from a long code whose Messaging Service has no verified A2P
            campaign is delivered (``"deliver"``), or ends with 30034 (``"fail"``), as with Twilio itself. Default
            ``"deliver"``, since most tests are about something else.
    """

    oversized_page: Literal["clamp", "reject"] = "clamp"
    foreign_account: Literal[401, 404] = 401
    feedback_status: Literal[200, 201] = 200
    uncancelable_status: int = 400
    service_price_unit: str | None = None
    empty_service: Literal["refuse", "fail"] = "refuse"
    service_opt_out: Literal["refuse", "fail"] = "refuse"
    service_error_status: Literal[400, 404] = 400
    update_status: Literal[200, 202] = 200
    body_unit: Literal["characters", "utf-16"] = "characters"
    landline_code: Literal[21614, 21635] = 21614
    foreign_sender_code: Literal[21660, 21606] = 21660
    unknown_number_code: Literal[21711, 20404] = 21711
    repeated_sender: Literal["refuse", "repeat"] = "refuse"
    date_equality: Literal["day", "second"] = "day"
    unknown_page: Literal["reject", "ignore"] = "reject"
    problem_type: Literal["application/problem+json", "application/json"] | None = None
    sending_callback: bool = False
    unregistered_10dlc: Literal["deliver", "fail"] = "deliver"


DEFAULT = Switches()
"""Every switch as its documentation says."""
