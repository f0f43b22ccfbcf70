"""Tables, each declared once: column, type, unit and meaning.

The builder of a table calls `TableSchema.frame`, which checks it; the CSV header, the data dictionary and the docs page
come from the same declaration.
"""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema
from elancry.table.descriptive_schema import DESCRIPTIVES, UNRESOLVED
from elancry.table.training_schema import APART, BOUNDARIES, DIFFERENCES, DRIFT, ROUNDS, TRAINING

__all__ = ["Column", "Kind", "TableSchema"]


def _text(name: str, meaning: str) -> Column:
    return Column(name, Kind.TEXT, meaning)


def _integer(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, Kind.INTEGER, meaning, unit)


def _number(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, Kind.NUMBER, meaning, unit)


_REASON = _text("undefined_reason", "why numbers of this row are empty; empty where all are defined")
_P_FAMILY = (
    _number("p_holm", "p after Holm's correction within the family"),
    _number("p_bh", "p after Benjamini-Hochberg's correction within the family"),
)

ANNOTATIONS = TableSchema(
    "annotations",
    "One row per annotation of a coded tier",
    (
        _text("session", "recorded hour, from the file name"),
        _text("sequence", "sequence that holds the annotation, matched across raters; empty outside all of them"),
        _text("rater", "who coded it"),
        _text("system", "rating system of the codebook"),
        _text("tier", "tier in the rater's file"),
        _text("annotation_id", "id in the rater's file"),
        _integer("start_ms", "begin", "ms"),
        _integer("end_ms", "end, exclusive", "ms"),
        _text("value", "what the file says"),
        _text("category", "codebook id of the value (the scale number for a rating); empty where it is none"),
        _text("file", "path of the file, relative to the folder given"),
    ),
)

AGREEMENT = TableSchema(
    "agreement",
    "Agreement between raters",
    (
        _text("system", "rating system"),
        _text("coding", "`interval` or `rating`"),
        _text("tier", "tier compared"),
        _text("measure", "coefficient"),
        _text("variant", "form of the measure: with_none, without_none, a matching rule or a score"),
        _text("scope", "`overall`, `category` or `session`"),
        _text("category", "category, one against the rest; empty means all"),
        _text("session", "session; empty means all"),
        _text("raters", "raters compared, as R1|R2|R3"),
        _text("aggregate", "`pair`, `pair_mean`, `pooled` or `leave_one_out`"),
        _number("criterion", "overlap from which two events count as matched"),
        _integer("time_unit_ms", "bin of the binned version; empty means exact", "ms"),
        _integer("tolerance_ms", "tolerance at boundaries", "ms"),
        _integer("n_units", "sequences or events compared"),
        _integer("compared_ms", "time compared", "ms"),
        _number("estimate", "the coefficient"),
        _number("ci_low", "lower limit of the interval"),
        _number("ci_high", "upper limit of the interval"),
        _text("ci_method", "how the interval was made, with the number of resamples and of undefined ones"),
        _text("level", "word for the estimate after Gwet's benchmark rule"),
        _REASON,
        _integer("n_sessions", "sessions that they come from"),
    ),
)

CONFUSION = TableSchema(
    "confusion",
    "What one rater coded where another coded what",
    (
        _text("system", "rating system"),
        _text("tier", "tier compared"),
        _text("session", "session; empty means all"),
        _text("kind", "`time_ms` (shared time) or `event` (linked annotations)"),
        _text("variant", "matching rule of an event table; empty for time"),
        _number("criterion", "overlap from which two events count as matched"),
        _text("rater_a", "rater of the rows"),
        _text("rater_b", "rater of the columns"),
        _text("category_a", "what rater_a coded; `none` or `no_match` where nothing"),
        _text("category_b", "what rater_b coded; `none` or `no_match` where nothing"),
        _number("value", "ms, or the count of EasyDIAg's table"),
    ),
)

COOCCURRENCE = TableSchema(
    "cooccurrence",
    "Categories of two systems at the same time",
    (
        _text("system_a", "first system"),
        _text("category_a", "its category"),
        _text("system_b", "second system"),
        _text("category_b", "its category"),
        _integer("n_sequences", "sequences used"),
        _number("joint_ms", "time coded with both, mean over raters", "ms"),
        _number("expected_ms", "sum over sequences of d_A d_B / L", "ms"),
        _number("ratio", "joint / expected"),
        _number("jaccard", "joint time / time of either"),
        _number("odds_ratio", "odds ratio of the 2 x 2 table of durations"),
        _number("p_permutation", "(1 + extreme) / (1 + N), two-sided"),
        *_P_FAMILY,
        _number("p_maxt", "family-wise p from the largest statistic of the same permutations"),
        _integer("n_sessions", "sessions that the sequences come from"),
        _text("null", "null model of the permutation: `swap` or `shift`"),
        _REASON,
        _text("coders", "`within R1|R2`: each rater's own coding of both; `across R1 with R3`: nobody coded both"),
        _number("n_overlaps", "stretches of time coded with both, mean over raters"),
    ),
)

SEQUENTIAL = TableSchema(
    "sequential",
    "What follows what",
    (
        _text("given_system", "system of the given event"),
        _text("given", "its category"),
        _text("target_system", "system of the target event"),
        _text("target", "its category"),
        _text("anchor", "`onset` or `offset` of the given event"),
        _integer("lag", "event lag; empty for time windows"),
        _integer("window_ms", "length of the window; empty for event lags", "ms"),
        _number("n_given", "given events, mean over raters"),
        _number("observed", "target onsets in the windows (or at the lag), mean over raters"),
        _number("expected", "target onsets expected there"),
        _number("adjusted_residual", "standardised difference"),
        _number("yules_q", "Yule's Q"),
        _number("p_permutation", "(1 + extreme) / (1 + N), two-sided"),
        *_P_FAMILY,
        _REASON,
        _number("n_target", "target events, mean over raters"),
        _number("transformed_kappa", "event lags only"),
        _integer("n_sequences", "sequences used"),
        _integer("n_sessions", "sessions that they come from"),
    ),
)

REGRESSION = TableSchema(
    "regression",
    "Coefficients of the multiple regressions",
    (
        _text("outcome_system", "system of the outcome"),
        _text("outcome", "outcome category"),
        _text("predictor_system", "system of the predictors"),
        _text("term", "predictor category, or (Intercept)"),
        _text("score", "sequence score on both sides"),
        _integer("n_sequences", "sequences in the model"),
        _integer("n_sessions", "sessions that they come from"),
        _number("b", "coefficient"),
        _number("beta", "b SD_x / SD_y"),
        _number("se", "standard error of b"),
        _text("se_type", "`classical`, `HC3` or `CR2`"),
        _number("t", "b / se"),
        _number("df", "degrees of freedom of t (CR2: Bell-McCaffrey)"),
        _number("ci_low", "lower limit for b"),
        _number("ci_high", "upper limit for b"),
        _number("p", "two-sided"),
        *_P_FAMILY,
        _number("vif", "variance inflation factor"),
        _number("beta_se", "standard error of beta, SDs taken as fixed"),
        _number("beta_ci_low", "lower limit for beta"),
        _number("beta_ci_high", "upper limit for beta"),
        _REASON,
        _number("p_wild", "wild cluster bootstrap, beside CR2"),
    ),
)

MODELS = TableSchema(
    "models",
    "The multiple regressions as wholes",
    (
        _text("outcome_system", "system of the outcome"),
        _text("outcome", "outcome category"),
        _text("predictor_system", "system of the predictors"),
        _text("score", "sequence score on both sides"),
        _text("se_type", "`classical`, `HC3` or `CR2`"),
        _integer("n_sequences", "sequences in the model"),
        _integer("n_sessions", "sessions that they come from"),
        _number("r2", "explained variance"),
        _number("r2_adjusted", "adjusted for the number of predictors"),
        _number("f", "joint test of all slopes (CR2: HTZ)"),
        _number("df1", "numerator degrees of freedom"),
        _number("df2", "denominator degrees of freedom"),
        _number("p", "of f"),
        _number("f2", "Cohen's f2 = R2 / (1 - R2)"),
        _number("f2_ci_low", "from the noncentral F; assumes independent sequences"),
        _number("f2_ci_high", "from the noncentral F; assumes independent sequences"),
        _text("warnings", "what limits trust in this model, in words"),
        _number("f2_adjusted", "R2adj / (1 - R2adj)"),
        _text("reference", "left-out reference category of compositional scores"),
        _text("dropped", "predictors dropped by name, and why"),
        _REASON,
        _text("cluster", "level within which errors may go together: `session`, `patient`, `therapist`"),
        _integer("n_clusters", "number of clusters"),
        _number("p_session_permutation", "global null, exchanging whole sessions of equal numbers of sequences"),
        _number("condition_number", "of the design, columns scaled to length 1"),
        _number("max_leverage", "largest leverage of a sequence"),
        _number("max_cook", "largest Cook's distance of a sequence"),
    ),
)

SENSITIVITY = TableSchema(
    "sensitivity",
    "The regressions by other means: does the picture hold?",
    (
        _text("outcome_system", "system of the outcome"),
        _text("outcome", "outcome category"),
        _text("predictor_system", "system of the predictors"),
        _text("term", "predictor"),
        _text("score", "sequence score on both sides"),
        _text(
            "method",
            "`mixed_model`, `leave_one_session_out` (smallest and largest b), `groups` (the codebook's groups as "
            "predictors), `single` (one predictor at a time), `spearman`, `kendall`, `logistic`, `fractional_logit`, "
            "`ordinal`",
        ),
        _integer("n_sequences", "sequences used"),
        _integer("n_sessions", "sessions that they come from"),
        _number("estimate", "coefficient, rank correlation or log odds ratio"),
        _number("se", "standard error"),
        _number("df", "degrees of freedom"),
        _number("ci_low", "lower limit"),
        _number("ci_high", "upper limit"),
        _number("p", "two-sided, not corrected: outside every family"),
        _text("note", "how it was computed, and what limits trust in it"),
        _REASON,
    ),
)

SETCORRELATION = TableSchema(
    "setcorrelation",
    "Two systems as wholes",
    (
        _text("system_a", "first system"),
        _text("system_b", "second system"),
        _text("score", "sequence score on both sides"),
        _text("variables_a", "scores of the first system that entered"),
        _text("variables_b", "scores of the second system that entered"),
        _integer("n_sequences", "sequences used"),
        _integer("n_sessions", "sessions that they come from"),
        _number("r2", "share of generalised variance in common (Cohen's set correlation)"),
        _number("r2_shrunken", "corrected for the numbers of variables"),
        _number("r2_null_mean", "mean of r2 when whole sessions are exchanged: what nothing looks like"),
        _number("p_permutation", "exchanging whole sessions of equal numbers of sequences"),
        _number("f", "Rao's F; assumes independent sequences"),
        _number("df1", "numerator degrees of freedom"),
        _number("df2", "denominator degrees of freedom"),
        _number("p_f", "of f"),
        _text("canonical", "canonical correlations, where there are sessions enough"),
        _text("dropped", "variables dropped by name, and why; the references of shares"),
        _REASON,
    ),
)

ATTENUATION = TableSchema(
    "attenuation",
    "Correlations and what unreliability takes from them",
    (
        _text("system_a", "first system"),
        _text("category_a", "its category"),
        _text("system_b", "second system"),
        _text("category_b", "its category"),
        _text("score", "sequence score on both sides"),
        _integer("n_sequences", "sequences coded by all raters"),
        _integer("n_sessions", "sessions that they come from"),
        _text("raters_a", "raters of the first system"),
        _text("raters_b", "raters of the second system"),
        _number("r", "correlation of the means over raters"),
        _number("reliability_a", "ICC(2,k) of the first side"),
        _number("reliability_b", "ICC(2,k) of the second side"),
        _number("r_disattenuated", "r / sqrt(reliability_a reliability_b); never the headline; may exceed 1"),
        _number("ci_low", "lower limit of r_disattenuated, sessions resampled"),
        _number("ci_high", "upper limit of r_disattenuated"),
        _number("r_cross_rater", "mean correlation of one rater's first with another's second side"),
        _text("note", "`assumption violated` where one rater coded both systems"),
        _REASON,
    ),
)

RESULT_TABLES = (
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
