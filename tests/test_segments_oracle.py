"""`twilio_async._segments` before its judge, Twilio's own calculator (npm `sms-segments-calculator`), with 10,800 texts.

Three things are kept from the judge, because it is wrong there or has no opinion:

- Half of a surrogate pair, which we refuse and it counts.
- A letter under more marks than a segment holds: it makes one segment longer than a segment can be.
- A zero-width joiner between symbols that are no emoji, such as box drawings, or behind an emoji under a vowel sign: we join
  them, no version of Unicode does, and nobody writes them.

Where it finds other grapheme clusters than Node does, since it knows those of Unicode 10 only, it is asked once more with the
clusters of today. Those are texts with skin tones, with emoji of joined parts, or with marks, that came after 2017.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.javascript import run_javascript
from tests.test_segments import CLUSTERS, GSM, GSM_BASIC, GSM_EXTENSION, JAMO, sizes, utf16
from twilio_async._segments import segment_count, segments, smart_encode

TEXTS_OF_A_KIND = 900
LEAST_JUDGED = 10_000
"""Texts that the calculator has to agree on as it is."""

# Sizes at which something changes: one segment is full, or two, or three.
EDGES_GSM = (160, 160, 160, 160, 160, 306)
EDGES_UCS2 = (70, 70, 134)

SMART = [chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF and smart_encode(chr(code)) != chr(code)]

EMOJI = [
    "😀",
    "😘",
    "❤️",
    "☺",
    "☕",
    "👍",
    "👍🏽",
    "👩🏿",
    "1️⃣",
    "#️⃣",
    "👨\u200d👩\u200d👧\u200d👦",
    "👩\u200d❤️\u200d💋\u200d👩",
    "👩🏽\u200d💻",
    "🏳️\u200d🌈",
    "🏃\u200d♀️",
    "🕵️\u200d♂️",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🇫🇷",
    "🇩🇪",
    "🇫",
]
LATER_EMOJI = [
    "🦸",
    "🦸🏽",
    "🦶🏿",
    "🫨",
    "🫱🏻\u200d🫲🏿",
    "❤️\u200d🔥",
    "👨\u200d🦰",
    "🏴\u200d☠️",
    "🧑\u200d🤝\u200d🧑",
    "🙂\u200d↔️",
    "🐻\u200d❄️",
    "😮\u200d💨",
    "👁️\u200d🗨️",
]
MARKS = "\u0300\u0301\u0302\u0303\u0308\u0323\u0332\u20d2\ufe0f\U0001d167\u093f\u0903\u0e33\u200d\u200c"
SCRIPTS = (
    "Ваша посылка у двери, пожалуйста, заберите её до 18:00. ",
    "您的包裹已送达，请于今天下午六点前领取。",
    "お荷物が届きました。ﾊﾟｰｶｰは赤。",
    "배송이 완료되었습니다. ",
    "พัสดุของคุณมาถึงแล้ว กำลังรอ ",
    "आपका पार्सल दरवाज़े पर है। ",
    "طردك عند الباب ۝١٢ \u0600١٢٣ ",
    "Ihr Paket ist da: 5 € — „Grüße“ ",
)

# Every version of Unicode from 3.2 on knows these, so that no two tables differ on them. A joiner would find symbols to join.
OLD_CHARACTERS = [
    character
    for character in map(chr, range(0x20000))
    if unicodedata.ucd_3_2_0.category(character) not in {"Cn", "Cs", "Co"} and character != "\u200d"
]


def filled(rng: random.Random, pieces: Sequence[str], edges: Sequence[int], size: Callable[[str], int]) -> str:
    """Pieces until their sizes come to about an edge, then a few more or none."""
    goal = rng.choice(edges) + rng.randint(-4, 4)
    text = ""
    while size(text) < goal:
        text += rng.choice(pieces) * rng.choice((1, 1, 1, 1, 2, 9))
    return text


def edged(rng: random.Random, plain: str, pieces: Sequence[str], edges: Sequence[int], size: Callable[[str], int]) -> str:
    """Something of interest in a plain text, mostly where a segment ends."""
    goal = rng.choice(edges) + rng.randint(-4, 4)
    inner = "".join(rng.choices(pieces, k=rng.randint(1, 4)))
    before = min(goal, rng.choice((67, 70, 153, 160, rng.randrange(goal))) + rng.randint(-14, 2))
    return plain * before + inner + plain * (goal - before - size(inner))


def in_script(rng: random.Random, script: str) -> str:
    """A stretch of a sentence that goes on and on."""
    length = rng.choice(EDGES_UCS2) + rng.randint(-4, 4)
    begins = rng.randrange(len(script))
    return (script * (2 + length // len(script) + 1))[begins : begins + length]


def marked(rng: random.Random) -> str:
    """Letters under marks, no letter under so many that it fills a segment."""
    return "".join(
        rng.choice("aeé漢к") + "".join(rng.choices(MARKS, k=rng.choice((0, 1, 1, 2, 12))))
        for _ in range(rng.choice((10, 30, 40, 70)))
    )


KINDS: dict[str, Callable[[random.Random], str]] = {
    "GSM": lambda rng: filled(rng, GSM, EDGES_GSM, len),
    "GSM and its extension, at an edge": lambda rng: edged(rng, "a", [*GSM_EXTENSION, "\r\n", "\n"], EDGES_GSM, len),
    "lines": lambda rng: filled(rng, ["\r\n", "\n", "\r", "a", "B ", rng.choice("b漢")], (*EDGES_UCS2, 160), utf16),
    "what smart encoding replaces, in GSM": lambda rng: edged(rng, "a", SMART, EDGES_GSM, len),
    "what smart encoding replaces, much of it": lambda rng: filled(rng, [*SMART, *GSM_BASIC], (*EDGES_UCS2, 160), utf16),
    "emoji": lambda rng: filled(rng, EMOJI, EDGES_UCS2, utf16),
    "emoji at an edge": lambda rng: edged(rng, rng.choice("a漢{"), EMOJI, EDGES_UCS2, utf16),
    "marks": marked,
    "scripts": lambda rng: in_script(rng, rng.choice(SCRIPTS)),
    "clusters, mixed": lambda rng: filled(rng, [*CLUSTERS.values(), *JAMO.values(), *"a{漢\r\n"], EDGES_UCS2, utf16),
    "later emoji": lambda rng: filled(rng, [*LATER_EMOJI, *EMOJI, "a"], EDGES_UCS2, utf16),
    "any characters": lambda rng: "".join(rng.choices(OLD_CHARACTERS, k=rng.choice((1, 2, 3, 60, 75)))),
}


def generated() -> Iterator[tuple[str, str, bool]]:
    """Texts with their kind, half of them to be encoded smartly; the same in every run."""
    for kind, make in KINDS.items():
        rng = random.Random(kind)
        for number in range(TEXTS_OF_A_KIND):
            yield kind, make(rng), bool(number % 2)


@pytest.mark.timeout(180)
def test_twilios_calculator_agrees_on_every_text() -> None:
    """Encoding, size of each segment and number of units are the calculator's, though its clusters may be too old."""
    texts = [*generated()]
    asked = "\n".join(json.dumps([text, smart_encoding]) for _, text, smart_encoding in texts)
    answers = [json.loads(line) for line in run_javascript("segments.js", stdin=asked).splitlines()]

    judged: Counter[bool] = Counter()
    for (kind, text, smart_encoding), (encoding, then, now) in zip(texts, answers, strict=True):
        cut = segments(text, smart_encoding=smart_encoding)
        outdated = now is not None and sizes(text, smart_encoding=smart_encoding)[1] != then
        expected = now if outdated else then
        assert sizes(text, smart_encoding=smart_encoding) == (encoding, expected), (kind, smart_encoding, text)
        assert (cut.count, cut.units) == (len(expected), sum(expected)), (kind, smart_encoding, text)
        assert segment_count(text, smart_encoding=smart_encoding) == len(expected), (kind, smart_encoding, text)
        judged[outdated] += 1
    assert judged[False] >= LEAST_JUDGED
    assert judged[True], "the exclusion has become needless"
