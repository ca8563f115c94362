"""What messages cost, country by country."""

from __future__ import annotations

from decimal import Decimal

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.prices import CURRENCY, LISTED, PRICES, CountryPrices

FOLDER = "/v1/Messaging/Countries"

_COUNTRIES: Collection[CountryPrices] = Collection()
for _country in sorted(PRICES.values(), reverse=True):  # a list shows the last of a collection first
    _COUNTRIES.add(_country, LISTED)

routes: Routes = Routes()


def _country_content(call: Call, country: CountryPrices) -> dict[str, object]:
    return {"country": country.name, "iso_country": country.sid, "url": f"{call.origin}{FOLDER}/{country.sid}"}


def _price(number_type: str, price: Decimal) -> dict[str, object]:
    return {"base_price": str(price), "current_price": str(price), "number_type": number_type}


@routes.get("ListMessagingCountry", FOLDER, *PARAMETERS)
def list_countries(call: Call) -> Answer:
    """The countries that have prices, by their letters."""
    return page_of(call, "countries", _COUNTRIES, lambda country: _country_content(call, country))


@routes.get("FetchMessagingCountry", f"{FOLDER}/{{IsoCountry}}")
def fetch_country(call: Call) -> Answer:
    """What messages to and from one country cost."""
    country = PRICES.get(call.sids["IsoCountry"])
    if country is None:
        raise call.not_found()
    outbound = [_price(number_type, country.outbound) for number_type in country.number_types]
    return Answer(
        content={
            **_country_content(call, country),
            "inbound_sms_prices": [_price(number_type, country.inbound) for number_type in country.number_types],
            "outbound_sms_prices": [
                {"carrier": carrier.name, "mcc": carrier.mcc, "mnc": carrier.mnc, "prices": outbound}
                for carrier in country.carriers
            ],
            "price_unit": CURRENCY,
        }
    )
