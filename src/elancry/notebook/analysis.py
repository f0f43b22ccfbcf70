"""The numbers of a study as tables and figures, and saved as the command line saves them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from elancry.html_tables import html_table
from elancry.notebook.figures import Figures, named
from elancry.notebook.frames import findings_frame
from elancry.report.headline import headline
from elancry.study.plan import Plan
from elancry.study.results import Results
from elancry.texts import text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Analysis(Mapping[str, "pd.DataFrame"]):
    """What `Study.agree` and `Study.analyze` computed: a mapping from table name to DataFrame.

    `analysis["agreement"]` has the columns of tables/agreement.csv, and so on; `analysis.figures` holds the figures.
    Each table is a copy: what you do with it changes neither figures nor what `save` writes. A part that could not be
    computed is not there and `omitted` says why.
    """

    results: Results
    plan: Plan

    def __getitem__(self, table: str) -> pd.DataFrame:
        return named(self.results.tables, table, ("notebook.no-table", "notebook.no-table-of")).copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self.results.tables)

    def __len__(self) -> int:
        return len(self.results.tables)

    @property
    def headline(self) -> tuple[str, ...]:
        """The numbers one wants first, in words, with their intervals."""
        return tuple(headline(self.results))

    @property
    def omitted(self) -> Mapping[str, str]:
        """Part -> why it could not be computed."""
        return {part: str(why) for part, why in self.results.omitted.items()}

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What limits trust in the numbers, a row each."""
        return findings_frame(self.results.findings)

    @cached_property
    def figures(self) -> Figures:
        """The figures by name; drawn when first asked for."""
        return Figures(self.results, self.plan.language.value)

    def save(self, folder: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Write what the command line writes (results.json, tables, figures, report, Word tables); returns the report.

        Raises OutputRefused where somebody else's files would be overwritten without `force`.
        """
        from elancry.outputs import OutputFolder
        from elancry.study.save import refuse_earlier, save_results

        output = OutputFolder(Path(folder), command=self.results.provenance.command, force=force)
        refuse_earlier(output)
        return save_results(self.results, output, csv_form=self.plan.csv_form)

    def __repr__(self) -> str:
        return "\n".join([f"<Analysis: {', '.join(self)}>", *(f"  {line}" for line in self.headline)])

    def _repr_html_(self) -> str:
        rows = [(name, len(table)) for name, table in self.results.tables.items()]
        lines = html_table(("",), [(line,) for line in self.headline]) if self.headline else ""
        left_out = (
            html_table((text("notebook.left-out"), text("notebook.why")), list(self.omitted.items()))
            if self.omitted
            else ""
        )
        return lines + html_table((text("notebook.table"), text("notebook.rows")), rows) + left_out
