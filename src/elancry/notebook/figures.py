"""The report's figures for a notebook: each shows itself, and is saved in the form that its file name asks for."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from pickle import PicklingError
from typing import TYPE_CHECKING, Any, TypeVar

from elancry.errors import UsageError
from elancry.html_tables import PLAIN, html_table
from elancry.names import nearest
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.report.figures.style import Drawing
    from elancry.study.results import Results

Item = TypeVar("Item")


class Figure:
    """One figure with its caption; `matplotlib` is the figure itself, to be changed at will."""

    def __init__(self, drawing: Drawing) -> None:
        self.name = drawing.name
        self.caption = drawing.caption
        self.alt = drawing.alt
        self.matplotlib: Any = drawing.figure

    def to_bytes(self, form: str = "svg") -> bytes:
        """The figure as `svg`, `pdf` or `png` (300 dpi); UsageError for another form."""
        from elancry.report.figures.style import pdf_bytes, png_bytes, style, svg_bytes

        ways = {"svg": svg_bytes, "pdf": pdf_bytes, "png": png_bytes}
        if form not in ways:
            raise UsageError(text("notebook.figure-form", form=form), hint=text("notebook.figure-form-hint"))
        with style():
            return ways[form](self.matplotlib)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write the figure to `path`, whose suffix says the form; OutputRefused for a file that is there already."""
        from elancry.errors import OutputRefused
        from elancry.files import write_bytes

        target = Path(path)
        data = self.to_bytes(target.suffix.lower().removeprefix("."))
        if os.path.lexists(target) and not force:
            raise OutputRefused(text("notebook.file-exists", path=str(target)), hint=text("notebook.file-exists-hint"))
        write_bytes(target, data)
        return target

    def __reduce__(self) -> str:
        raise PicklingError(str(text("notebook.figure-not-picklable")))

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.caption}>"

    def _repr_html_(self) -> str:
        # As an image, not inline: labels from the files cannot become markup or script of the notebook.
        image = b64encode(self.to_bytes("svg")).decode("ascii")
        return (
            f'<figure class="{PLAIN}">'
            f'<img style="max-width:100%" alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{image}">'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )


NO_FIGURE = ("notebook.no-figure", "notebook.no-figure-of")


def named(items: Mapping[str, Item], name: str, missing: tuple[str, str]) -> Item:
    """The item of that name; the KeyError for another one says the nearest name, or else which there are.

    `missing` are the codes of these two sentences.
    """
    if name not in items:
        close = nearest(str(name), list(items))
        probable, listed = missing
        said = Text(listed, {"name": name, "names": tuple(items)})
        raise KeyError(str(Text(probable, {"name": name, "nearest": close}) if close else said))
    return items[name]


class Figures(Mapping[str, Figure]):
    """Figures by name, all of them drawn when the first is asked for."""

    def __init__(self, results: Results, language: str) -> None:
        self._results = results
        self._language = language

    @cached_property
    def _drawn(self) -> dict[str, Figure]:
        from elancry.report.content import build_report
        from elancry.report.figures.album import LiveAlbum

        album = LiveAlbum()
        build_report(self._results, language=self._language, album=album)
        return {name: Figure(drawing) for name, drawing in album.drawings.items()}

    def __getitem__(self, name: str) -> Figure:
        return named(self._drawn, name, NO_FIGURE)

    def __getstate__(self) -> dict[str, object]:
        # What was drawn cannot be pickled, and is drawn again when it is asked for.
        return {name: value for name, value in vars(self).items() if name != "_drawn"}

    def __iter__(self) -> Iterator[str]:
        return iter(self._drawn)

    def __len__(self) -> int:
        return len(self._drawn)

    def __repr__(self) -> str:
        return f"<Figures: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        return html_table(
            (text("notebook.figure-name"), text("notebook.figure-caption")),
            [(item.name, item.caption) for item in self.values()],
        )
