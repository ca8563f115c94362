"""What messages cost, country by country: plausible, and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

CURRENCY = "USD"
LISTED = datetime(2024, 1, 1, tzinfo=UTC)


class Carrier(NamedTuple):
    """Whom people have their mobile phones from.

    Attributes:
        name: for people.
        mcc: the country's code in the mobile world.
        mnc: its own.
    """

    name: str
    mcc: str
    mnc: str


class CountryPrices(NamedTuple):
    """What a segment costs.

    Attributes:
        sid: the country's two letters, by which lists find it.
        name: the country's.
        outbound: to people there, in US dollars.
        inbound: from people to a number there.
        number_types: of the numbers that it has.
        carriers: of those people.
    """

    sid: str
    name: str
    outbound: Decimal
    inbound: Decimal
    number_types: tuple[str, ...]
    carriers: tuple[Carrier, ...]


_TABLE = """
AU | Australia      | 0.05150 | 0.00750 | mobile                      | Optus 505 02, Telstra 505 01, Vodafone 505 03
BR | Brazil         | 0.06130 | 0.00750 | mobile                      | Claro 724 05, TIM 724 02, Vivo 724 06
CA | Canada         | 0.00790 | 0.00750 | local, toll free, shortcode | Bell 302 640, Rogers 302 720, Telus 302 220
DE | Germany        | 0.10980 | 0.00750 | mobile                      | O2 262 07, Telekom 262 01, Vodafone 262 02
ES | Spain          | 0.08390 | 0.00750 | mobile                      | Movistar 214 07, Orange 214 03, Vodafone 214 01
FR | France         | 0.07980 | 0.00750 | mobile                      | Bouygues 208 20, Orange 208 01, SFR 208 10
GB | United Kingdom | 0.05240 | 0.00750 | mobile, shortcode           | EE 234 30, O2 234 10, Three 234 20, Vodafone 234 15
IE | Ireland        | 0.08250 | 0.00750 | mobile                      | Eir 272 03, Three 272 05, Vodafone 272 01
IN | India          | 0.08320 | 0.00750 | mobile                      | Airtel 404 10, Jio 405 857, Vi 404 20
IT | Italy          | 0.09270 | 0.00750 | mobile                      | TIM 222 01, Vodafone 222 10, WindTre 222 88
JP | Japan          | 0.07910 | 0.00750 | mobile                      | Docomo 440 10, KDDI 440 51, SoftBank 440 20
MX | Mexico         | 0.06720 | 0.00750 | mobile                      | AT&T 334 050, Movistar 334 03, Telcel 334 020
NL | Netherlands    | 0.10420 | 0.00750 | mobile                      | KPN 204 08, Odido 204 16, Vodafone 204 04
US | United States  | 0.00750 | 0.00750 | local, toll free, shortcode | AT&T 310 410, T-Mobile 310 260, Verizon 311 480
"""


def _row(line: str) -> CountryPrices:
    sid, name, outbound, inbound, number_types, carriers = (cell.strip() for cell in line.split("|"))
    return CountryPrices(
        sid=sid,
        name=name,
        outbound=Decimal(outbound),
        inbound=Decimal(inbound),
        number_types=(*number_types.split(", "),),
        carriers=tuple(Carrier(*carrier.rsplit(" ", 2)) for carrier in carriers.split(", ")),
    )


PRICES: Mapping[str, CountryPrices] = MappingProxyType({row.sid: row for row in map(_row, _TABLE.strip().splitlines())})
"""By the country's two letters."""
