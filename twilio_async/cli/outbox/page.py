"""A page about a send: one file with all that it needs, which loads and runs nothing. It holds no number and no text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape

from twilio_async.cli.advice import advice, documented
from twilio_async.cli.outbox.figures import EDGES, Figures, per_minute
from twilio_async.outbox.ledger import STATES, State

_QUANTILES = (0.5, 0.9, 0.99)
_WIDTH, _HEIGHT = 900, 160
_MEANINGS: dict[State, str] = {
    "pending": "still to be sent",
    "claimed": "a worker has them in hand",
    "sending": "on the wire",
    "accepted": "Twilio took them",
    "rejected": "Twilio refused them",
    "skipped": "the recipients answered STOP",
    "unknown": "may have been sent; look for them with reconcile",
    "absent": "Twilio does not have them; retry --state absent sends them again",
    "held": "Twilio has something like them; a person has to look",
    "expired": "their deadline passed",
    "cancelled": "taken back",
}
_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #667; --paper: #fff; --line: #d5d9e0;
  --good: #1a7f4b; --bad: #c4342b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --dim: #9aa3af; --paper: #14171b; --line: #343a42; --good: #4cc38a; --bad: #ff6f66; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { color: var(--dim); margin: .25rem 0; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); font-weight: normal; } th { color: var(--dim); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { width: 40%; } .bar i { display: block; height: .8rem; background: var(--dim); border-radius: 2px; min-width: 1px; }
.accepted i { background: var(--good); } .rejected i, .held i, .unknown i, .absent i { background: var(--bad); }
svg { width: 100%; height: auto; } .good { fill: var(--good); } .bad { fill: var(--bad); } .axis { stroke: var(--line); }
text { fill: var(--dim); font-size: 12px; } a { color: inherit; }
"""


def page(title: str, found: Figures, *, made: dt.datetime) -> str:
    """The page, as HTML.

    Args:
        title: what it is about.
        found: the figures.
        made: when they were taken.
    """
    parts = (
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_summary(found))}</p><p>As of {_moment(made)}.</p>",
        _funnel(found),
        _minutes(found),
        _times(found),
        _errors(found),
        _deliveries(found),
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _summary(found: Figures) -> str:
    said = f"{found.total:,} rows, {found.segments.total():,} segments; {found.rows['accepted']:,} accepted"
    if found.began is None or found.ended is None:
        return f"{said}. Nothing was sent yet."
    seconds = found.ended - found.began
    speed = f", {found.tried / seconds:,.1f} messages a second" if seconds >= 1 else ""
    return f"{said}. Sent from {_moment(_utc(found.began))} to {_moment(_utc(found.ended))}{speed}."


def _utc(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, dt.UTC)


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _funnel(found: Figures) -> str:
    most = max(found.rows.values(), default=1)
    rows = [
        f'<tr class="{state}"><td>{state}</td><td class="n">{found.rows[state]:,}</td>'
        f'<td class="n">{found.segments[state]:,}</td>{_bar(found.rows[state] / most)}'
        f"<td>{escape(_MEANINGS[state])}</td></tr>"
        for state in STATES
        if found.rows[state]
    ]
    return _table("What became of the rows", ("state", "rows", "segments", "", ""), rows)


def _bar(share: float) -> str:
    return f'<td class="bar"><i style="width:{100 * share:.2f}%"></i></td>'


def _minutes(found: Figures) -> str:
    minutes = per_minute(found)
    if not minutes:
        return ""
    most = max(accepted + other for _, accepted, other in minutes)
    wide = _WIDTH / len(minutes)
    bars = [
        bar
        for place, (begins, accepted, other) in enumerate(minutes)
        for bar in _stack(
            place * wide, wide, accepted / most, other / most, f"{_moment(begins)}: {accepted:,} accepted, {other:,} not"
        )
    ]
    first, last = f"{minutes[0][0]:%H:%M}", f"{minutes[-1][0]:%H:%M} UTC"
    drawing = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 20}" role="img" aria-label="rows by time">'
        f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{_HEIGHT}" y2="{_HEIGHT}"/>{"".join(bars)}'
        f'<text x="0" y="{_HEIGHT + 15}">{first}</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT + 15}" text-anchor="end">{last}</text></svg>'
    )
    every = "a minute" if len(minutes) < 2 else f"{(minutes[1][0] - minutes[0][0]).total_seconds() / 60:.0f} min"
    return f"<h2>By time</h2><p>{most:,} rows in the busiest bar; each bar is {every}.</p>{drawing}"


def _stack(left: float, wide: float, accepted: float, other: float, title: str) -> Iterable[str]:
    """Two bars, one upon the other."""
    base = float(_HEIGHT)
    for kind, share in (("good", accepted), ("bad", other)):
        if share:
            high = share * _HEIGHT
            base -= high
            yield (
                f'<rect class="{kind}" x="{left:.2f}" y="{base:.2f}" width="{max(wide - 0.5, 0.5):.2f}" height="{high:.2f}">'
                f"<title>{escape(title)}</title></rect>"
            )


def _times(found: Figures) -> str:
    if not found.times.count:
        return ""
    most = max(found.times.bars.values())
    rows = [
        f'<tr class="accepted"><td class="n">{_between(place)}</td><td class="n">{count:,}</td>{_bar(count / most)}</tr>'
        for place, count in sorted(found.times.bars.items())
    ]
    said = ", ".join(f"{share:.0%} within {found.times.quantile(share):.2g} s" for share in _QUANTILES)
    return _table("Time to accept", ("seconds", "rows", ""), rows, f"From the intent in the ledger to Twilio’s answer: {said}.")


def _between(place: int) -> str:
    if place == 0:
        return f"up to {EDGES[0]:g}"
    return f"{EDGES[place - 1]:g} to {EDGES[place]:g}" if place < len(EDGES) else f"over {EDGES[-1]:g}"


def _errors(found: Figures) -> str:
    rows: list[str] = []
    for code, count in found.codes.most_common():
        told = advice(code)
        name = "none" if code is None else f'<a href="{escape(documented(code))}">{code}</a>'
        rows.append(
            f'<tr><td>{name}</td><td class="n">{count:,}</td><td>{escape(told.meaning)}</td><td>{escape(told.remedy)}</td></tr>'
        )
    return _table("Refused, by Twilio’s code", ("code", "rows", "what it means", "what to do"), rows) if rows else ""


def _deliveries(found: Figures) -> str:
    rows = [
        f'<tr><td>{escape(status)}</td><td class="n">{count:,}</td></tr>' for status, count in found.deliveries.most_common()
    ]
    return _table("Delivery, as callbacks told", ("status", "rows"), rows) if rows else ""


def _table(heading: str, columns: Sequence[str], rows: Sequence[str], said: str = "") -> str:
    head = "".join(f"<th{_aligned(column)}>{escape(column)}</th>" for column in columns)
    return f"<h2>{escape(heading)}</h2>{f'<p>{escape(said)}</p>' if said else ''}<table><tr>{head}</tr>{''.join(rows)}</table>"


def _aligned(column: str) -> str:
    return ' class="n"' if column in {"rows", "segments", "seconds"} else ""
