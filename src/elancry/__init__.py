"""elancry carries a video-coding study from codebook to statistics, with ELAN in the middle.

    import elancry
    document = elancry.read_eaf("s01__R1.eaf")
    elancry.write_eaf(document, "copy.eaf")

These names are imported on first use: `import elancry` alone loads no XML and no table library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elancry.eaf.read import read_eaf as read_eaf
    from elancry.eaf.write import write_eaf as write_eaf

__version__ = "0.1.0"

_FROM_EAF = ("read_eaf", "write_eaf")


def __getattr__(name: str) -> Any:
    if name not in _FROM_EAF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from elancry import eaf

    return getattr(eaf, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM_EAF})
