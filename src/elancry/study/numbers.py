"""From a checked coding to the tables of agreement: what is compared, and which tables come out of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from elancry.errors import UsageError
from elancry.processes import ALONE, Desk
from elancry.study.agree.apart import apart_rows
from elancry.study.agree.confusion import confusion_rows
from elancry.study.agree.difference import boundary_counts, difference_rows
from elancry.study.agree.families import Questions
from elancry.study.agree.generalizability import generalizability_rows
from elancry.study.agree.pairwise import pair_kappas
from elancry.study.agree.rounds import as_raters, round_rows
from elancry.study.agree.row import Row
from elancry.study.agree.training import drift_rows, training_rows
from elancry.study.compared import Compared
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.table.schema import (
    AGREEMENT,
    APART,
    BOUNDARIES,
    CONFUSION,
    DIFFERENCES,
    DRIFT,
    GENERALIZABILITY,
    ROUNDS,
    TRAINING,
    TableSchema,
)
from elancry.texts import Texts, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.check.coding import CheckedCoding
    from elancry.study.flow import StudyFlow
    from elancry.study.plan import Plan


@dataclass(frozen=True)
class Tables:
    """Tables by name, and what is not there with the reason."""

    tables: Mapping[str, pd.DataFrame]
    omitted: Mapping[str, str | Texts] = field(default_factory=dict)


def agreement_tables(
    compared: Compared,
    plan: Plan,
    rounds: Compared | None = None,
    cluster: Cluster = BY_SESSION,
    *,
    flow: StudyFlow | None = None,
    desk: Desk = ALONE,
) -> Tables:
    """`agreement`, `confusion`, and what rater training looks at, `rounds` among them where `rounds_of` gave some.

    Intervals resample whole groups of `cluster`, by `desk`. With `flow`, every row of agreement has beside it what was
    left out.
    Raises UsageError if the plan's gold rater coded nothing here.
    """
    found: dict[str, pd.DataFrame] = {}
    if rounds is not None:
        every_round = Questions.of(rounds, plan, cluster)
        in_rounds = list(round_rows(list(pair_kappas(every_round)), every_round.engine, plan.against))
        found = {"rounds": ROUNDS.frame(in_rounds)} if in_rounds else {}
    if len(compared.raters) < 2:
        return Tables(found, {"agreement": Texts((text("agree.only-one-rater"),))})
    if plan.against is not None and plan.against not in compared.raters:
        raise UsageError(
            text("agree.no-gold", name=plan.against, raters=compared.raters), hint=text("agree.no-gold-hint")
        )
    whole = Questions.of(compared, plan, cluster)
    asked = [whole] if plan.against is None else whole.of_gold(plan.against)
    rows = [row for questions in asked for row in questions.rows(desk)]
    if flow is not None:
        rows = [row | flow.beside(row) for row in rows]
    if not rows:
        return Tables(found, {"agreement": Texts((text("agree.no-sequence-by-two"),))})
    kappas = list(pair_kappas(whole))
    of_training = flow.with_true_reason if flow is not None else lambda row: row
    sessions = list(dict.fromkeys(item.session for item in compared.timelines))
    made: dict[str, tuple[TableSchema, Iterable[Row]]] = {
        "agreement": (AGREEMENT, rows),
        "confusion": (CONFUSION, (row for questions in asked for row in confusion_rows(questions))),
        "apart": (APART, apart_rows(compared, plan.against)),
        "training": (TRAINING, map(of_training, training_rows(kappas, whole.engine, sessions, plan.against))),
        "drift": (DRIFT, drift_rows(kappas, whole.engine, sessions, plan.against)),
        "differences": (DIFFERENCES, difference_rows(compared, plan)),
        "boundaries": (BOUNDARIES, boundary_counts(compared, plan)),
    }
    # A gold rater is not one of several who could be exchanged.
    if plan.against is None:
        made["generalizability"] = GENERALIZABILITY, generalizability_rows(compared, cluster, plan.seed)
    return Tables({**{name: schema.frame(rows) for name, (schema, rows) in made.items()}, **found})


def rounds_of(coding: CheckedCoding, plan: Plan) -> Compared | None:
    """The coding of every training round, each round of a rater as a rater of its own; None without several rounds."""
    from elancry.align.sequences import match_sequences

    if not coding.every_round:
        return None
    coding = as_raters(coding)
    sequences, found = match_sequences(coding, window=plan.window)
    return None if any(item.blocking for item in found) else Compared.of(coding, sequences)
