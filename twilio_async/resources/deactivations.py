"""The numbers that carriers of the United States took out of service, day by day.

https://www.twilio.com/docs/messaging/api/deactivations-resource
"""

from __future__ import annotations

from datetime import date

from twilio_async._download import Download
from twilio_async._operation import MESSAGING, Resource, download


class Deactivations(Resource, at=MESSAGING):
    """The numbers that were deactivated (``session.deactivations``): whoever gets them next agreed to no texts."""

    @download("Deactivations")
    def fetch(self, *, date: date | None = None, timeout: float = 30.0) -> Download:
        """The numbers that were deactivated on a day, one in a line, as a stream.

        ::

            async with twilio.deactivations.fetch(date=yesterday) as file:
                async for number in file.lines():
                    unsubscribe(number)

        Twilio answers with a redirect to the host that stores them; the credentials do not go there.

        Args:
            date: the day; Twilio wants one.
            timeout: seconds until the first bytes, and between any two chunks. Default 30.

        Raises:
            InvalidRequest: there is no such day (20001); when it is entered.
        """
        ...
