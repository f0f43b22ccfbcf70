"""How every figure looks and how it becomes bytes, the same bytes for the same figure.

Text stays text in the SVG, so that it can be searched and edited; the layout is measured with DejaVu Sans, which comes
with matplotlib and is wider than the fonts that may stand in for it, so nothing overlaps where it is missing. Widths
are those of journals: one column 90 mm, two columns 190 mm.
"""

from __future__ import annotations

import io
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TWO_COLUMNS = 7.48
"""190 mm in inches."""
DPI = 300
INK = "#1B1F24"
QUIET = "#8A9099"
GRID = "#E3E6EA"
ACCENT = "#1F5FA8"

USUAL = (*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’‚“”„…−≥≤"))
"""Code points of Latin letters, and of signs in titles and labels."""

_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "elancry",
    "pdf.fonttype": 42,
    # A label with dollar signs is a label, not a formula.
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure: its file name without suffix, its caption, and in words what can be seen."""

    name: str
    caption: str
    alt: str
    figure: Figure


@contextmanager
def style() -> Iterator[None]:
    """Figures drawn and saved inside have the report's style, whatever the user's matplotlibrc says."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A label in a script that DejaVu lacks shows boxes in the PNG and real letters in the SVG.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


@contextmanager
def _shared_fonts() -> Iterator[None]:
    """PDF files written inside embed one cut of a font that holds all usual letters, which is made only once.

    To cut DejaVu down to the letters of each figure takes half the time of writing it. What is embedded depends on the
    figure alone: the usual letters, and those of its own that are not among them. Tables for ligatures, kerning and
    formulas are left out, since a PDF names each glyph and its place.
    """
    from fontTools import subset  # type: ignore[import-untyped]
    from matplotlib.backends import _backend_pdf_ps as backend

    cut, dropped = backend.get_glyphs_subset, subset.Options._drop_tables_default
    subset.Options._drop_tables_default = [*dropped, "GDEF", "GPOS", "GSUB", "MATH", "kern"]
    # Earlier releases give letters instead of glyphs, and are left to cut for every figure.
    if hasattr(backend, "SubsetResults"):
        backend.get_glyphs_subset = partial(_font_of, cut)
    try:
        yield
    finally:
        backend.get_glyphs_subset, subset.Options._drop_tables_default = cut, dropped


def _font_of(cut: Callable[..., Any], path: Any, glyphs: Iterable[int]) -> AbstractContextManager[Any]:
    return nullcontext(_opened(cut, path, frozenset(glyphs) | _usual_glyphs(path))[1])


@lru_cache
def _usual_glyphs(path: Any) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(path)
    return frozenset(map(font.get_char_index, USUAL)) - {0}


@lru_cache(maxsize=8)
def _opened(cut: Callable[..., Any], path: Any, glyphs: frozenset[int]) -> tuple[Any, Any]:
    """What holds the cut font open, and the font."""
    holder = cut(path, set(glyphs))
    return holder, holder.__enter__()


def canvas(height: float, width: float = TWO_COLUMNS) -> Figure:
    """An empty figure, in inches; matplotlib is loaded here, when something is drawn."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def svg_bytes(figure: Figure) -> bytes:
    """The figure as SVG without time stamp."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "elancry"})
    return buffer.getvalue()


def pdf_bytes(figure: Figure) -> bytes:
    """The figure as PDF with its fonts embedded, without time stamp."""
    buffer = io.BytesIO()
    with _shared_fonts():
        figure.savefig(buffer, format="pdf", metadata={"CreationDate": None, "Creator": "elancry", "Producer": None})
    return buffer.getvalue()


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG at 300 dpi."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": "elancry"})
    return buffer.getvalue()


def wrapped(label: str, width: int = 30, lines: int = 3) -> str:
    """The label on at most `lines` lines; what has no room becomes an ellipsis, and stands in full in the tables."""
    return "\n".join(textwrap.wrap(label, width, max_lines=lines, placeholder=" …")) or label


def bare(axes: Axes) -> None:
    """Take away the frame except for the bottom line."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
