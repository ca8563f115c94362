"""`twilio_async._segments`: what a text costs, judged by what Twilio billed and by what Twilio's own calculator says."""

from __future__ import annotations

import json
import pickle
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async._segments import Offender, Segments, segment_count, segments, smart_encode

if TYPE_CHECKING:
    from collections.abc import Callable

# GSM 03.38 in the order of its codes, 0x00 to 0x7F without the escape at 0x1B.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = "\f^{}\\[~]|€"
GSM = GSM_BASIC + GSM_EXTENSION

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # 11 units
FLAG = "\U0001f1eb\U0001f1f7"  # 4 units
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"  # 14 units

# Clusters that stay the same whatever stands next to them.
CLUSTERS = {
    "letter": "a",
    "ideograph": "漢",
    "emoji": "\U0001f600",
    "emoji with a skin tone": "\U0001f44d\U0001f3ff",
    "emoji newer than the interpreter's Unicode": "\U0001fae8\u200d\U0001f525",
    "text symbol as emoji": "\u263a\ufe0f",
    "family": FAMILY,
    "profession with a skin tone": "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "rainbow flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "heart on fire": "\u2764\ufe0f\u200d\U0001f525",
    "head shaking, with an arrow that is a mathematical sign": "\U0001f642\u200d\u2194\ufe0f",
    "national flag": FLAG,
    "flag of tags": SCOTLAND,
    "keycap": "1\ufe0f\u20e3",
    "decomposed accent": "e\u0301",
    "two accents": "a\u0308\u0301",
    "Devanagari vowel": "\u0915\u093f",
    "Thai vowel": "\u0e01\u0e33",
    "Korean syllable of jamo": "\u1112\u1161\u11ab",
    "Korean syllable with a jamo": "\uac00\u11a8",
    "non-joiner after a letter": "x\u200c",
    "joiner after a letter": "x\u200d",
    "half-width katakana with its voicing mark": "\uff76\uff9e",
    "Arabic number sign and the first of its digits": "\u0600\u0661",
    "two Arabic signs that precede a digit": "\u0600\u06dd\u0661",
}

# Clusters that Korean neighbours would join.
JAMO = {
    "leading jamo": "\u1100\u1100",
    "leading jamo and a syllable": "\u1100\uac00",
    "syllable and a vowel": "\uac00\u1161",
    "trailing jamo": "\u11a8\u11a8",
    "old leading jamo": "\ua960\u1161",
    "old vowel": "\u1100\ud7b0",
    "old trailing jamo": "\uac01\ud7cb",
}


def utf16(text: str) -> int:
    """How many UTF-16 units *text* is."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def septets(text: str) -> int:
    """How many septets *text* is."""
    return sum(2 if character in GSM_EXTENSION else 1 for character in text)


def sizes(text: str, *, smart_encoding: bool = False) -> tuple[str, list[int]]:
    """The encoding of *text*, and the size of each of its segments."""
    cut = segments(text, smart_encoding=smart_encoding)
    measure = septets if cut.encoding == "GSM-7" else utf16
    return cut.encoding, [measure(part) for part in cut.texts]


def fewest(pieces: list[int], single: int, part: int) -> int:
    """The least number of segments that hold pieces of these sizes in their order, found by trying every cut."""
    if sum(pieces) <= single:
        return 1
    ends = [0, *accumulate(pieces)]
    least = [0]
    for end in range(1, len(ends)):
        starts = (start for start in range(max(0, end - part), end) if ends[end] - ends[start] <= part)
        least.append(1 + min(least[start] for start in starts))
    return least[-1]


# --- What Twilio billed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "smart_encoding", "encoding", "billed"),
    [
        pytest.param("a" * 80 + "\r\n" + "a" * 79, False, "GSM-7", 2, id="CRLF is two characters, 161 in all"),
        pytest.param("a" * 80 + "\n" + "a" * 79, False, "GSM-7", 1, id="LF is one, 160 in all"),
        pytest.param("a" * 200 + "\r\n" + "a" * 105, False, "GSM-7", 3, id="CRLF makes 307"),
        pytest.param("\u00e9" * 70, False, "GSM-7", 1, id="70 composed accents"),
        pytest.param("e\u0301" * 70, False, "UCS-2", 3, id="70 decomposed accents"),
        pytest.param("e\u0301", False, "UCS-2", 1, id="1 decomposed accent"),
        pytest.param("\u201cHi\u201d", False, "UCS-2", 1, id="curly quotes"),
        pytest.param("\u201cHi\u201d", True, "GSM-7", 1, id="curly quotes, smart encoding"),
        pytest.param("a\u201eb\u200cc", False, "UCS-2", 1, id="low quote and non-joiner"),
        pytest.param("a\u201eb\u200cc", True, "GSM-7", 1, id="low quote and non-joiner, smart encoding"),
        pytest.param("\U0001f600|", False, "UCS-2", 1, id="emoji and a pipe"),
        pytest.param("a" * 160, False, "GSM-7", 1, id="160 letters"),
        pytest.param("a" * 161, False, "GSM-7", 2, id="161 letters"),
        pytest.param("中" * 70, False, "UCS-2", 1, id="70 ideographs"),
        pytest.param("中" * 71, False, "UCS-2", 2, id="71 ideographs"),
        pytest.param("|", False, "GSM-7", 1, id="a pipe"),
        pytest.param("]" * 153, False, "GSM-7", 3, id="306 septets that do not fit in two segments"),
        pytest.param("this is a " + "]" * 74 + "\U0001f618", False, "UCS-2", 2, id="brackets in UCS-2 are one unit"),
    ],
)
def test_segments_are_those_that_twilio_billed(text: str, smart_encoding: bool, encoding: str, billed: int) -> None:
    """Texts that were really sent through Twilio cost the ``num_segments`` that it answered with."""
    cut = segments(text, smart_encoding=smart_encoding)

    assert (cut.encoding, cut.count) == (encoding, billed)
    assert segment_count(text, smart_encoding=smart_encoding) == billed


# --- What Twilio's calculator says -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        pytest.param("", "GSM-7", [0], id="nothing"),
        pytest.param("Your parcel is here.", "GSM-7", [20], id="plain"),
        pytest.param(GSM, "GSM-7", [147], id="the whole alphabet"),
        pytest.param("a" * 306, "GSM-7", [153, 153], id="two full"),
        pytest.param("a" * 307, "GSM-7", [153, 153, 1], id="two full and one"),
        pytest.param("€" * 80, "GSM-7", [160], id="80 of the extension table"),
        pytest.param("€" * 81, "GSM-7", [152, 10], id="81 of the extension table"),
        pytest.param("a" * 152 + "€" + "a" * 10, "GSM-7", [152, 12], id="escape at the edge moves"),
        pytest.param("a" * 151 + "€" + "a" * 10, "GSM-7", [153, 10], id="escape before the edge stays"),
        pytest.param("a" * 158 + "€", "GSM-7", [160], id="escape ends a single segment"),
        pytest.param("a" * 159 + "€", "GSM-7", [153, 8], id="escape overflows a single segment"),
        pytest.param("a" * 152 + "\r\n" + "a" * 10, "GSM-7", [153, 11], id="CRLF is cut"),
        pytest.param("\x0c" * 2, "GSM-7", [4], id="form feed"),
        pytest.param("fa\u00e7ade", "UCS-2", [6], id="small c with cedilla is outside"),
        pytest.param("FA\u00c7ADE", "GSM-7", [6], id="the capital is inside"),
        pytest.param("`", "UCS-2", [1], id="backtick"),
        pytest.param("a\tb", "UCS-2", [3], id="tab"),
        pytest.param("a\x1bb", "UCS-2", [3], id="a bare escape is no GSM-7"),
        pytest.param("中" * 135, "UCS-2", [67, 67, 1], id="135 ideographs"),
        pytest.param("\U0001f600" * 35, "UCS-2", [70], id="35 emoji"),
        pytest.param("\U0001f600" * 36, "UCS-2", [66, 6], id="36 emoji: no surrogate pair is cut"),
        pytest.param("a" * 66 + "\U0001f600" + "a" * 9, "UCS-2", [66, 11], id="emoji at the edge"),
        pytest.param("中" * 66 + "\r\n" + "中" * 9, "UCS-2", [67, 10], id="CRLF is cut in UCS-2"),
        pytest.param("中" * 66 + "e\u0301" + "中" * 9, "UCS-2", [66, 11], id="accent stays with its letter"),
        pytest.param(FLAG * 20, "UCS-2", [64, 16], id="20 flags"),
        pytest.param(FAMILY * 7, "UCS-2", [66, 11], id="7 families"),
        pytest.param(FAMILY * 14, "UCS-2", [66, 66, 22], id="14 families take more than 154/67"),
        pytest.param(SCOTLAND * 6, "UCS-2", [56, 28], id="flags of tags"),
        pytest.param("\u0e01\u0e33" * 40, "UCS-2", [66, 14], id="Thai"),
        pytest.param("\u1112\u1161\u11ab" * 30, "UCS-2", [66, 24], id="decomposed Korean"),
        pytest.param("한국어" * 30, "UCS-2", [67, 23], id="composed Korean"),
        pytest.param("\u043f\u0440\u0438\u0432\u0435\u0442 " * 11, "UCS-2", [67, 10], id="Russian"),
        pytest.param("a" * 68 + "{}" + "漢", "UCS-2", [67, 4], id="the extension table is one unit in UCS-2"),
    ],
)
def test_segments_are_those_of_twilios_calculator(text: str, encoding: str, expected: list[int]) -> None:
    """Encoding and size of every segment are as Twilio's published calculator (1.3.0) finds them."""
    cut = segments(text)

    assert sizes(text) == (encoding, expected)
    assert cut.units == sum(expected)
    assert segment_count(text) == cut.count == len(expected)


@pytest.mark.parametrize(
    ("text", "sent", "expected"),
    [
        pytest.param("It\u2019s here\u2026", "It's here...", ("GSM-7", [12]), id="quote and ellipsis"),
        pytest.param("\u00abOui\u00bb \u2013 \u2014", '"Oui" - -', ("GSM-7", [9]), id="guillemets and dashes"),
        pytest.param("1\u00a0\u20ac", "1  €", ("GSM-7", [5]), id="a no-break space becomes two"),
        pytest.param("a\tb", "a       b", ("GSM-7", [9]), id="a tab becomes seven"),
        pytest.param("a\u200bb\ufeff", "ab", ("GSM-7", [2]), id="invisible ones go"),
        pytest.param("\u00bd\u203c", "1/2!!", ("GSM-7", [5]), id="compatible forms"),
        pytest.param("\uff28\uff29\uff01\uff59", "HI!\uff59", ("UCS-2", [4]), id="full-width capitals only"),
        pytest.param("\u029c\u026a", "HI", ("GSM-7", [2]), id="small capitals"),
        pytest.param("\uff3b\u2774", "[{", ("GSM-7", [4]), id="into the extension table"),
        pytest.param("n\u0303", "n~", ("GSM-7", [3]), id="a combining tilde becomes one that stands alone"),
        pytest.param("`\u00b4", "''", ("GSM-7", [2]), id="backtick"),
        pytest.param("e\u0301\u2019", "e\u0301'", ("UCS-2", [3]), id="an acute accent stays"),
        pytest.param("\u2019\U0001f600", "'\U0001f600", ("UCS-2", [3]), id="replaced even where emoji remain"),
        pytest.param("a" * 159 + "\u2026", "a" * 159 + "...", ("GSM-7", [153, 9]), id="longer than it was"),
    ],
)
def test_smart_encoding_is_that_of_twilios_calculator(text: str, sent: str, expected: tuple[str, list[int]]) -> None:
    """With smart encoding the text sent, its encoding and its segments are those of Twilio's calculator (1.3.0)."""
    assert smart_encode(text) == sent
    assert segments(text, smart_encoding=True).text == sent
    assert sizes(text, smart_encoding=True) == expected


# --- Grapheme clusters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cluster", [pytest.param(text, id=name) for name, text in (CLUSTERS | JAMO).items()])
def test_a_cluster_at_the_edge_of_a_segment_moves_whole(cluster: str) -> None:
    """A grapheme cluster that does not fit what is left of a segment begins the next one."""
    almost_full = "漢" * (68 - utf16(cluster))

    assert segments(almost_full + cluster + "漢" * 20).texts == (almost_full, cluster + "漢" * 20)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("\r", "\n", id="CRLF"),
        pytest.param(FLAG, FLAG, id="two flags"),
        pytest.param("\U0001f1eb", "a", id="half a flag and a letter"),
        pytest.param("\U0001f600", "\U0001f600", id="two emoji"),
        pytest.param("a\u200d", "b", id="a joiner between letters"),
        pytest.param("\u200b", "\u0301", id="a control and a mark"),
        pytest.param("\uac01", "\uac00", id="Korean syllables"),
        pytest.param("\uac01", "\u1161", id="a vowel after a syllable that has its trailing consonant"),
        pytest.param("\u1100", "\u11a8", id="leading and trailing jamo without a vowel"),
        pytest.param("\u1019", "\u102c", id="a Burmese vowel that stands on its own"),
        pytest.param("\u0915\u094d", "\u0915", id="limit: an Indic conjunct"),
        pytest.param("\u0600", "\r", id="an Arabic number sign and a control"),
        pytest.param("\u0600\u0661", "\u0662", id="the digits of an Arabic number sign"),
    ],
)
def test_what_is_no_cluster_may_be_cut(before: str, after: str) -> None:
    """Two neighbours that are not one grapheme cluster end one segment and begin the next."""
    head = "漢" * (67 - utf16(before)) + before
    tail = after + "漢" * 20

    assert segments(head + tail).texts == (head, tail)


def test_a_cluster_longer_than_a_segment_is_cut_between_its_characters() -> None:
    """A letter under as many marks as fill a segment is kept whole, one with more is not, but a surrogate pair is."""
    two_units = "\U0001d167"  # a combining mark

    assert sizes("ab" + "\u0301" * 66 + "c" * 9) == ("UCS-2", [1, 67, 9])
    assert sizes("ab" + "\u0301" * 67 + "c" * 9) == ("UCS-2", [67, 11])
    assert sizes("ab" + two_units * 50) == ("UCS-2", [66, 36])


# --- Why a text is UCS-2 ---------------------------------------------------------------------------------------------


def test_offenders_say_what_where_and_what_would_replace_it() -> None:
    """Each character outside GSM-7 is reported with its position, its name and its likeness."""
    assert segments("It\u2019s \u6f22\t\u200b{}").offending == (
        Offender("\u2019", 2, "RIGHT SINGLE QUOTATION MARK", "'"),
        Offender("\u6f22", 5, "CJK UNIFIED IDEOGRAPH-6F22", None),
        Offender("\t", 6, "U+0009", " " * 7),
        Offender("\u200b", 7, "ZERO WIDTH SPACE", ""),
    )


def test_offenders_after_smart_encoding_are_those_that_remain() -> None:
    """Positions are those of the text as sent, and nothing that remains could have been replaced."""
    remaining = segments("\u2026\U0001f600", smart_encoding=True).offending

    assert remaining == (Offender("\U0001f600", 3, "GRINNING FACE", None),)


@pytest.mark.parametrize("smart_encoding", [False, True])
@pytest.mark.parametrize("count", [segments, segment_count])
def test_half_a_surrogate_pair_is_refused(count: Callable[..., Segments | int], smart_encoding: bool) -> None:
    """A lone surrogate raises, and the message names its position in the text that was given."""
    with pytest.raises(ValueError, match=r"text\[4\] is U\+D83D"):
        count("ab\u200b\u2026\ud83d", smart_encoding=smart_encoding)


def test_segments_are_values() -> None:
    """Two results of the same text are equal, hash alike, survive pickling and cannot be changed."""
    cut = segments("\u2019")

    assert cut == segments("\u2019") != segments("'")
    assert len({cut, segments("\u2019")}) == 1
    assert pickle.loads(pickle.dumps(cut)) == cut
    with pytest.raises(AttributeError):
        cut.units = 2  # type: ignore[misc]  # the very thing that is refused


def test_the_repr_does_not_show_the_text() -> None:
    """What goes into a log is sizes, never a word of the message."""
    assert repr(segments("my secret \u2019" * 10)) == "<Segments UCS-2 count=2 units=110 offending=10>"


# --- The tables ------------------------------------------------------------------------------------------------------

FIRST_TWO_PLANES = [chr(code) for code in range(0x20000) if not 0xD800 <= code <= 0xDFFF]  # no surrogates

PUBLISHED = Path(__file__).parents[1] / ".." / "shared" / "spec" / "smart_encoding.json"

# Where the newest calculator, 1.3.0, corrects the published map that is compared with.
DEVIATIONS = {
    "\u2039": "<",  # the map has the two single guillemets the wrong way round
    "\u203a": ">",
    "\u200c": "",  # the map lacks the zero-width non-joiner; Twilio was seen to remove it
}


def replaced() -> dict[str, str]:
    """Every character of the first two planes that smart encoding changes, and what it becomes."""
    return {character: new for character in FIRST_TWO_PLANES if (new := smart_encode(character)) != character}


@pytest.mark.skipif(not PUBLISHED.exists(), reason=f"no published smart-encoding map at {PUBLISHED}")
def test_smart_encoding_is_the_published_map() -> None:
    """Entry for entry our table is the published one, but for the deviations listed."""
    published = {
        chr(int(entry["codepoint"].removeprefix("U+"), 16)): entry["replacement"]
        for entry in json.loads(PUBLISHED.read_text("utf-8"))["map"]
    }

    assert all(published.get(character) != ours for character, ours in DEVIATIONS.items())
    assert replaced() == published | DEVIATIONS


def test_smart_encoding_replaces_with_gsm_only() -> None:
    """271 characters are replaced, none of which is in GSM-7, by text that is."""
    table = replaced()

    assert len(table) == 271
    assert not set(table) & set(GSM)
    assert set("".join(table.values())) <= set(GSM)


def test_gsm_is_its_two_tables() -> None:
    """Of the first two planes exactly the 127 and 10 characters of GSM 03.38 travel as GSM-7."""
    inside = {character for character in FIRST_TWO_PLANES if segments(character).encoding == "GSM-7"}

    assert inside == set(GSM)
    assert len(inside) == 137
    assert {character for character in inside if segments(character).units == 2} == set(GSM_EXTENSION)


# --- Properties ------------------------------------------------------------------------------------------------------

gsm_texts = st.lists(st.tuples(st.sampled_from(GSM), st.integers(1, 90)), max_size=8).map(
    lambda runs: "".join(character * times for character, times in runs)
)
cluster_lists = st.lists(
    st.sampled_from([*CLUSTERS.values(), "\r", "\n", "{"]).flatmap(
        lambda cluster: st.integers(1, 30).map(lambda times: [cluster] * times)
    ),
    max_size=8,
).map(lambda runs: ["漢", *(cluster for run in runs for cluster in run)])
texts = st.one_of(
    gsm_texts,
    cluster_lists.map("".join),
    st.text(max_size=200),
    st.text(st.sampled_from([*"ab{€漢\r\n\u2019\u2026\u00a0\u0301\u200b\u200d\ufe0f", *FLAG, *FAMILY]), max_size=300),
    st.integers(0, 150).map(lambda marks: "ab" + "\u0301" * marks),
)


@given(texts, st.booleans())
def test_the_segments_make_up_the_text(text: str, smart_encoding: bool) -> None:
    """Joined, the segments are the text as sent, and none is empty unless the text is."""
    cut = segments(text, smart_encoding=smart_encoding)

    assert "".join(cut.texts) == cut.text == (smart_encode(text) if smart_encoding else text)
    assert all(cut.texts) or cut.texts == ("",)


@given(texts, st.booleans())
def test_every_segment_fits(text: str, smart_encoding: bool) -> None:
    """A single segment has 160 septets or 70 units, each of several 153 or 67, and the units are their sum."""
    cut = segments(text, smart_encoding=smart_encoding)
    encoding, parts = sizes(text, smart_encoding=smart_encoding)
    single, several = (160, 153) if encoding == "GSM-7" else (70, 67)

    assert max(parts) <= (single if len(parts) == 1 else several)
    assert sum(parts) == cut.units
    assert (cut.units <= single) == (cut.count == 1)


@given(texts, st.booleans())
def test_counting_is_cutting(text: str, smart_encoding: bool) -> None:
    """The quick count is the number of segments cut."""
    cut = segments(text, smart_encoding=smart_encoding)

    assert segment_count(text, smart_encoding=smart_encoding) == cut.count == len(cut.texts)


@given(gsm_texts)
def test_gsm_takes_the_fewest_segments(text: str) -> None:
    """No way of cutting a GSM-7 text between its characters needs fewer segments, and smart encoding leaves it be."""
    cut = segments(text)

    assert cut.encoding == "GSM-7"
    assert cut.offending == ()
    assert cut.count == fewest([septets(character) for character in text], 160, 153)
    assert segments(text, smart_encoding=True) == cut


@given(cluster_lists)
def test_clusters_take_the_fewest_segments(clusters: list[str]) -> None:
    """No way of cutting between clusters needs fewer segments, and no cluster is cut."""
    cut = segments("".join(clusters))

    assert cut.count == fewest([utf16(cluster) for cluster in clusters], 70, 67)
    assert set(accumulate(map(len, cut.texts))) <= set(accumulate(map(len, clusters)))


@given(texts, st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(GSM + FLAG + FAMILY + "\u0301")))
def test_a_longer_text_never_costs_less(text: str, character: str) -> None:
    """Adding a character at the end of a text never lowers the number of its segments."""
    assert segment_count(text + character) >= segment_count(text)


@given(st.text(st.sampled_from([chr(code) for code in range(0x20, 0x7F) if chr(code) != "`"]), max_size=400))
def test_plain_ascii_is_gsm(text: str) -> None:
    """Printable ASCII without the backtick never needs UCS-2."""
    assert segments(text).encoding == "GSM-7"


@given(texts)
def test_smart_encoding_twice_is_once(text: str) -> None:
    """Smart encoding leaves nothing that it would replace, so what still offends has no likeness."""
    once = smart_encode(text)

    assert smart_encode(once) == once
    assert all(offender.replacement is None for offender in segments(once).offending)


@given(texts)
def test_ucs2_has_offenders_and_gsm_has_none(text: str) -> None:
    """A text is UCS-2 because of the characters reported, and without them would be GSM-7."""
    cut = segments(text)
    where = {offender.position for offender in cut.offending}

    assert (cut.encoding == "UCS-2") == bool(where)
    assert all(text[offender.position] == offender.character for offender in cut.offending)
    assert segments("".join(c for i, c in enumerate(text) if i not in where)).encoding == "GSM-7"
