r"""How many SMS segments a text costs. Twilio bills, queues and rate-limits text messages by the segment.

A text whose every character is in the GSM 03.38 alphabet travels as GSM-7 and fits one segment up to 160 septets; any
other travels as UCS-2, up to 70 UTF-16 units. A longer text is cut into segments of 153 septets or 67 units, since each
then carries a header that says how to join them. So one curly quote can more than double the price of a message:
`Segments.offending` names it, and *smart encoding*, a switch of Twilio's Messaging Services, replaces the commonest.

Segments are filled greedily. A character of the GSM extension table (two septets) is not cut in two, nor in UCS-2 a
grapheme cluster: a flag, a family of emoji, a letter with its accents. ``\r\n`` is two characters and may be cut.

Clusters follow Unicode's UAX #29 with Python's own `unicodedata`, and differ where a text message is unlikely to go: an
Indic conjunct is cut between its letters, and any symbol around a zero-width joiner counts as an emoji, with any marks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Encoding: TypeAlias = Literal["GSM-7", "UCS-2"]

# GSM 03.38: a character of the basic table is one septet, one of the extension table an escape and a septet.
_BASIC = (
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
_EXTENSION = "\f[\\]^{|}~€"
_BEYOND_BASIC = re.compile(f"[^{re.escape(_BASIC)}]")
_BEYOND_GSM = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]")
_ESCAPED = {ord(character): "\x1b" + character for character in _EXTENSION}

# The longest run that fits a segment. For UTF-16 each unit stands as "|" where a segment may begin, else as "-".
_SEPTETS_PART = re.compile(r"(?s:.){1,153}(?<!\x1b)")
_UTF16_PART = re.compile(r".{1,67}(?!-)")


class Offender(NamedTuple):
    """A character that forces a text into UCS-2."""

    character: str
    position: int
    """Its index in `Segments.text`."""
    name: str
    """Its Unicode name; ``"U+0009"`` and the like where it has none."""
    replacement: str | None
    """What smart encoding puts in its place, ``""`` if it is removed, ``None`` if it stays."""


@dataclass(frozen=True, slots=True, repr=False)
class Segments:
    """A text as it is cut into SMS segments. Made by `segments`."""

    text: str
    """The text as sent, after smart encoding if that was asked for."""
    encoding: Encoding
    units: int
    """Size of the whole text, headers not counted: septets in GSM-7, UTF-16 units in UCS-2."""
    texts: tuple[str, ...]
    """The text of each segment; joined they are `text`. At least one, for an empty message is sent and billed too."""

    @property
    def count(self) -> int:
        """How many segments are sent and billed; at least 1."""
        return len(self.texts)

    @property
    def offending(self) -> tuple[Offender, ...]:
        """The characters that keep the text out of GSM-7, in order; empty if it is GSM-7."""
        replacements = _replacements()
        return tuple(
            Offender(
                character=(character := found[0]),
                position=found.start(),
                name=unicodedata.name(character, f"U+{ord(character):04X}"),
                replacement=replacements.get(ord(character)),
            )
            for found in _BEYOND_GSM.finditer(self.text)
        )

    def __repr__(self) -> str:
        # The text is somebody's private message: it does not belong into logs.
        return f"<Segments {self.encoding} count={self.count} units={self.units} offending={len(self.offending)}>"


def segments(text: str, *, smart_encoding: bool = False) -> Segments:
    """Cut *text* as Twilio does before it sends it.

    Args:
        text: the body of a text message, of any length. An empty one takes one segment.
        smart_encoding: replace what `smart_encode` replaces first, as a Messaging Service with ``smart_encoding`` does.
            Default ``False``.

    Returns:
        The segments, and why they are as many as they are.

    Raises:
        ValueError: *text* holds half of a surrogate pair, which cannot be sent; the message names its position.
    """
    _refuse_lone_surrogates(text)
    if smart_encoding:
        text = smart_encode(text)
    if _BEYOND_GSM.search(text) is None:
        septets = text.translate(_ESCAPED)
        return Segments(text, "GSM-7", len(septets), (text,) if len(septets) <= 160 else _cut_septets(septets))
    units = _utf16_units(text)
    return Segments(text, "UCS-2", units, (text,) if units <= 70 else _cut_utf16(text))


def segment_count(text: str, *, smart_encoding: bool = False) -> int:
    """How many segments *text* takes: `segments(...).count`, quicker for the plain texts that most messages are.

    Args:
        text: the body of a text message, of any length. An empty one takes one segment.
        smart_encoding: count what is left after `smart_encode`. Default ``False``.

    Returns:
        Segments, at least 1.

    Raises:
        ValueError: *text* holds half of a surrogate pair, which cannot be sent; the message names its position.
    """
    if _BEYOND_BASIC.search(text) is None:  # which smart encoding would leave as it is
        return 1 if len(text) <= 160 else -(-len(text) // 153)
    return segments(text, smart_encoding=smart_encoding).count


def smart_encode(text: str) -> str:
    """Replace the characters outside GSM-7 that have a near likeness inside it, as Twilio's smart encoding does.

    Curly quotes and dashes become straight, an ellipsis three dots, full-width capitals and digits plain, a wide blank
    two spaces; invisible characters go. What has no likeness (emoji, most accents, other scripts) stays. The result may
    be longer than *text*; encoding it again changes nothing.

    Args:
        text: any text.
    """
    return text if _BEYOND_GSM.search(text) is None else text.translate(_replacements())


def _refuse_lone_surrogates(text: str) -> None:
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError as error:
        half = f"text[{error.start}] is U+{ord(text[error.start]):04X}, half of a surrogate pair"
        raise ValueError(f"{half}: it cannot be sent") from None


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut_septets(septets: str) -> tuple[str, ...]:
    """The texts of segments that hold *septets*, a text whose characters of the extension table are escaped."""
    return tuple(part.replace("\x1b", "") for part in _SEPTETS_PART.findall(septets))


def _cut_utf16(text: str) -> tuple[str, ...]:
    octets = text.encode("utf-16-le")
    parts = _UTF16_PART.finditer(_beginnings(text))
    return tuple(octets[2 * part.start() : 2 * part.end()].decode("utf-16-le") for part in parts)


def _beginnings(text: str) -> str:
    """Where in *text* a segment may begin, unit by unit, as `_UTF16_PART` reads it."""
    characters = set(text)
    parts = text.translate({ord(character): _part(character) for character in characters})
    if not _JOINING.search(parts):
        return text.translate({ord(character): _beginning(character) for character in characters})
    return "".join(_beginning(text[found.start() : found.end()]) for found in _CLUSTER.finditer(parts))


def _beginning(cluster: str) -> str:
    units = _utf16_units(cluster)
    if units > 67:  # which no segment can hold: it may be cut, but not inside a character
        return "".join(map(_beginning, cluster))
    return "|" + "-" * (units - 1)


# --- Grapheme clusters -----------------------------------------------------------------------------------------------
#
# Each character is given a letter for the part it plays, and a pattern over these letters finds the clusters:
#   c control   m mark on what precedes it   r mark on what follows it   z zero-width joiner   p pictograph
#   f half of a flag   o any other
#   Korean: l leading consonant   v vowel   t trailing consonant   s syllable without a trailing consonant   d with one

_CLUSTER = re.compile("c|r*(?:p(?:m*+zp)*+|ff?|l*+(?:[sv]v*+|d)t*+|l++|t++|[^c])[mz]*+")

# In a text without any of these every character is a cluster of its own.
_JOINING = re.compile("[mrzflvt]")

_PART_OF_CATEGORY = {"Cc": "c", "Cf": "c", "Zl": "c", "Zp": "c", "Mn": "m", "Mc": "m", "Me": "m", "So": "p"}

# What the general category does not tell.
_PART_OF_RANGE = {
    "m": "0E33 0EB3 200C FF9E-FF9F 1F3FB-1F3FF E0020-E007F",
    "r": "0600-0605 06DD 070F 0890-0891 08E2 0D4E 110BD 110CD 111C2-111C3 113D1 1193F 11941 11A3A 11A84-11A89 11D46 11F02",
    "z": "200D",
    "p": "203C 2049 2139 2194 25FB-25FE 2934-2935 3030 303D",
    "f": "1F1E6-1F1FF",
    "l": "1100-115F A960-A97C",
    "v": "1160-11A7 D7B0-D7C6",
    "t": "11A8-11FF D7CB-D7FB",
    # Vowels and tone marks of Burmese and its neighbours that stand on their own.
    "o": "102B-102C 1038 1062-1064 1067-106D 1083 1087-108C 108F 109A-109C 1A61 1A63-1A64 AA7B AA7D 11720-11721",
}


@lru_cache(maxsize=4096)
def _part(character: str) -> str:
    """The letter of the part that *character* plays in a cluster."""
    code = ord(character)
    if listed := _listed_parts().get(code):
        return listed
    if 0xAC00 <= code <= 0xD7A3:
        return "d" if (code - 0xAC00) % 28 else "s"
    if 0x1F000 <= code <= 0x1FAFF:  # emoji newer than this Python's `unicodedata` included
        return "p"
    return _PART_OF_CATEGORY.get(unicodedata.category(character), "o")


@cache
def _listed_parts() -> dict[int, str]:
    return {code: part for part, ranges in _PART_OF_RANGE.items() for code in _code_points(ranges)}


# --- Smart encoding --------------------------------------------------------------------------------------------------

# Forms that Unicode itself calls compatible with plain characters: fractions, vertical, small and full-width forms.
_COMPATIBLE = "00BC-00BE 2026 203C FE13-FE16 FE50 FE52 FE54 FE56-FE57 FE59-FE5C FE5F-FE66 FE68-FE6B FF01-FF3F FF5B-FF5E"
_SMALL_CAPITALS = "ABCDEFGHIJKLMNOPRSTUVWYZ"  # Twilio leaves Q alone, and Unicode has no X

# What only looks alike, in Twilio's eyes.
_LIKENESSES = {
    '"': "00AB 00BB 02BA 02EE 201C-201F 275D-275E 301D-301E",
    "'": "0060 00B4 02B9 02BB-02BD 02C8 02CA-02CB 0313-0314 2018-2019 201B 275B-275C FE10-FE11",
    "(": "2768 276A 27EE 2985",
    ")": "2769 276B 27EF 2986",
    "*": "204E 2217 229B 2722-2725 2731-2733 273A-273D 2743 2749-274B 29C6",
    "+": "02D6",
    ",": "0326 201A 3001 FE51 FF64",
    "-": "2010 2013-2015 2022 2043 23BC-23BD",
    ".": "3002 FF61",
    "/": "00F7 0337-0338 2044 2215 29F8",
    ":": "02D0 02F8 2982 A789",
    ";": "204F",
    "!": "01C3",
    "<": "2039",
    "=": "0347 A78A",
    ">": "203A",
    "\\": "20E5 29F5 29F9",
    "^": "02C6 0302 1DCD",
    "_": "0332 2017",
    "{": "2774",
    "|": "20D2-20D3 2223 23B8-23B9 23D0 239C 239F",
    "}": "2775",
    "~": "02DC 02F7 0303 0330 0334 223C",
    " ": "2001 2028-2029",
    "  ": "0080 008D 0090 009B 009F 00A0 2000 2002-200A 202F 205F 3000",
    "       ": "0009",
    "": "0000 0003-0004 0010-0014 0017 0019 200B-200C 2060 FEFF",
}


@cache
def _replacements() -> dict[int, str]:
    """What smart encoding puts in the place of each code point that it replaces."""
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in _code_points(_COMPATIBLE)}
    table = {code: form.replace("\N{FRACTION SLASH}", "/") for code, form in plain.items()}
    table |= {ord(unicodedata.lookup(f"LATIN LETTER SMALL CAPITAL {letter}")): letter for letter in _SMALL_CAPITALS}
    for likeness, ranges in _LIKENESSES.items():
        table |= dict.fromkeys(_code_points(ranges), likeness)
    return table


def _code_points(ranges: str) -> Iterator[int]:
    """The code points of a list such as ``"203C 2722-2725"``."""
    for entry in ranges.split():
        first, _, last = entry.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)
