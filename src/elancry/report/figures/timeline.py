"""A sequence's timeline as an SVG file of its own, for a paper or a talk.

Written directly rather than drawn with matplotlib: the layout is the page's, a study has many sequences, and this takes
no time. Two journal columns wide at 96 px an inch.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from elancry.report.blocks import Strip
from elancry.report.figures.style import GRID, INK, QUIET, TWO_COLUMNS
from elancry.report.figures.timeline_legend import legend_of
from elancry.report.names import printable
from elancry.report.strip_layout import Bar, lay_out
from elancry.report.words import Words

WIDTH = round(TWO_COLUMNS * 96)
LEFT = 120
TOP = 22
_LETTER = 5.6
"""Width in px that a letter of the labels takes at most on average."""


def timeline_svg(strip: Strip, words: Words) -> str:
    """The strip as a standalone SVG document: title, rows, bars with their labels, disagreements, time axis, legend."""
    layout = lay_out(strip, words)
    legend = legend_of(strip, WIDTH)
    height = layout.height + TOP + 4 + legend.height
    span = WIDTH - LEFT - 8

    def x(percent: str) -> str:
        return f"{LEFT + float(percent) * span / 100:.2f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="DejaVu Sans, Verdana, Arial, sans-serif" '
        f'font-size="10" fill="{INK}">',
        f"<title>{_text(strip.title)}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="0" y="12" font-weight="bold">{_text(strip.title)}</text>',
        f'<g transform="translate(0 {TOP})">',
    ]
    for tick in layout.ticks:
        at, foot = x(tick.x), layout.height - 5
        parts.append(f'<line x1="{at}" x2="{at}" y1="0" y2="{layout.height - 17}" stroke="{GRID}"/>')
        parts.append(f'<text x="{at}" y="{foot}" text-anchor="{tick.anchor}" font-size="8.5">{_text(tick.text)}</text>')
    for row in layout.rows:
        y = row.y + row.height // 2 + 4
        if row.kind == "head":
            parts.append(f'<text x="0" y="{y}" font-weight="bold">{_text(row.text)}</text>')
            continue
        size = ' font-size="8"' if row.kind == "mark" else ""
        parts.append(f'<text x="{LEFT - 8}" y="{y}" text-anchor="end"{size}>{_text(row.text)}</text>')
        if row.kind == "rater":
            parts.append(f'<rect x="{LEFT}" width="{span}" y="{row.y}" height="{row.height}" fill="#F1F2F4"/>')
    parts += [_bar(bar, x(bar.x), float(bar.width) * span / 100) for bar in layout.bars]
    parts += ["</g>", f'<g transform="translate(0 {layout.height + TOP + 4})" font-size="9">']
    for entry in legend.entries:
        left = entry.x
        if entry.colour:
            parts.append(f'<rect x="{left:.1f}" y="{entry.y + 2}" width="8" height="8" fill="{entry.colour}"/>')
            left += 12
        parts.append(f'<text x="{left:.1f}" y="{entry.y + 9.5}">{_text(entry.text)}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _bar(bar: Bar, x: str, width: float) -> str:
    look = f'fill="{bar.fill}" stroke="white" stroke-width=".5"'
    if bar.kind == "missing":
        look = f'fill="none" stroke="{QUIET}" stroke-dasharray="3 3"'
    place = f'x="{x}" y="{bar.y}" width="{width:.2f}" height="{bar.height}"'
    text = f"<rect {place} {look}><title>{_text(bar.title)}</title></rect>"
    label = bar_label(bar, width)
    if not label:
        return text
    ink = quoteattr(bar.ink or QUIET)
    return f'{text}<text x="{float(x) + 3:.2f}" y="{bar.y + 14}" fill={ink}>{_text(label)}</text>'


def bar_label(bar: Bar, width: float) -> str:
    """As much of a bar's label as it has room for on `width` px; empty where that is next to nothing."""
    letters = int((width - 6) / _LETTER)
    if bar.kind == "disagreement" or letters < 3:
        return ""
    return bar.label if len(bar.label) <= letters else f"{bar.label[: letters - 1]}…"


def _text(text: str) -> str:
    return escape(printable(text))
