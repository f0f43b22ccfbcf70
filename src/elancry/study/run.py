"""One run of the study: files -> checked coding -> compared -> numbers -> results in a folder.

Everything that is computed is computed elsewhere; this file says in which order, and what is left out and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from elancry.choices import Align, Empty
from elancry.errors import UsageError
from elancry.files import Rehearsal, rehearsing
from elancry.names import UnknownName
from elancry.outputs import OutputFolder
from elancry.processes import ALONE, Desk
from elancry.study.plan import Plan
from elancry.study.plan_checks import in_plan, refuse_unknown_names
from elancry.study.provenance import provenance_of
from elancry.study.results import Design, Results
from elancry.study.save import ALWAYS, refuse_earlier, save_results
from elancry.study.suggestions import FREE_TEXT, suggestions
from elancry.texts import Text, some, text

if TYPE_CHECKING:
    from elancry.align.sequences import MatchedSequence
    from elancry.check.coding import CheckedCoding
    from elancry.check.disk_store import DiskStore
    from elancry.findings import Finding
    from elancry.study.compared import Compared

Say = Callable[[Text], None]
"""Called with what is being done before each long step."""
Progress = Callable[[Text, int, int], None]
"""Called with what is being done, how many pieces of it are done and how many there are; 0 and 0 for a step."""

AGREE = "agree"
ANALYZE = "analyze"

MOST_CATEGORIES = 200
"""Categories of a tier for which agreement is computed: some 0.5 GB with three raters and 32 sessions."""


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    results: Results
    folder: Path
    report: Path


def check_study(
    paths: Sequence[Path],
    plan: Plan,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    store: DiskStore | None = None,
) -> CheckedCoding:
    """Read and check the files that `paths` name, as the plan says; `progress` gets (files read, files in all).

    `jobs` files are read at the same time where there is enough to read; what is found does not depend on it. With
    `store` the coding is put aside there (see `check_files`). Where the plan aligns, clear constant offsets between
    raters are taken out, each with a finding.
    Raises UsageError if there are none; UsageError or InvalidInput for a name in the plan that is not there; what
    `read_assignment` does.
    """
    from elancry.check.study import check_files
    from elancry.codebook.load import load_codebook
    from elancry.template.assignment import read_assignment

    codebook = None if plan.codebook is None else load_codebook(plan.codebook)
    try:
        coding = check_files(
            paths,
            codebook=codebook,
            pattern=plan.pattern,
            tier_pattern=plan.tier_pattern,
            raters=plan.raters,
            assigned=None if plan.assign is None else read_assignment(Path(plan.assign)),
            tiers=plan.tiers,
            ratings=plan.ratings,
            sequence_tier=plan.sequence_tier,
            use_merged=plan.use_merged,
            round=plan.round,
            gold=plan.against,
            empty_is_none=plan.empty is Empty.NONE,
            jobs=jobs,
            progress=progress,
            store=store,
        )
    except UnknownName as error:
        raise in_plan(error, plan) from None
    refuse_unknown_names(plan, coding)
    if plan.guest is not None:
        coding = coding.without(plan.guest)
    coding = coding.with_findings(suggestions(coding, plan))
    if plan.align is Align.OFFSET:
        from elancry.align.offset import align_offsets

        coding, found = align_offsets(coding)
        coding = coding.with_findings(found)
    return coding


def run_study(
    paths: Sequence[Path],
    plan: Plan,
    output: Path,
    *,
    command: str,
    force: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
    warn: Callable[[Finding], None] | None = None,
    versus: tuple[Sequence[Path], Plan] | None = None,
) -> Outcome:
    """Compute what `command` (`agree` or `analyze`) promises and write it to `output`.

    `versus` is another study, read as its plan says, whose agreement is compared.
    `progress` hears of every step, of files read and timelines drawn, `warn` of free text before it is computed with.
    Raises UsageError for no files, or for `agree` with one rater; InvalidInput if a finding forbids computing;
    OutputRefused if `output` cannot be used. Nothing is written before all numbers are there.
    """
    watch = progress or (lambda _what, _done, _total: None)
    reading = partial(watch, text("progress.reading"))

    def say(step: Text) -> None:
        watch(step, 0, 0)

    folder = OutputFolder(output, command=command, force=force)
    refuse_earlier(folder)
    say(text("progress.step-checking"))
    coding = check_study(paths, plan, jobs=jobs, progress=reading)
    coding.require_usable()
    other = None
    if versus is not None:
        other = check_study(versus[0], versus[1], jobs=jobs, progress=reading)
        if plan.guest is not None:
            other = other.without(plan.guest)
        other.require_usable()
    for item in coding.findings:
        if warn is not None and item.code == FREE_TEXT:
            warn(item)
    results = compute(coding, plan, command=command, say=say, versus=other, desk=Desk(jobs, progress))
    say(text("progress.step-report"))
    report = save_results(
        results, folder, csv_form=plan.csv_form, jobs=jobs, progress=partial(watch, text("progress.drawing"))
    )
    return Outcome(results, output, report)


def preview_study(
    paths: Sequence[Path],
    plan: Plan,
    output: Path,
    *,
    command: str,
    force: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Rehearsal:
    """What `run_study` would put on disk, as far as that is known without computing: tables and figures depend on data.

    Nothing is written. Raises what `run_study` raises before it computes.
    """
    watch = progress or (lambda _what, _done, _total: None)
    with rehearsing() as planned:
        folder = OutputFolder(output, command=command, force=force)
        refuse_earlier(folder)
        coding = check_study(paths, plan, jobs=jobs, progress=partial(watch, text("progress.reading")))
        coding.require_usable()
        for name in ALWAYS:
            (planned.replaced if (output / name).exists() else planned.new).setdefault(output / name)
        for name in sorted(folder.written_before() - set(ALWAYS)):
            planned.replaced.setdefault(output / name)
    return planned


def compute(
    coding: CheckedCoding,
    plan: Plan,
    *,
    command: str,
    say: Say,
    versus: CheckedCoding | None = None,
    desk: Desk = ALONE,
) -> Results:
    """All numbers of `command` from a checked coding; what cannot be computed is named in `omitted`, with the reason.

    Agreement is compared with that of `versus`. Resamples and permutations of large studies are shared out by `desk`;
    the numbers do not depend on it. Raises UsageError for `agree` with one rater and one round, and where there is
    nothing to compare, InvalidInput if sequences contradict each other, or if the plan does not fit the study.
    """
    from elancry.align.sequences import match_sequences
    from elancry.study.associate.numbers import Associated, association_tables
    from elancry.study.compared import Compared
    from elancry.study.comparisons import Comparisons
    from elancry.study.flow import StudyFlow
    from elancry.study.media import recordings
    from elancry.study.numbers import Tables, agreement_tables, rounds_of
    from elancry.study.plots import plot_points
    from elancry.study.sessions import nesting_of
    from elancry.table.schema import FLOW

    if plan.guest is not None and len(coding.raters) < 2:
        raise UsageError(
            text("compare.guest-alone", name=plan.guest, raters=some(coding.raters)),
            hint=text("compare.guest-alone-hint", name=plan.guest),
        )
    if command == AGREE and len(coding.raters) < 2 and not coding.every_round:
        raise UsageError(text("agree.one-rater", raters=some(coding.raters)), hint=text("agree.one-rater-hint"))
    say(text("progress.step-aligning"))
    sequences, found = match_sequences(coding, window=plan.window)
    coding = coding.with_findings(found)
    coding.require_usable()
    compared = Compared.of(coding, sequences)
    _require_countable(compared)
    # Before the long computing: what the plan says may not fit the study.
    associated = Associated.of(coding, sequences, compared, plan) if command == ANALYZE else None
    nesting = nesting_of(plan, coding.sessions, [item.session for item in sequences])
    if associated is None:
        coding = coding.with_findings(nesting.findings)
    comparisons = Comparisons(coding, compared, plan, nesting, versus)
    coding = coding.with_findings(comparisons.findings)
    flow = StudyFlow(coding, sequences, compared, plan, None if associated is None else associated.coded)
    accounts = Tables({FLOW.name: flow.table()})
    say(text("progress.step-agreement"))
    parts = [
        accounts,
        agreement_tables(compared, plan, rounds_of(coding, plan), nesting.cluster, flow=flow, desk=desk),
        comparisons.tables(),
    ]
    if associated is not None:
        coding = coding.with_findings(associated.findings)
        say(text("progress.step-association"))
        parts.append(association_tables(associated, plan, flow, desk))
    tables = {name: table for part in parts for name, table in part.tables.items()}
    points = plot_points(compared, plan, tables)
    return Results(
        provenance=provenance_of(coding, plan, command, versus),
        codebook=coding.codebook,
        design=_design(coding, sequences, compared),
        findings=coding.findings,
        tables=tables,
        timelines=compared.timelines,
        plots=points,
        media=tuple(dict.fromkeys(recordings(coding))),
        omitted={name: why for part in parts for name, why in part.omitted.items()},
    )


def _require_countable(compared: Compared) -> None:
    """Raises UsageError for a tier with more than `MOST_CATEGORIES`: tables of pairs grow with their square."""
    for item in compared.with_possible_categories().timelines:
        if (n := len(item.categories)) > MOST_CATEGORIES:
            message = text("agree.many-categories", tier=item.tier, n=n, most=MOST_CATEGORIES)
            raise UsageError(message, hint=text("agree.many-categories-hint"))


def _design(coding: CheckedCoding, sequences: Sequence[MatchedSequence], compared: Compared) -> Design:
    from elancry.study.coverage import coverage_of

    twice = sum(len(sequence.raters) > 1 for sequence in sequences)
    return Design(
        sessions=coding.sessions,
        raters=coding.raters,
        sequences=tuple(
            {
                "session": item.session,
                "sequence": item.sequence,
                "start_ms": item.start_ms,
                "end_ms": item.end_ms,
                "raters": list(item.raters),
            }
            for item in sequences
        ),
        coded={session: coding.raters_of(session) for session in coding.sessions},
        double_coded_share=twice / len(sequences) if sequences else None,
        # A sequence that a rater marked has that rater's annotation id.
        whole_sessions=bool(sequences)
        and not any(own[0] for sequence in sequences for own in sequence.raters.values()),
        coverage=coverage_of(coding.codebook, compared.timelines, compared.ratings, coding.raters),
    )
