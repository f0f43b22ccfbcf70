"""A sequence's timeline as SVG: what the page shows, and a drawing of its own for a paper or a talk.

One description of rows, bars and ticks serves both. On the page the bars stand in percent of their track, so that
zooming is only a width; on paper, two journal columns wide, everything is in px, with a title and a legend, because
nothing can be pointed at there. Plain SVG without a library: a few thousand rectangles are light for every browser,
print sharply, need no script to be seen, and nothing has to be kept up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from elancry.report.blocks import Lane, Stretch, Strip
from elancry.report.figures.style import GRID, INK, QUIET, TWO_COLUMNS
from elancry.report.names import ink_on, printable
from elancry.report.numbers import clock, length
from elancry.report.words import Words

WIDTH = round(TWO_COLUMNS * 96)
"""Px of the drawing for paper."""
_LEFT, _TOP, _RIGHT = 120, 22, 8
_HEAD, _LANE, _MARK, _GAP, _AXIS = 16, 20, 9, 8, 22
"""Heights in px: a tier's name, a rater's row, a row of disagreements, the space between tiers, the time axis."""
_LEGEND_LINE, _SWATCH = 14, 12
_WIDE_ENOUGH = 2.2
"""Percent of the track from which a bar of the page carries its label."""
_LETTER, _SMALL_LETTER = 5.6, 5.4
"""Px that a letter of a label, and of the legend, takes at most on average."""

LOOK: Mapping[str, Mapping[str, str]] = {
    "head": {"font-weight": "bold"},
    "rater": {"text-anchor": "end"},
    "mark": {"text-anchor": "end", "font-size": "8px"},
    "time": {"font-size": "8.5px"},
    "legend": {"font-size": "9px"},
    "lane": {"fill": "#F1F2F4"},
    "tick": {"stroke": GRID},
    "b": {"stroke": "white", "stroke-width": ".5"},
    "missing": {"fill": "none", "stroke": QUIET, "stroke-dasharray": "3 3"},
}
"""How each class looks on paper; report.css says it for the page."""


@dataclass(frozen=True, slots=True)
class OnPage:
    """The parts of a timeline on the page, each the content of an `<svg>` of that height in px."""

    names: str
    bars: str
    height: int


def on_page(strip: Strip, words: Words) -> OnPage:
    """The timeline as the page shows it: names beside a track whose width is the reader's."""
    rows, height = _rows(strip, words)
    return OnPage("\n".join(_names(rows, "100%", 0)), "\n".join(_track(strip, rows, height, _Track(strip))), height)


def on_paper(strip: Strip, words: Words) -> str:
    """The timeline as a standalone SVG document: title, names, bars with their labels, time axis, legend."""
    rows, height = _rows(strip, words)
    track = _Track(strip, "", _LEFT, WIDTH - _LEFT - _RIGHT, _TOP)
    legend, bottom = _legend(strip, height + _TOP + 4)
    looks = "".join(f".{name}{{{';'.join(map(':'.join, look.items()))}}}" for name, look in LOOK.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom}" viewBox="0 0 {WIDTH} {bottom}" '
            f'font-family="DejaVu Sans, Verdana, Arial, sans-serif" font-size="10" fill="{INK}">',
            f"<title>{_text(strip.title)}</title>",
            f"<style>{looks}</style>",
            '<rect width="100%" height="100%" fill="white"/>',
            f'<text class="head" x="0" y="12">{_text(strip.title)}</text>',
            *_names(rows, str(_LEFT - 8), _TOP),
            *_track(strip, rows, height, track),
            *legend,
            "</svg>\n",
        ]
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row at its height: the head of a tier (without a lane), a rater's coding, or the disagreements."""

    y: int
    height: int
    kind: str
    name: str
    lane: Lane | None = None


def _rows(strip: Strip, words: Words) -> tuple[list[_Row], int]:
    """Rows from top to bottom, each tier's name, its raters, its disagreements, then room for the time axis."""
    y = 2
    rows: list[_Row] = []
    tier: str | None = None
    for lane in strip.lanes:
        if lane.system_label != tier:
            y += _GAP if tier is not None else 0
            tier = lane.system_label
            rows.append(_Row(y, _HEAD, "head", tier))
            y += _HEAD + 1
        kind, height = ("rater", _LANE) if lane.rater else ("mark", _MARK)
        rows.append(_Row(y, height, kind, lane.rater or words("lane.disagreement"), lane))
        y += height + 1
    return rows, y + _AXIS


@dataclass(frozen=True, slots=True)
class _Track:
    """Where a time stands: in percent on the page, in px between the margins on paper."""

    strip: Strip
    unit: str = "%"
    left: float = 0
    span: float = 100
    top: int = 0

    def at(self, ms: int) -> str:
        """The place of a time."""
        return self._shown(self.left + self.wide(ms - self.strip.start_ms))

    def width(self, ms: int) -> str:
        """The width of a duration."""
        return self._shown(self.wide(ms))

    def wide(self, ms: int) -> float:
        """The width of a duration as a number."""
        return self.span * ms / max(1, self.strip.end_ms - self.strip.start_ms)

    def _shown(self, value: float) -> str:
        return f"{value:.3f}".rstrip("0").rstrip(".") + self.unit


def _names(rows: list[_Row], end: str, top: int) -> Iterator[str]:
    for row in rows:
        shown = row.name if row.kind == "head" or len(row.name) <= 15 else f"{row.name[:14]}…"
        x, y = ("0" if row.kind == "head" else end), top + row.y + row.height // 2 + 4
        yield f'<text class="{row.kind}" x="{x}" y="{y}">{_text(shown)}<title>{_text(row.name)}</title></text>'


def _track(strip: Strip, rows: list[_Row], height: int, track: _Track) -> Iterator[str]:
    x, width, foot = track.at(strip.start_ms), track._shown(track.span), track.top + height
    for row in rows:
        if row.kind == "rater":
            yield f'<rect class="lane" x="{x}" width="{width}" y="{track.top + row.y}" height="{row.height}"/>'
    for ms in ticks(strip.start_ms, strip.end_ms):
        share = (ms - strip.start_ms) / max(1, strip.end_ms - strip.start_ms)
        anchor = "start" if share < 0.03 else "end" if share > 0.97 else "middle"
        at, shown = track.at(ms), clock(ms).removesuffix(".000")
        yield f'<line class="tick" x1="{at}" x2="{at}" y1="{track.top}" y2="{foot - 18}"/>'
        yield f'<text class="time" x="{at}" y="{foot - 5}" text-anchor="{anchor}">{shown}</text>'
    for row in rows:
        if row.lane is not None:
            for stretch in row.lane.stretches:
                yield from _bar(stretch, row.lane, track, track.top + row.y, row.height)


def _bar(stretch: Stretch, lane: Lane, track: _Track, y: int, height: int) -> Iterator[str]:
    """The bar; `data-` attributes and title are what the page filters by, plays and shows. Then its label."""
    duration = stretch.end_ms - stretch.start_ms
    x, width = track.at(stretch.start_ms), track.width(duration)
    own = f" data-r={quoteattr(printable(lane.rater))}" if lane.rater else ""
    own += f" data-c={quoteattr(printable(f'{lane.system}/{stretch.category}'))}" if stretch.category else ""
    fill = f' fill="{stretch.colour}"' if stretch.colour else ""
    who = f"{lane.rater} · {stretch.label}" if lane.rater else stretch.label
    title = f"{who} · {clock(stretch.start_ms)} – {clock(stretch.end_ms)} ({length(duration)})"
    yield (
        f'<rect class="b {stretch.kind}" x="{x}" width="{width}" y="{y}" height="{height}"{fill}{own} '
        f'data-t="{stretch.start_ms}" data-e="{stretch.end_ms}"><title>{_text(title)}</title></rect>'
    )
    if stretch.kind == "disagreement":
        return
    ink = f' fill="{ink_on(stretch.colour) if stretch.colour else QUIET}"'
    if track.unit:
        if track.wide(duration) >= _WIDE_ENOUGH:
            # A frame of its own cuts the label off where the bar ends, however wide it is drawn.
            frame = f'<svg class="l" x="{x}" width="{width}" y="{y}" height="{height}"{own} aria-hidden="true">'
            yield f'{frame}<text x="4" y="14"{ink if stretch.colour else ""}>{_text(stretch.label)}</text></svg>'
    elif label := cut(stretch.label, track.wide(duration)):
        left = track.left + track.wide(stretch.start_ms - track.strip.start_ms) + 3
        yield f'<text x="{left:.2f}" y="{y + 14}"{ink}>{_text(label)}</text>'


def cut(label: str, width: float) -> str:
    """As much of a label as a bar of `width` px has room for; empty where that is next to nothing."""
    letters = int((width - 6) / _LETTER)
    return "" if letters < 3 else label if len(label) <= letters else f"{label[: letters - 1]}…"


def _legend(strip: Strip, top: int) -> tuple[list[str], int]:
    """What the colours mean, system by system, on as many lines as they need; and where the last one ends."""
    used: dict[str, dict[str, str]] = {}
    for lane in strip.lanes:
        for stretch in lane.stretches:
            if stretch.kind == "category":
                used.setdefault(lane.system_label, {}).setdefault(stretch.label, stretch.colour)
    parts: list[str] = []
    y = top
    for system, labels in used.items():
        x = 0.0
        for label, colour in ((f"{system}:", ""), *labels.items()):
            wide = (_SWATCH if colour else 0) + _SMALL_LETTER * len(label) + _LEGEND_LINE
            if x and x + wide > WIDTH:
                x, y = 0.0, y + _LEGEND_LINE
            if colour:
                parts.append(f'<rect class="swatch" x="{x:.1f}" y="{y + 2}" width="8" height="8" fill="{colour}"/>')
            left = x + (_SWATCH if colour else 0)
            parts.append(f'<text class="legend" x="{left:.1f}" y="{y + 9.5}">{_text(label)}</text>')
            x += wide
        y += _LEGEND_LINE
    return parts, y + (4 if used else 0)


_STEPS = [
    n * unit
    for unit, counts in ((1000, (1, 2, 5, 10, 15, 30)), (60_000, (1, 2, 5, 10, 15, 30)), (3_600_000, (1, 2, 6, 12, 24)))
    for n in counts
]


def ticks(start_ms: int, end_ms: int) -> range:
    """Round times from `start_ms` to `end_ms`, about seven of them however far apart these are."""
    span = end_ms - start_ms
    # A broken file can claim years: beyond the round steps, as many whole days as it takes.
    day = _STEPS[-1]
    step = next((step for step in _STEPS if span <= 7 * step), day * -(-span // (7 * day)))
    return range(-(-start_ms // step) * step, end_ms + 1, step)


def _text(text: str) -> str:
    return escape(printable(text))
