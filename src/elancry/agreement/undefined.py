"""Why a number does not exist: every reason once, as the text that tables, report and docs show.

An undefined coefficient is a result. It is never shown as 0, 1 or NaN; its cell stays empty and the row carries one of
these texts. `EXPLANATIONS` says for which numbers a reason can occur and is the docs' table of conventions.
"""

from __future__ import annotations

from typing import Final

from elancry.texts import Text, text


class Reason:
    """The text in `undefined_reason`."""

    ONE_RATER: Final = text("undefined.one-rater")
    NO_UNITS: Final = text("undefined.no-units")
    NOTHING_CODED: Final = text("undefined.nothing-coded")
    UNUSED_CATEGORY: Final = text("undefined.unused-category")
    ONE_CATEGORY: Final = text("undefined.one-category")
    ONE_CATEGORY_READ: Final = text("undefined.one-category-read")
    NOTHING_READ: Final = text("undefined.nothing-read")
    NO_VARIATION: Final = text("undefined.no-variation")
    ONE_POSSIBLE_CATEGORY: Final = text("undefined.one-possible-category")
    NO_COMPLETE_UNIT: Final = text("undefined.no-complete-unit")
    UNDEFINED_PAIR: Final = text("undefined.undefined-pair")
    NO_EVENTS: Final = text("undefined.no-events")
    NO_LINKED_EVENTS: Final = text("undefined.no-linked-events")
    TOO_FEW_SEQUENCES: Final = text("undefined.too-few-sequences")
    ALL_RATINGS_EQUAL: Final = text("undefined.all-ratings-equal")
    MISSING_CELLS: Final = text("undefined.missing-cells")
    NO_DIFFERENCE_BETWEEN_SEQUENCES: Final = text("undefined.no-difference-between-sequences")
    MORE_ERROR_THAN_DIFFERENCE: Final = text("undefined.more-error-than-difference")
    NO_RATIO_SCALE: Final = text("undefined.no-ratio-scale")
    NO_UNITS_MARKED: Final = text("undefined.no-units-marked")
    NO_INTERSECTION: Final = text("undefined.no-intersection")
    NO_BOUNDARIES: Final = text("undefined.no-boundaries")
    ONE_HAS_NO_BOUNDARY: Final = text("undefined.one-has-no-boundary")
    ONE_DIFFERENCE: Final = text("undefined.one-difference")
    TOO_FEW_SESSIONS: Final = text("undefined.too-few-sessions")


class NoInterval:
    """Why an estimate has no interval."""

    NO_ESTIMATE: Final = text("interval.no-estimate")
    FEW_SEQUENCES: Final = text("interval.no-few-sequences")
    FEW_SESSIONS: Final = text("interval.no-few-sessions")
    NOT_ASKED: Final = text("interval.not-asked")
    UNDEFINED_RESAMPLES: Final = text("interval.no-undefined-resamples")
    PERFECT: Final = text("interval.no-perfect")
    NO_ROW_VARIANCE: Final = text("interval.no-row-variance")
    BELOW_STEPPING_UP: Final = text("interval.no-below-stepping-up")
    NO_INFORMATION: Final = text("interval.no-information")
    PERFECT_COMPONENTS: Final = text("interval.no-perfect-components")
    NO_ROW_VARIANCE_COMPONENTS: Final = text("interval.no-row-variance-components")


NO_INTERVALS: tuple[Text, ...] = tuple(value for value in vars(NoInterval).values() if isinstance(value, Text))
"""All of `NoInterval`."""

EXPLANATIONS: dict[Text, str] = {
    Reason.ONE_RATER: "every coefficient",
    Reason.NO_UNITS: "every coefficient",
    Reason.NOTHING_CODED: "every kappa and alpha with `none`; every coefficient without it",
    Reason.UNUSED_CATEGORY: "kappa and alpha of one category against the rest; positive agreement",
    Reason.ONE_CATEGORY: "Cohen, Conger, Fleiss, Krippendorff; kappa of events",
    Reason.ONE_CATEGORY_READ: "the same, where something that was coded is left out",
    Reason.NOTHING_READ: "kappa and alpha with `none`, events, boundaries, where something that was coded is left out",
    Reason.NO_VARIATION: "Cohen, Conger, weighted kappa; kappa of linked events",
    Reason.ONE_POSSIBLE_CATEGORY: "every coefficient that corrects for chance",
    Reason.NO_COMPLETE_UNIT: "Conger's kappa on durations",
    Reason.UNDEFINED_PAIR: "means over pairs of raters",
    Reason.NO_EVENTS: "every number of the event table",
    Reason.NO_LINKED_EVENTS: "numbers within links, boundary differences",
    Reason.TOO_FEW_SEQUENCES: "ICC",
    Reason.ALL_RATINGS_EQUAL: "ICC, weighted kappa, alpha",
    Reason.MISSING_CELLS: "ICC(1,1), (3,1), (1,k), (3,k)",
    Reason.NO_DIFFERENCE_BETWEEN_SEQUENCES: "ICC of means",
    Reason.MORE_ERROR_THAN_DIFFERENCE: "ICC(2,k)",
    Reason.NO_RATIO_SCALE: "alpha for ratio scales",
    Reason.NO_UNITS_MARKED: "unitizing alphas",
    Reason.NO_INTERSECTION: "coding-only alpha",
    Reason.NO_BOUNDARIES: "precision, recall and F1 of boundaries",
    Reason.ONE_HAS_NO_BOUNDARY: "precision or recall of boundaries",
    Reason.ONE_DIFFERENCE: "standard deviation and limits of differences",
    Reason.TOO_FEW_SESSIONS: "change of agreement over the coding order",
}
