"""Twilio's errors as the emulator gives them: one row each, in Twilio's words as far as they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


class ApiError(Exception):
    """The answer that a request ends with instead of what it asked for.

    Args:
        status: HTTP status.
        code: Twilio's.
        message: in Twilio's words.
        hint: in the emulator's own words, what may be wrong. Default: nothing is known.
    """

    def __init__(self, status: int, code: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def more_info(self) -> str:
        """Where Twilio explains the code."""
        return explanation(self.code)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    status: int
    code: int
    text: str

    def error(self, **blanks: object) -> ApiError:
        """The error, with what the text leaves open filled in."""
        return ApiError(self.status, self.code, self.text.format(**blanks))

    def with_status(self, status: int) -> Row:
        """The same error, where evidence for its HTTP status is divided."""
        return replace(self, status=status)


def masked(address: str) -> str:
    """An address as Twilio's messages show it: its last four characters hidden."""
    return f"{address[:-4]}XXXX"


# Of any request.
UNAUTHENTICATED = Row(401, 20003, "Authenticate")
NOT_FOUND = Row(404, 20404, "The requested resource {path} was not found")
METHOD_NOT_ALLOWED = Row(405, 20004, "Method not allowed")
PAGE_TOKEN_REQUIRED = Row(400, 20001, "PageToken is required for paging.")
PAGE_TOO_LARGE = Row(400, 20007, "Page size too large")
INVALID_PARAMETER = Row(400, 20001, "Invalid parameter {name}")
MISSING_PARAMETER = Row(400, 20001, "{name} is required")
UNKNOWN_PARAMETER = Row(400, 20001, "Unknown parameter {name}")
INVALID_BODY = Row(400, 20001, "The request body is no JSON object")
TOO_MANY_REQUESTS = Row(429, 20429, "Too Many Requests")
INTERNAL_ERROR = Row(500, 20500, "Internal Server Error")
UNAVAILABLE = Row(503, 20503, "Service is unavailable. Please try again.")
FORBIDDEN = Row(403, 20403, "403 Forbidden")
NOT_FOR_TESTING = Row(403, 20008, "Resource not accessible with Test Account Credentials")

# Of asking for an access token.
CLIENT_INVALID = Row(400, 322402, "Invalid credentials")
CLIENT_ID_EMPTY = Row(400, 321402, "Empty client_id")
GRANT_TYPE_INVALID = Row(400, 321403, "Invalid grant_type")

# Of the creation of a message, in the order in which it is checked.
TO_MISSING = Row(400, 21604, "A 'To' phone number is required.")
FROM_MISSING = Row(400, 21603, "A 'From' phone number is required.")
BODY_MISSING = Row(400, 21602, "Message body is required.")
CONTENT_MISSING = Row(400, 21619, "A text message body or media urls must be specified.")
CONTENT_SID_MISSING = Row(400, 21654, "ContentSid Required")
CONTENT_SID_INVALID = Row(400, 21655, "The ContentSid is Invalid")
CONTENT_VARIABLES_INVALID = Row(400, 21656, "The ContentVariables Parameter is invalid")
BODY_AND_VARIABLES = Row(400, 35127, "'Messages' Body and ContentVariables cannot be provided together")
BODY_TOO_LONG = Row(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
TOO_MANY_MEDIA = Row(400, 21623, "Number of media files exceeds allowed limit")
MEDIA_URL_INVALID = Row(400, 21620, "Invalid media URL(s)")
CALLBACK_INVALID = Row(400, 21609, "The 'StatusCallback' URL {url} is not a valid URL.")
VALIDITY_INVALID = Row(400, 21624, "Invalid validity period value")
MAX_PRICE_INVALID = Row(400, 21627, "Max Price must be a valid float")
CONTENT_RETENTION_INVALID = Row(400, 30029, "Invalid ContentRetention")
ADDRESS_RETENTION_INVALID = Row(400, 30030, "Invalid AddressRetention")
SCHEDULE_WITHOUT_SERVICE = Row(400, 35118, "MessagingServiceSid is required to schedule a message")
SEND_AT_MISSING = Row(400, 35111, "SendAt cannot be empty for ScheduleType 'fixed'")
SEND_AT_UNREADABLE = Row(400, 35114, "Scheduling does not support this timestamp")
SEND_AT_OUT_OF_RANGE = Row(
    400, 35114, "SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive"
)
TOO_MANY_SCHEDULED = Row(400, 35125, "Maximum limit reached in the account for scheduling messages")
CHANNEL_NOT_SCHEDULABLE = Row(400, 35126, "The ScheduleType value provided is not supported for this channel")
TO_INVALID = Row(400, 21211, "Invalid 'To' Phone Number: {to}")
TO_IS_SHORT_CODE = Row(400, 21265, "'To' number cannot be a Short Code: {to}")
TO_IS_FROM = Row(400, 21266, "'To' and 'From' number cannot be the same: {to}")
FROM_INVALID = Row(400, 21212, "The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID.")
ALPHA_ON_TRIAL = Row(400, 21267, "Alphanumeric Sender ID cannot be used as the 'From' number on trial accounts")
CHANNELS_DIFFER = Row(400, 21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel")
CHANNEL_UNKNOWN = Row(400, 63007, "Twilio could not find a Channel with the specified From address")
FROM_NOT_OWNED = Row(
    400,
    21606,
    "The From phone number {sender} is not a valid, SMS-capable inbound phone number or short code for your account.",
)
FROM_AMBIGUOUS = Row(400, 21616, "The 'From' number matches multiple numbers for your account")
FROM_OF_ANOTHER = Row(400, 21660, "Mismatch between the 'From' number {sender} and the account {account_sid}")
SHORT_CODE_NOT_OWNED = Row(400, 21659, "'From' {sender} is not a Twilio phone number or Short Code country mismatch")
FROM_WITHOUT_SMS = Row(400, 21661, "'From' number {sender} is not SMS-capable")
FROM_WITHOUT_MMS = Row(400, 21621, "The 'From' number has not been enabled for MMS")
SERVICE_INVALID = Row(400, 21705, "The Messaging Service is invalid")
SERVICE_UNKNOWN = Row(400, 21701, "The Messaging Service does not exist")
SERVICE_PAUSED = Row(400, 21702, "The Messaging Service is not available to send new messages")
SERVICE_EMPTY = Row(400, 21704, "The Messaging Service contains no phone numbers")
NO_SENDER_AVAILABLE = Row(400, 21703, "The Messaging Service does not have a phone number available to send a message")
OPTED_OUT = Row(400, 21610, "Attempt to send to unsubscribed recipient")
REGION_NOT_ENABLED = Row(
    400, 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}"
)
UNVERIFIED = Row(
    400,
    21608,
    "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers; verify {to} at "
    "twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send messages to unverified numbers",
)
UNREACHABLE = Row(
    400, 21612, "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' ({sender}) parameters"
)
NOT_MOBILE = Row(400, 21614, "To number: {to}, is not a mobile number")
LANDLINES: dict[int, Row] = {row.code: row for row in (NOT_MOBILE, Row(400, 21635, "'To' number cannot be a landline: {to}"))}
"""What a message to a landline may be refused with, by code."""
QUEUE_FULL = Row(429, 21611, "SMS queue is full.")

# Of what can be done to a message afterwards.
NOT_COMPLETED = Row(409, 20009, "Cannot delete message because delivery has not been completed.")
NOT_CANCELABLE = Row(400, 30409, "Message is not in a cancelable state.")

# Of Messaging Services and their pools.
ALREADY_IN_SERVICE = Row(409, 21710, "Phone Number or Short Code is already in the Messaging Service.")
IN_ANOTHER_SERVICE = Row(409, 21712, "Phone Number or Short Code is associated with another Messaging Service.")
POOL_FULL = Row(412, 21714, "Number Pool size limit reached")
ALPHA_SENDER_INVALID = Row(400, 21709, "Alpha Sender ID is Invalid or Not Authorized for this Messaging Service")
NUMBER_UNKNOWN = Row(404, 21711, "The Phone Number or Short Code SID is not associated with this Messaging Service")

# Of A2P brands and campaigns.
BRAND_NOT_APPROVED = Row(400, 20001, "The A2P brand {sid} is not approved")
NO_SOLE_PROPRIETOR = Row(400, 20001, "The A2P brand {sid} is no sole proprietor's, who alone has a one-time password")
BRAND_HAS_CAMPAIGN = Row(400, 20001, "The A2P brand {sid} is a sole proprietor's, and has its one campaign already")
SERVICE_HAS_CAMPAIGN = Row(400, 20001, "The Messaging Service {sid} has an A2P campaign already")

# Of toll-free verifications.
VERIFICATION_EXISTS = Row(400, 20001, "The Tollfree Phone Number has a verification already")
VERIFICATION_NOT_EDITABLE = Row(400, 20001, "The Tollfree Verification cannot be edited")

# Of domains for short links.
SERVICE_HAS_DOMAIN = Row(400, 20001, "The Messaging Service is associated with another domain")
# Of content templates.
ALREADY_SUBMITTED = Row(400, 92009, "The template associated with this SID has already been submitted for approval.")

# Of calls, which only test credentials can make.
CALL_TO_MISSING = Row(400, 21201, "No 'To' number is specified")
CALL_FROM_MISSING = Row(400, 21213, "No 'From' number is specified")
CALL_URL_MISSING = Row(400, 21205, "Url parameter is required.")
CALL_FROM_INVALID = Row(400, 21212, "'From' {sender} is not a valid phone number")
CALL_FROM_UNVERIFIED = Row(
    400,
    21210,
    "The source phone number provided, {sender}, is not yet verified for your account. You may only make calls from phone "
    "numbers that you've verified or purchased from Twilio.",
)
CALL_TO_INVALID = Row(400, 21217, "'To' {to} is not a valid phone number")
CALL_TO_UNREACHABLE = Row(400, 21214, "'To' phone number {to} cannot be reached")
CALL_REGION_NOT_ENABLED = Row(400, 21215, "Account not authorized to call {to}")
CALL_TO_BLOCKED = Row(400, 21216, "Account not allowed to call {to}")

# Of phone numbers that are to be bought.
NUMBER_INVALID = Row(400, 21421, "PhoneNumber is invalid")
NUMBER_TAKEN = Row(400, 21422, "PhoneNumber is not available")
AREA_CODE_INVALID = Row(400, 21451, "Invalid area code")
AREA_CODE_EMPTY = Row(400, 21452, "No phone numbers found in area code {area}")


def explanation(code: int) -> str:
    """Where Twilio explains a code."""
    return f"https://www.twilio.com/docs/errors/{code}"


def not_found(path: str) -> ApiError:
    """The error that nothing is at a path; newer products say it without their version."""
    return NOT_FOUND.error(path=re.sub(r"^/v\d(?=/)", "", path))


BY_STATUS: dict[int, Row] = {
    row.status: row
    for row in (
        INVALID_PARAMETER,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        UNAVAILABLE,
    )
}
"""What a fault that only says its HTTP status means."""
