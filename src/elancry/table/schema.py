"""Tables, each declared once: columns with type and unit; what they mean is in the catalogues of texts.

The builder of a table calls `TableSchema.frame`, which checks it; the CSV header, the data dictionary and the docs page
come from the same declaration.
"""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

__all__ = ["Column", "Kind", "TableSchema"]


def _text(name: str) -> Column:
    return Column(name, Kind.TEXT)


def _integer(name: str, unit: str = "") -> Column:
    return Column(name, Kind.INTEGER, unit)


def _number(name: str, unit: str = "") -> Column:
    return Column(name, Kind.NUMBER, unit)


_REASON = _text("undefined_reason")
_P_FAMILY = (
    _number("p_holm"),
    _number("p_bh"),
)
_EFFECT = (
    _number("ratio_low"),
    _number("ratio_high"),
    _number("null_mean"),
)
_EXCHANGED = (
    _text("cluster"),
    _integer("n_clusters"),
    _integer("n_strata"),
    _text("warning"),
)

ANNOTATIONS = TableSchema(
    "annotations",
    (
        _text("session"),
        _text("sequence"),
        _text("rater"),
        _text("system"),
        _text("tier"),
        _text("annotation_id"),
        _integer("start_ms", "ms"),
        _integer("end_ms", "ms"),
        _text("value"),
        _text("category"),
        _text("file"),
    ),
)

FLOW = TableSchema(
    "flow",
    (
        _text("session"),
        _text("file"),
        _text("rater"),
        _text("system"),
        _text("tier"),
        _text("kind"),
        _text("reason"),
        _integer("n_annotations"),
        _integer("ms", "ms"),
    ),
)

AGREEMENT = TableSchema(
    "agreement",
    (
        _text("system"),
        _text("coding"),
        _text("tier"),
        _text("measure"),
        _text("variant"),
        _text("scope"),
        _text("category"),
        _text("session"),
        _text("raters"),
        _text("aggregate"),
        _number("criterion"),
        _integer("time_unit_ms", "ms"),
        _integer("tolerance_ms", "ms"),
        _integer("n_units"),
        _integer("compared_ms", "ms"),
        _number("estimate"),
        _number("ci_low"),
        _number("ci_high"),
        _text("ci_method"),
        _text("level"),
        _REASON,
        _integer("n_sessions"),
        _integer("n_categories"),
        _text("categories_from"),
        _integer("n_left_out"),
        _integer("ms_left_out", "ms"),
    ),
)

CONFUSION = TableSchema(
    "confusion",
    (
        _text("system"),
        _text("tier"),
        _text("session"),
        _text("kind"),
        _text("variant"),
        _number("criterion"),
        _text("rater_a"),
        _text("rater_b"),
        _text("category_a"),
        _text("category_b"),
        _number("value"),
    ),
)

COOCCURRENCE = TableSchema(
    "cooccurrence",
    (
        _text("system_a"),
        _text("category_a"),
        _text("system_b"),
        _text("category_b"),
        _integer("n_sequences"),
        _number("joint_ms", "ms"),
        _number("expected_ms", "ms"),
        _number("ratio"),
        _number("jaccard"),
        _number("odds_ratio"),
        _number("p_permutation"),
        *_P_FAMILY,
        _number("p_maxt"),
        _integer("n_sessions"),
        _text("null"),
        _REASON,
        _text("coders"),
        _number("n_overlaps"),
        *_EFFECT,
        *_EXCHANGED,
    ),
)

SEQUENTIAL = TableSchema(
    "sequential",
    (
        _text("given_system"),
        _text("given"),
        _text("target_system"),
        _text("target"),
        _text("anchor"),
        _integer("lag"),
        _integer("window_ms", "ms"),
        _number("n_given"),
        _number("observed"),
        _number("expected"),
        _number("adjusted_residual"),
        _number("yules_q"),
        _number("p_permutation"),
        *_P_FAMILY,
        _REASON,
        _number("n_target"),
        _number("transformed_kappa"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _text("null"),
        _number("ratio"),
        *_EFFECT,
        _number("p_maxt"),
        *_EXCHANGED,
    ),
)

REGRESSION = TableSchema(
    "regression",
    (
        _text("outcome_system"),
        _text("outcome"),
        _text("predictor_system"),
        _text("term"),
        _text("score"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _number("b"),
        _number("beta"),
        _number("se"),
        _text("se_type"),
        _number("t"),
        _number("df"),
        _number("ci_low"),
        _number("ci_high"),
        _number("p"),
        *_P_FAMILY,
        _number("vif"),
        _number("beta_se"),
        _number("beta_ci_low"),
        _number("beta_ci_high"),
        _REASON,
        _number("p_wild"),
    ),
)

MODELS = TableSchema(
    "models",
    (
        _text("outcome_system"),
        _text("outcome"),
        _text("predictor_system"),
        _text("score"),
        _text("se_type"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _number("r2"),
        _number("r2_adjusted"),
        _number("f"),
        _number("df1"),
        _number("df2"),
        _number("p"),
        _number("f2"),
        _number("f2_ci_low"),
        _number("f2_ci_high"),
        _text("warnings"),
        _number("f2_adjusted"),
        _text("reference"),
        _text("dropped"),
        _REASON,
        _text("cluster"),
        _integer("n_clusters"),
        _number("p_session_permutation"),
        _number("condition_number"),
        _number("max_leverage"),
        _number("max_cook"),
    ),
)

SENSITIVITY = TableSchema(
    "sensitivity",
    (
        _text("outcome_system"),
        _text("outcome"),
        _text("predictor_system"),
        _text("term"),
        _text("score"),
        _text("method"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _number("estimate"),
        _number("se"),
        _number("df"),
        _number("ci_low"),
        _number("ci_high"),
        _number("p"),
        _text("note"),
        _REASON,
    ),
)

SETCORRELATION = TableSchema(
    "setcorrelation",
    (
        _text("system_a"),
        _text("system_b"),
        _text("score"),
        _text("variables_a"),
        _text("variables_b"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _number("r2"),
        _number("r2_shrunken"),
        _number("r2_null_mean"),
        _number("p_permutation"),
        _number("f"),
        _number("df1"),
        _number("df2"),
        _number("p_f"),
        _text("canonical"),
        _text("dropped"),
        _REASON,
    ),
)

ATTENUATION = TableSchema(
    "attenuation",
    (
        _text("system_a"),
        _text("category_a"),
        _text("system_b"),
        _text("category_b"),
        _text("score"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _text("raters_a"),
        _text("raters_b"),
        _number("r"),
        _number("reliability_a"),
        _number("reliability_b"),
        _number("r_disattenuated"),
        _number("ci_low"),
        _number("ci_high"),
        _number("r_cross_rater"),
        _text("note"),
        _REASON,
    ),
)

# What rater training looks at.

APART = TableSchema(
    "apart",
    (
        _text("system"),
        _text("tier"),
        _text("rater"),
        _text("category"),
        _text("others"),
        _text("other_category"),
        _integer("ms", "ms"),
        _integer("n_sequences"),
    ),
)

TRAINING = TableSchema(
    "training",
    (
        _text("system"),
        _text("tier"),
        _text("category"),
        _text("rater"),
        _text("against"),
        _text("measure"),
        _text("variant"),
        _number("criterion"),
        _text("session"),
        _integer("place"),
        _integer("n_sequences"),
        _number("estimate"),
        _number("ci_low"),
        _number("ci_high"),
        _text("ci_method"),
        _REASON,
    ),
)

DRIFT = TableSchema(
    "drift",
    (
        _text("system"),
        _text("tier"),
        _text("category"),
        _text("measure"),
        _text("variant"),
        _number("criterion"),
        _text("raters"),
        _integer("n_sessions"),
        _number("first_half"),
        _number("second_half"),
        _number("change"),
        _number("ci_low"),
        _number("ci_high"),
        _text("ci_method"),
        _REASON,
    ),
)

ROUNDS = TableSchema(
    "rounds",
    (
        _text("system"),
        _text("tier"),
        _text("category"),
        _text("measure"),
        _text("variant"),
        _number("criterion"),
        _text("rater"),
        _text("round"),
        _text("against"),
        _text("against_round"),
        _integer("n_sessions"),
        _integer("n_sequences"),
        _number("estimate"),
        _number("ci_low"),
        _number("ci_high"),
        _text("ci_method"),
        _REASON,
    ),
)

DIFFERENCES = TableSchema(
    "differences",
    (
        _text("system"),
        _text("tier"),
        _text("category"),
        _text("what"),
        _text("variant"),
        _number("criterion"),
        _text("rater_a"),
        _text("rater_b"),
        _integer("n"),
        _number("bias"),
        _number("sd"),
        _number("limit_low"),
        _number("limit_high"),
        _number("median"),
        _number("mad"),
        _number("p05"),
        _number("p95"),
        _REASON,
    ),
)

BOUNDARIES = TableSchema(
    "boundaries",
    (
        _text("system"),
        _text("tier"),
        _text("edge"),
        _integer("tolerance_ms", "ms"),
        _text("rater_a"),
        _text("rater_b"),
        _integer("n_a"),
        _integer("n_b"),
        _integer("matched"),
        _number("precision"),
        _number("recall"),
        _number("f1"),
        _REASON,
    ),
)

# What enters the models, before anything is tested.

DESCRIPTIVES = TableSchema(
    "descriptives",
    (
        _text("system"),
        _text("category"),
        _text("score"),
        _integer("n_sequences"),
        _integer("n_sessions"),
        _integer("n_above_zero"),
        _number("mean"),
        _number("sd"),
        _number("median"),
        _number("minimum"),
        _number("maximum"),
    ),
)

UNRESOLVED = TableSchema(
    "unresolved",
    (
        _text("system"),
        _text("coding"),
        _integer("n_sequences"),
        _integer("n_sequences_open"),
        _integer("coded_ms", "ms"),
        _integer("unresolved_ms", "ms"),
        _integer("n_ratings"),
        _integer("n_ratings_unresolved"),
        _number("share"),
    ),
)

RESULT_TABLES = (
    FLOW,
    AGREEMENT,
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
    DIFFERENCES,
    BOUNDARIES,
    DESCRIPTIVES,
    UNRESOLVED,
)
