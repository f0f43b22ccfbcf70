"""From a checked coding to the tables of association: whose coding enters, and which tables come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from elancry.align.adjudicated import consensus_coding
from elancry.align.events_of import build_events
from elancry.align.ratings import build_ratings
from elancry.align.timeline import build_timelines
from elancry.check.coding import CONSENSUS
from elancry.choices import Level, PredictorSet, Score
from elancry.findings import Finding, finding
from elancry.spans import format_ms
from elancry.study.associate.descriptives import descriptive_rows
from elancry.study.associate.grouped import group_references, with_groups_of
from elancry.study.associate.nesting import Cluster, choose_cluster, with_sessions
from elancry.study.associate.regression_plan import Picked
from elancry.study.associate.rows import (
    Method,
    attenuation_rows,
    cooccurrence_rows,
    rater_scores,
    regression_rows,
    scores_frame,
    sensitivity_rows,
    sequential_rows,
    setcorrelation_rows,
    why_no_cooccurrence,
)
from elancry.study.associate.sequence_scores import by_rater_frame
from elancry.study.associate.unresolved_rows import unresolved_rows
from elancry.study.compared import Compared
from elancry.study.numbers import Tables
from elancry.study.plan_checks import MEAN, directions, refuse_unknown_names
from elancry.study.sessions import read_sessions
from elancry.table import schema
from elancry.table.descriptive_schema import DESCRIPTIVES, UNRESOLVED
from elancry.texts import text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.sequences import MatchedSequence
    from elancry.check.coding import CheckedCoding
    from elancry.codebook.model import Codebook
    from elancry.study.associate.sequence_scores import RaterScores
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
        cls, coding: CheckedCoding, sequences: Sequence[MatchedSequence], compared: Compared, plan: Plan
    ) -> Associated:
        """Take the coding that `plan` wants, give every sequence its scores and what the sessions table says of it.

        Raises InvalidInput for choices of the plan, or rows of its sessions table, that do not fit the study.
        """
        refuse_unknown_names(plan, coding.codebook, coding.raters)
        table = read_sessions(plan, coding.sessions)
        coded = _coded_by(plan.aggregate, coding, sequences, compared)
        wanted = [*plan.scores]
        if Method.LOGISTIC in plan.sensitivity and Score.PRESENT not in wanted:
            wanted.append(Score.PRESENT)
        scores = _scores(coded, wanted)
        frame = scores_frame(scores)
        findings: list[Finding] = []
        level = None if plan.cluster is Level.AUTO else plan.cluster.value
        if table is not None:
            frame = with_sessions(frame, table.rows)
            findings += table.findings
        cluster = choose_cluster(frame, level)
        if table is not None:
            findings.append(finding("nesting-cluster", text("finding.nesting-cluster.message", reason=cluster.reason)))
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
        left_open = unresolved_rows(compared, coded) if plan.aggregate == CONSENSUS else ()
        return cls(coded, scores, frame, cluster, tuple(findings), tuple(left_open), by_rater_frame(everybody))


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


def association_tables(associated: Associated, plan: Plan) -> Tables:
    """`sequences` and every table of `association_rows` that can be computed; the others with their reason."""
    coded, codebook = associated.coded, associated.coded.codebook
    tables: dict[str, pd.DataFrame] = {"sequences": associated.frame}
    if associated.by_rater is not None and len(associated.by_rater):
        tables["sequences_by_rater"] = associated.by_rater
    omitted: dict[str, str] = {}
    described = list(descriptive_rows(associated.frame, codebook))
    if described:
        tables["descriptives"] = DESCRIPTIVES.frame(described)
    if associated.unresolved:
        tables["unresolved"] = UNRESOLVED.frame(associated.unresolved)

    def add(table: schema.TableSchema, rows: Sequence[Row], why_not: str) -> None:
        if rows:
            tables[table.name] = table.frame(rows)
        else:
            omitted[table.name] = why_not

    unrelated = "no two systems have the same kind of score"
    if len(codebook.systems) < 2:
        unrelated = "there is one system only, and nothing to relate it to"
    in_time = why_no_cooccurrence(coded.timelines, codebook)
    together = cooccurrence_rows(
        coded.timelines,
        codebook=codebook,
        seed=plan.seed,
        n_permutations=plan.permutations,
        null=plan.null,
        min_sequence_ms=plan.min_sequence_ms,
    )
    add(schema.COOCCURRENCE, together, in_time or "no sequence is coded with two systems")
    following = sequential_rows(
        coded.timelines,
        coded.events,
        codebook=codebook,
        seed=plan.seed,
        n_permutations=plan.permutations,
        windows_ms=plan.sequential_windows_ms,
        anchors=plan.sequential_anchors,
        lags=plan.sequential_lags,
    )
    asked = plan.sequential_windows_ms or plan.sequential_lags
    not_asked = "neither time windows nor lags were asked for"
    add(schema.SEQUENTIAL, following, (in_time or "no sequence is coded with two systems") if asked else not_asked)
    slopes, models, others, remarks = _regressions(associated, plan)
    add(schema.REGRESSION, slopes, "; ".join(remarks))
    if models:
        tables["models"] = schema.MODELS.frame(models)
    asked_otherwise = (
        "none of the methods asked for suits these models" if slopes else "there is no regression to repeat"
    )
    add(schema.SENSITIVITY, others, asked_otherwise if plan.sensitivity else "no other method was asked for")
    sets = setcorrelation_rows(
        associated.frame,
        codebook,
        seed=plan.seed,
        cluster=associated.cluster.column,
        scores=plan.scores,
        references=dict(plan.references or ()),
        n_permutations=plan.permutations,
    )
    add(schema.SETCORRELATION, sets, unrelated)
    unreliable, why_not = _attenuation(associated, plan, unrelated)
    add(schema.ATTENUATION, unreliable, why_not)
    return Tables(tables, omitted)


def _regressions(associated: Associated, plan: Plan) -> tuple[list[Row], list[Row], list[Row], list[str]]:
    """Rows of `regression`, `models` and `sensitivity`, and remarks.

    With groups as predictors each direction has its own codebook: groups on one side, categories on the other.
    """
    codebook, references = associated.coded.codebook, dict(plan.references or ())
    ways = directions(plan, codebook)
    picked = Picked(dict(plan.outcome_categories or ()), dict(plan.predictor_categories or ()))
    parts: list[tuple[Codebook, Sequence[tuple[str, str]], Mapping[str, str]]] = [(codebook, ways, references)]
    if plan.predictors is PredictorSet.GROUPS and ways:
        parts = [
            (with_groups_of(codebook, way[1]), [way], group_references(codebook, references, way[1])) for way in ways
        ]
    slopes: list[Row] = []
    models: list[Row] = []
    others: list[Row] = []
    remarks: list[str] = []
    for book, its, against in parts:
        found = regression_rows(
            associated.frame,
            book,
            seed=plan.seed,
            cluster=associated.cluster.column,
            directions=its,
            scores=plan.scores,
            references=against,
            covariates=plan.covariates or (),
            picked=picked,
            n_draws=plan.permutations,
        )
        slopes += found[0]
        models += found[1]
        remarks += found[2]
        others += sensitivity_rows(
            associated.frame,
            book,
            seed=plan.seed,
            cluster=associated.cluster.column,
            directions=its,
            scores=plan.scores,
            references=against,
            covariates=plan.covariates or (),
            picked=picked,
            methods=plan.sensitivity,
            n_resamples=plan.resamples,
        )
    return slopes, models, others, list(dict.fromkeys(remarks))


def _attenuation(associated: Associated, plan: Plan, unrelated: str) -> tuple[list[Row], str]:
    """Rows of `attenuation`, or why there are none; `unrelated` where no two systems can be related at all."""
    if len(associated.coded.codebook.systems) < 2:
        return [], unrelated
    if plan.aggregate != MEAN:
        return [], "the coding of one rater, or a consensus, has no reliability of its own"
    if len(associated.coded.raters) < 2:
        return [], "one rater only; a reliability needs at least two"
    if not plan.resamples:
        return [], "no resamples were asked for; a corrected correlation is not told without its interval"
    kept = {key: value for key, value in associated.scores.values.items() if key[0] in plan.scores}
    scores = replace(associated.scores, values=kept)
    rows = attenuation_rows(scores, associated.coded.codebook, seed=plan.seed, n_resamples=plan.resamples)
    return rows, unrelated
