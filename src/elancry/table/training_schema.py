"""Tables that rater training looks at: who stands apart, where each rater stands, what changes on the way."""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

_REASON = Column("undefined_reason", Kind.TEXT, "why numbers of this row are empty; empty where all are defined")

APART = TableSchema(
    "apart",
    "Who stands apart: time in which one rater codes something else than all the others, longest first",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("rater", Kind.TEXT, "who stands apart (of two raters the first)"),
        Column("category", Kind.TEXT, "what this rater coded; `none` where nothing"),
        Column("others", Kind.TEXT, "all others who coded that stretch, as R1|R3"),
        Column("other_category", Kind.TEXT, "what all of them coded; `none` where nothing"),
        Column("ms", Kind.INTEGER, "how long, over all sequences", "ms"),
        Column("n_sequences", Kind.INTEGER, "sequences in which it happens"),
    ),
)

TRAINING = TableSchema(
    "training",
    "Every rater against the others, or against the gold rater, session by session",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("rater", Kind.TEXT, "whose agreement this is"),
        Column("against", Kind.TEXT, "the gold rater, or all others: then the mean of the pairs that hold the rater"),
        Column("measure", Kind.TEXT, "`time_cohen_kappa` (with `none` as a category) or `event_kappa_ipf`"),
        Column("variant", Kind.TEXT, "with_none, or the matching rule"),
        Column("criterion", Kind.NUMBER, "overlap from which two events count as matched"),
        Column("session", Kind.TEXT, "session; empty means all"),
        Column("place", Kind.INTEGER, "place of the session in the coding order"),
        Column("n_sequences", Kind.INTEGER, "sequences compared"),
        Column("estimate", Kind.NUMBER, "kappa"),
        Column("ci_low", Kind.NUMBER, "lower limit of the interval"),
        Column("ci_high", Kind.NUMBER, "upper limit of the interval"),
        Column("ci_method", Kind.TEXT, "how the interval was made"),
        _REASON,
    ),
)

DRIFT = TableSchema(
    "drift",
    "Does agreement change over the coding order? First against second half of the sessions",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("measure", Kind.TEXT, "`time_cohen_kappa` (with `none` as a category) or `event_kappa_ipf`"),
        Column("variant", Kind.TEXT, "with_none, or the matching rule"),
        Column("criterion", Kind.NUMBER, "overlap from which two events count as matched"),
        Column("raters", Kind.TEXT, "pair of raters, as R1|R2"),
        Column("n_sessions", Kind.INTEGER, "sessions that both coded"),
        Column("first_half", Kind.NUMBER, "kappa over the first half of them, in session order"),
        Column("second_half", Kind.NUMBER, "kappa over the second half"),
        Column("change", Kind.NUMBER, "second - first; negative where agreement is lost"),
        Column("ci_low", Kind.NUMBER, "lower limit for the change"),
        Column("ci_high", Kind.NUMBER, "upper limit for the change"),
        Column("ci_method", Kind.TEXT, "how the interval was made"),
        _REASON,
    ),
)
