"""Tables, each declared once: columns with type and unit; what they mean is in the catalogues of texts.

The builder of a table calls `TableSchema.frame`, which checks it; the CSV header, the data dictionary and the docs page
come from the same declaration.
"""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

__all__ = ["Column", "Kind", "TableSchema"]

Columns = tuple[Column, ...]


def _text(*names: str) -> Columns:
    return tuple(Column(name, Kind.TEXT) for name in names)


def _integer(*names: str, unit: str = "") -> Columns:
    return tuple(Column(name, Kind.INTEGER, unit) for name in names)


def _number(*names: str, unit: str = "") -> Columns:
    return tuple(Column(name, Kind.NUMBER, unit) for name in names)


def _table(name: str, *columns: Columns) -> TableSchema:
    return TableSchema(name, tuple(column for some in columns for column in some))


_REASON = _text("undefined_reason")
_P_FAMILY = _number("p_holm", "p_bh")
_EFFECT = _number("ratio_low", "ratio_high", "null_mean")
_EXCHANGED = (*_text("cluster"), *_integer("n_clusters", "n_strata"), *_text("warning"))

ANNOTATIONS = _table(
    "annotations",
    _text("session", "sequence", "rater", "system", "tier", "annotation_id"),
    _integer("start_ms", "end_ms", unit="ms"),
    _text("value", "category", "file"),
)

FLOW = _table(
    "flow",
    _text("session", "file", "rater", "system", "tier", "kind", "reason"),
    _integer("n_annotations"),
    _integer("ms", unit="ms"),
)

AGREEMENT = _table(
    "agreement",
    _text("system", "coding", "tier", "measure", "variant", "scope", "category", "session", "raters", "aggregate"),
    _number("criterion"),
    _integer("time_unit_ms", "tolerance_ms", unit="ms"),
    _integer("n_units"),
    _integer("compared_ms", unit="ms"),
    _number("estimate", "ci_low", "ci_high"),
    _text("ci_method", "level"),
    _REASON,
    _integer("n_sessions", "n_categories"),
    _text("categories_from"),
    _integer("n_left_out"),
    _integer("ms_left_out", unit="ms"),
)

AGREEMENT_DIFFERENCES = _table(
    "agreement_differences",
    _text("by", "first", "second", "system", "coding", "tier", "measure", "variant", "scope", "category"),
    _text("raters_first", "raters_second", "aggregate"),
    _number("criterion"),
    _integer("time_unit_ms", "tolerance_ms", unit="ms"),
    _integer("n_sequences_first", "n_sequences_second", "n_sessions_first", "n_sessions_second", "n_shared"),
    _number("estimate_first", "estimate_second", "difference", "ci_low", "ci_high"),
    _text("ci_method"),
    _REASON,
)

CONFUSION = _table(
    "confusion",
    _text("system", "tier", "session", "kind", "variant"),
    _number("criterion"),
    _text("rater_a", "rater_b", "category_a", "category_b"),
    _number("value"),
)

COOCCURRENCE = _table(
    "cooccurrence",
    _text("system_a", "category_a", "system_b", "category_b"),
    _integer("n_sequences"),
    _number("joint_ms", "expected_ms", unit="ms"),
    _number("ratio", "jaccard", "odds_ratio", "p_permutation"),
    _P_FAMILY,
    _number("p_maxt"),
    _integer("n_sessions"),
    _text("null"),
    _REASON,
    _text("coders"),
    _number("n_overlaps"),
    _EFFECT,
    _EXCHANGED,
)

SEQUENTIAL = _table(
    "sequential",
    _text("given_system", "given", "target_system", "target", "anchor"),
    _integer("lag"),
    _integer("window_ms", unit="ms"),
    _number("n_given", "observed", "expected", "adjusted_residual", "yules_q", "p_permutation"),
    _P_FAMILY,
    _REASON,
    _number("n_target", "transformed_kappa"),
    _integer("n_sequences", "n_sessions"),
    _text("null"),
    _number("ratio"),
    _EFFECT,
    _number("p_maxt"),
    _EXCHANGED,
)

REGRESSION = _table(
    "regression",
    _text("outcome_system", "outcome", "predictor_system", "term", "score"),
    _integer("n_sequences", "n_sessions"),
    _number("b", "beta", "se"),
    _text("se_type"),
    _number("t", "df", "ci_low", "ci_high", "p"),
    _P_FAMILY,
    _number("vif", "beta_se", "beta_ci_low", "beta_ci_high"),
    _REASON,
    _number("p_wild"),
)

MODELS = _table(
    "models",
    _text("outcome_system", "outcome", "predictor_system", "score", "se_type"),
    _integer("n_sequences", "n_sessions"),
    _number("r2", "r2_adjusted", "f", "df1", "df2", "p", "f2", "f2_ci_low", "f2_ci_high"),
    _text("warnings"),
    _number("f2_adjusted"),
    _text("reference", "dropped"),
    _REASON,
    _text("cluster"),
    _integer("n_clusters"),
    _number("p_session_permutation", "condition_number", "max_leverage", "max_cook"),
)

SENSITIVITY = _table(
    "sensitivity",
    _text("outcome_system", "outcome", "predictor_system", "term", "score", "method"),
    _integer("n_sequences", "n_sessions"),
    _number("estimate", "se", "df", "ci_low", "ci_high", "p"),
    _text("note"),
    _REASON,
)

SETCORRELATION = _table(
    "setcorrelation",
    _text("system_a", "system_b", "score", "variables_a", "variables_b"),
    _integer("n_sequences", "n_sessions"),
    _number("r2", "r2_shrunken", "r2_null_mean", "p_permutation", "f", "df1", "df2", "p_f"),
    _text("canonical", "dropped"),
    _REASON,
)

ATTENUATION = _table(
    "attenuation",
    _text("system_a", "category_a", "system_b", "category_b", "score"),
    _integer("n_sequences", "n_sessions"),
    _text("raters_a", "raters_b"),
    _number("r", "reliability_a", "reliability_b", "r_disattenuated", "ci_low", "ci_high", "r_cross_rater"),
    _text("note"),
    _REASON,
)

# What rater training looks at.

APART = _table(
    "apart",
    _text("system", "tier", "rater", "category", "others", "other_category"),
    _integer("ms", unit="ms"),
    _integer("n_sequences"),
)

TRAINING = _table(
    "training",
    _text("system", "tier", "category", "rater", "against", "measure", "variant"),
    _number("criterion"),
    _text("session"),
    _integer("place", "n_sequences"),
    _number("estimate", "ci_low", "ci_high"),
    _text("ci_method"),
    _REASON,
)

DRIFT = _table(
    "drift",
    _text("system", "tier", "category", "measure", "variant"),
    _number("criterion"),
    _text("raters"),
    _integer("n_sessions"),
    _number("first_half", "second_half", "change", "ci_low", "ci_high"),
    _text("ci_method"),
    _REASON,
)

ROUNDS = _table(
    "rounds",
    _text("system", "tier", "category", "measure", "variant"),
    _number("criterion"),
    _text("rater", "round", "against", "against_round"),
    _integer("n_sessions", "n_sequences"),
    _number("estimate", "ci_low", "ci_high"),
    _text("ci_method"),
    _REASON,
)

GENERALIZABILITY = _table(
    "generalizability",
    _text("system", "coding", "tier", "category", "variant"),
    _integer("n_raters", "n_sequences", "n_clusters"),
    _text("cluster"),
    _number("variance_cluster", "variance_sequence", "variance_rater", "variance_residual"),
    _integer("raters_for_75", "raters_for_90", "k"),
    _number("relative", "relative_low", "relative_high", "absolute", "absolute_low", "absolute_high"),
    _text("ci_method"),
    _REASON,
)

DIFFERENCES = _table(
    "differences",
    _text("system", "tier", "category", "what", "variant"),
    _number("criterion"),
    _text("rater_a", "rater_b"),
    _integer("n"),
    _number("bias", "sd", "limit_low", "limit_high", "median", "mad", "p05", "p95"),
    _REASON,
)

BOUNDARIES = _table(
    "boundaries",
    _text("system", "tier", "edge"),
    _integer("tolerance_ms", unit="ms"),
    _text("rater_a", "rater_b"),
    _integer("n_a", "n_b", "matched"),
    _number("precision", "recall", "f1"),
    _REASON,
)

# What enters the models, before anything is tested.

DESCRIPTIVES = _table(
    "descriptives",
    _text("system", "category", "score"),
    _integer("n_sequences", "n_sessions", "n_above_zero"),
    _number("mean", "sd", "median", "minimum", "maximum"),
)

UNRESOLVED = _table(
    "unresolved",
    _text("system", "coding"),
    _integer("n_sequences", "n_sequences_open"),
    _integer("coded_ms", "unresolved_ms", "undecided_ms", unit="ms"),
    _integer("n_ratings", "n_ratings_unresolved"),
    _number("share"),
)

# What `elancry power` simulates.

POWER = _table(
    "power",
    _integer("n_sessions"),
    _number("sequences_per_session"),
    _integer("n_raters"),
    _number("double_coded_share"),
    _integer("n_sequences", "n_double_coded", "n_codings", "n_studies"),
    _number("icc", "icc_mc_error", "width", "width_mc_error", "width_of_mean", "width_of_mean_mc_error"),
    _number("without_interval", "power", "power_mc_error", "power_classical", "power_classical_mc_error"),
    _number("width_bonett", "power_closed_form"),
)

RESULT_TABLES = (
    FLOW,
    AGREEMENT,
    AGREEMENT_DIFFERENCES,
    CONFUSION,
    COOCCURRENCE,
    SEQUENTIAL,
    REGRESSION,
    MODELS,
    SENSITIVITY,
    SETCORRELATION,
    ATTENUATION,
    APART,
    TRAINING,
    DRIFT,
    ROUNDS,
    GENERALIZABILITY,
    DIFFERENCES,
    BOUNDARIES,
    DESCRIPTIVES,
    UNRESOLVED,
)
