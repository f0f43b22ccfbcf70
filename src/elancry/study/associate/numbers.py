"""From a checked coding to the tables of association: whose coding enters, and which tables come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from elancry.align.adjudicated import consensus_coding, undecided_spans
from elancry.align.events_of import build_events
from elancry.align.ratings import build_ratings
from elancry.align.timeline import build_timelines
from elancry.check.coding import CONSENSUS
from elancry.choices import Method, Score
from elancry.findings import Finding, finding
from elancry.processes import ALONE, Desk
from elancry.spans import format_ms
from elancry.study.associate.cooccurrence_rows import cooccurrence_rows
from elancry.study.associate.descriptives import descriptive_rows
from elancry.study.associate.pairs import why_not_in_time
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows, remarks, why_no_regression
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.associate.sequence_scores import by_rater_frame, rater_scores, scores_frame
from elancry.study.associate.sequential_rows import sequential_rows
from elancry.study.associate.setcorrelation_rows import attenuation_rows, setcorrelation_rows
from elancry.study.associate.unresolved_rows import unresolved_rows
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster, with_sessions
from elancry.study.numbers import Tables
from elancry.study.plan_checks import MEAN, refuse_unfit
from elancry.study.sessions import nesting_of
from elancry.table import schema
from elancry.table.schema import DESCRIPTIVES, UNRESOLVED
from elancry.texts import Text, Texts, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.sequences import MatchedSequence
    from elancry.check.coding import CheckedCoding
    from elancry.study.associate.sequence_scores import RaterScores
    from elancry.study.flow import StudyFlow
    from elancry.study.plan_keys import Plan

Row = dict[str, Any]


@dataclass(frozen=True)
class Associated:
    """What the association is computed from: the coding that the plan wants, its scores, and the level of nesting."""

    coded: Compared
    scores: RaterScores
    frame: pd.DataFrame
    cluster: Cluster
    findings: tuple[Finding, ...]
    unresolved: tuple[Row, ...] = ()
    by_rater: pd.DataFrame | None = None

    @classmethod
    def of(
        cls,
        coding: CheckedCoding,
        sequences: Sequence[MatchedSequence],
        compared: Compared,
        plan: Plan,
    ) -> Associated:
        """Take the coding that `plan` wants, give every sequence its scores and what the sessions table says of it.

        Raises InvalidInput for choices of the plan, or rows of its sessions table, that do not fit the study.
        """
        refuse_unfit(plan, coding.codebook, coding.raters)
        nesting = nesting_of(plan, coding.sessions, [item.session for item in sequences])
        coded = _coded_by(plan.aggregate, coding, sequences, compared)
        wanted = [*plan.scores]
        if Method.LOGISTIC in plan.sensitivity and Score.PRESENT not in wanted:
            wanted.append(Score.PRESENT)
        scores = _scores(coded, wanted)
        frame = scores_frame(scores)
        findings = [*nesting.findings]
        if nesting.table is not None:
            frame = with_sessions(frame, nesting.table.rows)
        short = sum(item.duration_ms < plan.min_sequence_ms for item in sequences)
        if short:
            message = text(
                "finding.sequence-below-minimum.message",
                short=short,
                n=len(sequences),
                min_sequence_ms=format_ms(plan.min_sequence_ms),
            )
            findings.append(finding("sequence-below-minimum", message))
        everybody = [scores if coded is compared else _scores(compared, wanted)]
        if len(compared.raters) > 1:
            agreed = coded if plan.aggregate == CONSENSUS else _coded_by(CONSENSUS, coding, sequences, compared)
            everybody.append(_scores(agreed, wanted))
        by_consensus = plan.aggregate == CONSENSUS
        left_open = unresolved_rows(compared, coded, undecided_spans(coding)) if by_consensus else ()
        return cls(coded, scores, frame, nesting.cluster, tuple(findings), tuple(left_open), by_rater_frame(everybody))


def _scores(coded: Compared, wanted: Sequence[Score]) -> RaterScores:
    return rater_scores(coded.timelines, coded.ratings, coded.events, coded.codebook, scores=wanted)


def _coded_by(
    aggregate: str, coding: CheckedCoding, sequences: Sequence[MatchedSequence], compared: Compared
) -> Compared:
    """Every rater's coding, the consensus, or one rater's."""
    if aggregate == MEAN:
        return compared
    if aggregate == CONSENSUS:
        coding, sequences = consensus_coding(coding, sequences)
    names = (aggregate,)
    own = [item for item in sequences if aggregate in item.raters]
    return Compared(
        coding.codebook,
        names,
        build_timelines(coding, own, raters=names),
        build_ratings(coding, own, raters=names),
        build_events(coding, own, raters=names),
    )


def association_tables(associated: Associated, plan: Plan, flow: StudyFlow | None = None, desk: Desk = ALONE) -> Tables:
    """`sequences` and every table of association that can be computed; the others with their reason."""
    coded, codebook = associated.coded, associated.coded.codebook
    sample = Sample(associated.frame, associated.cluster.column, plan)
    tables: dict[str, pd.DataFrame] = {"sequences": _with_left_out(associated.frame, flow)}
    if associated.by_rater is not None and len(associated.by_rater):
        tables["sequences_by_rater"] = associated.by_rater
    omitted: dict[str, str | Texts] = {}

    def add(table: schema.TableSchema, rows: Sequence[Row], why_not: Text | Texts | None) -> None:
        if rows:
            tables[table.name] = table.frame(rows)
        elif why_not is not None:
            omitted[table.name] = why_not if isinstance(why_not, Texts) else Texts((why_not,))

    add(DESCRIPTIVES, list(descriptive_rows(associated.frame, codebook)), None)
    add(UNRESOLVED, associated.unresolved, None)
    in_time = why_not_in_time(coded.timelines, codebook) or text("association.no-sequence-in-time")
    add(schema.COOCCURRENCE, cooccurrence_rows(coded.timelines, codebook, plan, associated.cluster, desk), in_time)
    following = sequential_rows(coded.timelines, coded.events, codebook, plan, associated.cluster, desk)
    asked = plan.sequential_windows_ms or plan.sequential_lags
    add(schema.SEQUENTIAL, following, in_time if asked else text("association.no-sequences-asked-for"))
    fitted = list(fitted_models(sample, codebook))
    slopes, models = regression_rows(fitted)
    remarked = remarks(models) if models else [why_no_regression(associated.frame, codebook)]
    add(schema.REGRESSION, slopes, Texts(tuple(remarked)))
    add(schema.MODELS, models, None)
    otherwise = text("model.no-method-suits") if slopes else text("model.nothing-to-repeat")
    add(
        schema.SENSITIVITY,
        sensitivity_rows(fitted),
        otherwise if plan.sensitivity else text("model.no-method-asked-for"),
    )
    unrelated = text("association.no-equal-scores" if len(codebook.systems) > 1 else "association.one-system")
    add(schema.SETCORRELATION, setcorrelation_rows(sample, codebook), unrelated)
    why_not = _why_no_attenuation(associated, plan)
    unreliable = [] if why_not else attenuation_rows(associated.scores, codebook, plan, associated.cluster)
    add(schema.ATTENUATION, unreliable, why_not or unrelated)
    return Tables(tables, omitted)


def _with_left_out(frame: pd.DataFrame, flow: StudyFlow | None) -> pd.DataFrame:
    """The scores of sequences with what is left out of them beside."""
    if flow is None:
        return frame
    keys = zip(frame["session"].tolist(), frame["sequence"].tolist(), strict=True)
    lost = [flow.of_scores(session, sequence) for session, sequence in keys]
    return frame.assign(n_left_out=[n for n, _ in lost], ms_left_out=[ms for _, ms in lost])


def _why_no_attenuation(associated: Associated, plan: Plan) -> Text | None:
    if len(associated.coded.codebook.systems) < 2:
        return text("association.one-system")
    if plan.aggregate != MEAN:
        return text("association.no-reliability")
    if len(associated.coded.raters) < 2:
        return text("association.one-rater")
    return None if plan.resamples else text("association.no-resamples-for-reliability")
