"""A study as an object: opened once, then merged, compared and analysed.

study = elancry.open_study("sample_eaf")
study.merge("merged")
study.analyze().save("results")
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from elancry.check.coding import CheckedCoding
from elancry.errors import UsageError
from elancry.html_tables import html_table
from elancry.notebook.analysis import Analysis
from elancry.notebook.frames import findings_frame
from elancry.study.plan import Plan, plan_for
from elancry.study.plan_checks import refuse_contradictions, refuse_unknown_names
from elancry.study.plan_keys import Topic, key_named, keys
from elancry.study.run import AGREE, ANALYZE, check_study, compute
from elancry.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.merge.study import MergeResult

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def open_study(paths: Paths, *, plan: str | os.PathLike[str] | None = None, jobs: int = 1, **settings: object) -> Study:
    """Read and check the raters' files of a study.

    `paths`: a folder, a file, a glob, or several of them. `plan`: a study.yaml; without it the one here or in the
    folder is used, if there is one. `settings`: any key of the plan with the value that it has there, such as
    `codebook="crying"`, `pattern="{session}_{rater}"`, `raters=["R1", "R2"]`, `resamples=500`. `jobs` files are read
    at the same time.

    Raises UsageError where there is no file or no such setting, InvalidInput for mistakes in plan or codebook. What is
    wrong in the files themselves is in `findings` of the study; it is raised only by what cannot go on with it.
    """
    listed = _listed(paths)
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs == 0:
        raise UsageError(text("notebook.jobs", given=repr(jobs)), hint=text("notebook.jobs-hint"))
    chosen = plan_for(listed, _read(settings), study=None if plan is None else Path(plan))
    return Study(check_study(listed, chosen, jobs=jobs), chosen, jobs)


@dataclass(frozen=True)
class Study:
    """The raters' files of a study, read and checked; made by `open_study`."""

    coding: CheckedCoding
    plan: Plan
    jobs: int = 1

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions, in natural order."""
        return self.coding.sessions

    @property
    def raters(self) -> tuple[str, ...]:
        """The raters."""
        return self.coding.raters

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What is wrong or odd, a row each: severity, code, file, tier, annotation, start_ms, message, hint."""
        return findings_frame(self.coding.findings)

    @cached_property
    def annotations(self) -> pd.DataFrame:
        """One row per annotation, with the columns of annotations.csv; times in ms.

        Raises InvalidInput where the raters' sequences contradict each other.
        """
        from elancry.align.sequences import match_sequences
        from elancry.table.annotations import annotations_frame

        sequences, found = match_sequences(self.coding, window=self.plan.window)
        self.coding.with_findings(found).require_usable()
        return annotations_frame(self.coding, sequences)

    def merge(
        self,
        folder: str | os.PathLike[str],
        *,
        consensus: str | None = None,
        min_ms: int | None = None,
        resume: bool = False,
        force: bool = False,
    ) -> MergeResult:
        """Write one file per session that holds every rater's tiers, the consensus and the disagreements.

        `consensus`: `majority`, a rater's name, or `none`; `min_ms`: shorter stretches are absorbed; both as the plan
        says where they are not given. `resume` carries on merged files that people worked in. Raises
        InvalidInput where a finding forbids merging, OutputRefused where somebody's work would be overwritten.
        """
        from elancry.merge.study import merge_study

        given = {"consensus": consensus, "min_ms": min_ms}
        plan = self.plan.choose(**{name: value for name, value in given.items() if value is not None})
        self.coding.require_usable()
        return merge_study(
            self.coding,
            Path(folder),
            consensus=plan.consensus if "consensus" in plan.chosen else None,
            min_ms=plan.min_ms if "min_ms" in plan.chosen else None,
            resume=resume,
            force=force,
            csv_form=self.plan.csv_form.for_tables,
            jobs=self.jobs,
        )

    def agree(self, **settings: object) -> Analysis:
        """How far the raters agree: on time, on events, on ratings. `settings` override the plan's for this call.

        Raises UsageError with fewer than two raters, InvalidInput where a finding forbids computing.
        """
        return self._compute(AGREE, settings)

    def analyze(self, **settings: object) -> Analysis:
        """Everything: agreement, co-occurrence, sequences of events, regressions. `settings` override the plan's."""
        return self._compute(ANALYZE, settings)

    def _compute(self, command: str, settings: Mapping[str, object]) -> Analysis:
        # The files were read already: what says how to read them cannot change any more.
        late = [name for name in settings if name in _READING]
        if late:
            raise UsageError(text("notebook.already-read", names=late), hint=text("notebook.already-read-hint"))
        plan = self.plan.with_(_read(settings))
        refuse_contradictions(plan)
        refuse_unknown_names(plan, self.coding)
        self.coding.require_usable()
        return Analysis(compute(self.coding, plan, command=command, say=lambda _: None), plan)

    def __repr__(self) -> str:
        return f"<Study: {self._counts}>"

    @property
    def _counts(self) -> Text:
        return text(
            "notebook.study",
            files=len(self.coding.files),
            sessions=len(self.sessions),
            raters=len(self.raters),
            findings=len(self.coding.findings),
        )

    def _repr_html_(self) -> str:
        systems = [system.id for system in self.coding.codebook.systems]
        rows = [
            (session, *(", ".join(self.coding.coded[session].get(system, ())) for system in systems))
            for session in self.sessions
        ]
        caption = str(text("notebook.who-coded-what", what=self._counts))
        return html_table((text("notebook.session"), *systems), rows, caption=caption)


_READING = frozenset(name for name, key in keys().items() if key.topic is Topic.FILES) - {"window"}


def _listed(paths: Paths) -> list[Path]:
    try:
        listed = [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(item) for item in paths]
    except TypeError:
        raise UsageError(
            text("notebook.not-paths", given=type(paths).__name__), hint=text("notebook.not-paths-hint")
        ) from None
    if not listed:
        raise UsageError(text("notebook.no-paths"), hint=text("notebook.no-paths-hint"))
    return listed


def _read(settings: Mapping[str, object]) -> dict[str, object]:
    return {name: key_named(name).parse(value) for name, value in settings.items()}
