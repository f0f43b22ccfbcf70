"""Tables that rater training looks at: who stands apart, where each rater stands, what changes on the way."""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

_REASON = Column("undefined_reason", Kind.TEXT, "why numbers of this row are empty; empty where all are defined")
_MEASURES = "`time_cohen_kappa` (with `none` as a category), `event_kappa_ipf` or `kappa_quadratic` (of ratings)"
_CATEGORY = Column("category", Kind.TEXT, "category rated; empty for time and events")

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
        _CATEGORY,
        Column("rater", Kind.TEXT, "whose agreement this is"),
        Column("against", Kind.TEXT, "the gold rater, or all others: then the mean of the pairs that hold the rater"),
        Column("measure", Kind.TEXT, _MEASURES),
        Column("variant", Kind.TEXT, "with_none, the matching rule, or rating"),
        Column("criterion", Kind.NUMBER, "overlap from which two events count as matched"),
        Column("session", Kind.TEXT, "session; empty means all (one session has too few ratings for a kappa)"),
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
        _CATEGORY,
        Column("measure", Kind.TEXT, _MEASURES),
        Column("variant", Kind.TEXT, "with_none, the matching rule, or rating"),
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

ROUNDS = TableSchema(
    "rounds",
    "Training rounds: every rater's agreement in each round, and with the own coding of the round before",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        _CATEGORY,
        Column("measure", Kind.TEXT, _MEASURES),
        Column("variant", Kind.TEXT, "with_none, the matching rule, or rating"),
        Column("criterion", Kind.NUMBER, "overlap from which two events count as matched"),
        Column("rater", Kind.TEXT, "whose agreement this is"),
        Column("round", Kind.TEXT, "round of this rater"),
        Column("against", Kind.TEXT, "the gold rater, all others (the mean of the pairs), or the same rater once more"),
        Column(
            "against_round", Kind.TEXT, "the rater's own round before; empty: the others' same round, else their last"
        ),
        Column("n_sessions", Kind.INTEGER, "sessions compared"),
        Column("n_sequences", Kind.INTEGER, "sequences compared"),
        Column("estimate", Kind.NUMBER, "kappa"),
        Column("ci_low", Kind.NUMBER, "lower limit of the interval"),
        Column("ci_high", Kind.NUMBER, "upper limit of the interval"),
        Column("ci_method", Kind.TEXT, "how the interval was made"),
        _REASON,
    ),
)

DIFFERENCES = TableSchema(
    "differences",
    "How far apart: begin and end of linked events, and ratings, of every pair of raters (Bland & Altman 1986)",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("category", Kind.TEXT, "category rated; empty for events"),
        Column("what", Kind.TEXT, "`onset_ms` or `offset_ms` of linked events, or `rating`"),
        Column("variant", Kind.TEXT, "the matching rule; empty for ratings"),
        Column("criterion", Kind.NUMBER, "overlap from which two events are linked"),
        Column("rater_a", Kind.TEXT, "first rater of the pair"),
        Column("rater_b", Kind.TEXT, "second rater; a difference is second - first"),
        Column("n", Kind.INTEGER, "linked events, or sequences that both rated"),
        Column("bias", Kind.NUMBER, "mean difference: positive where the second rater is later, or rates higher"),
        Column("sd", Kind.NUMBER, "standard deviation of the differences"),
        Column("limit_low", Kind.NUMBER, "lower 95 % limit of agreement, bias - 1.96 sd"),
        Column("limit_high", Kind.NUMBER, "upper 95 % limit of agreement, bias + 1.96 sd"),
        Column("median", Kind.NUMBER, "median difference"),
        Column("mad", Kind.NUMBER, "median absolute deviation from the median"),
        Column("p05", Kind.NUMBER, "5th percentile of the differences"),
        Column("p95", Kind.NUMBER, "95th percentile of the differences"),
        _REASON,
    ),
)

BOUNDARIES = TableSchema(
    "boundaries",
    "Begins and ends that both raters of a pair have, within a tolerance; whatever the categories, without links",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("tier", Kind.TEXT, "tier compared"),
        Column("edge", Kind.TEXT, "`onset` or `offset`"),
        Column("tolerance_ms", Kind.INTEGER, "how far apart two boundaries may be to count as one", "ms"),
        Column("rater_a", Kind.TEXT, "first rater; with --against the gold rater"),
        Column("rater_b", Kind.TEXT, "second rater"),
        Column("n_a", Kind.INTEGER, "boundaries of the first rater"),
        Column("n_b", Kind.INTEGER, "boundaries of the second rater"),
        Column("matched", Kind.INTEGER, "boundaries that both have, each used once"),
        Column("precision", Kind.NUMBER, "matched / n_b: share of the second rater's that the first has"),
        Column("recall", Kind.NUMBER, "matched / n_a: share of the first rater's that the second has"),
        Column("f1", Kind.NUMBER, "2 matched / (n_a + n_b)"),
        _REASON,
    ),
)
