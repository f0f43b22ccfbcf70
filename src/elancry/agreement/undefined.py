"""Why a number does not exist: every reason once, as the sentence that tables, report and docs show.

An undefined coefficient is a result. It is never shown as 0, 1 or NaN; its cell stays empty and the row carries one of
these sentences. `EXPLANATIONS` says for which numbers a reason can occur and is the docs' table of conventions.
"""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The sentence that stands in `undefined_reason`."""

    ONE_RATER = "Only one rater coded this; agreement needs at least two."
    NO_UNITS = "There is nothing to compare: no two raters coded the same stretch of time, event or sequence."
    NOTHING_CODED = "No rater coded anything here, so there is nothing to agree or disagree on."
    UNUSED_CATEGORY = "No rater used this category, so agreement on it cannot be told from chance."
    ONE_CATEGORY = (
        "All raters used one and the same category throughout, so agreement cannot be told from chance "
        "(percent agreement, AC1 and Brennan-Prediger still have a value)."
    )
    NO_VARIATION = "No rater varies: each used one single category throughout, so chance agreement cannot be estimated."
    ONE_POSSIBLE_CATEGORY = "Only one category can be coded here, so disagreement was impossible."
    NO_COMPLETE_UNIT = "No stretch of time was coded by all of these raters, and this coefficient needs complete data."
    UNDEFINED_PAIR = "At least one pair of raters has no value of its own, so their mean has none."
    NO_EVENTS = "No rater marked any event here."
    NO_LINKED_EVENTS = "No two raters' events overlap enough to be linked, so there is nothing to compare within links."
    TOO_FEW_SEQUENCES = "Fewer than two sequences were rated by all of these raters."
    ALL_RATINGS_EQUAL = "All ratings are equal, so there are no differences between sequences to be reliable about."
    NO_DIFFERENCE_BETWEEN_SEQUENCES = (
        "The sequences do not differ in their mean rating, so the reliability of these differences does not exist."
    )
    MORE_ERROR_THAN_DIFFERENCE = (
        "The sequences differ so much less than the raters do within them that this reliability has no value."
    )
    NO_RATIO_SCALE = "A ratio scale needs ratings that are not negative."
    NO_UNITS_MARKED = "No rater marked any unit of this kind, so there is nothing to place or to label."
    NO_INTERSECTION = "No two raters' units intersect, so their labels cannot be compared."
    NO_BOUNDARIES = "Neither rater marked any boundary here."
    ONE_HAS_NO_BOUNDARY = (
        "One of the two marked no boundary here, so the share of that rater's that was found is unknown."
    )
    ONE_DIFFERENCE = "A single difference: its spread, and with it the limits of agreement, cannot be told."
    TOO_FEW_SESSIONS = "Fewer than four sessions coded by both: too few to compare two halves."


class NoInterval(StrEnum):
    """Why an estimate stands without an interval."""

    NO_ESTIMATE = "There is no estimate to put an interval around."
    FEW_SEQUENCES = "No interval: fewer than 10 sequences."
    FEW_SESSIONS = "No interval: fewer than 10 sessions, too few to resample."
    NOT_ASKED = "No interval: no resamples were asked for."
    UNDEFINED_RESAMPLES = "No interval: the coefficient is undefined in more than 5 % of the resamples."
    PERFECT = "No F interval: the raters agree perfectly, so the error variance is zero."
    NO_ROW_VARIANCE = "No F interval: the sequences do not differ in their mean rating."
    BELOW_STEPPING_UP = "No F interval: that of a single rater reaches too far below zero to be stepped up to the mean."
    NOT_RESAMPLED = (
        "No interval: the raters differ from sequence to sequence, so this ICC comes from a model fitted step by step "
        "(REML), which is not fitted anew for every resample. Krippendorff's alpha of the same ratings has one."
    )


EXPLANATIONS: dict[Reason, str] = {
    Reason.ONE_RATER: "every coefficient",
    Reason.NO_UNITS: "every coefficient",
    Reason.NOTHING_CODED: "every kappa and alpha with `none`; every coefficient without it",
    Reason.UNUSED_CATEGORY: "kappa and alpha of one category against the rest; positive agreement",
    Reason.ONE_CATEGORY: "Cohen, Conger, Fleiss, Krippendorff; kappa of events",
    Reason.NO_VARIATION: "Cohen, Conger, weighted kappa; kappa of linked events",
    Reason.ONE_POSSIBLE_CATEGORY: "every coefficient that corrects for chance",
    Reason.NO_COMPLETE_UNIT: "Conger's kappa on durations",
    Reason.UNDEFINED_PAIR: "means over pairs of raters",
    Reason.NO_EVENTS: "every number of the event table",
    Reason.NO_LINKED_EVENTS: "numbers within links, boundary differences",
    Reason.TOO_FEW_SEQUENCES: "ICC",
    Reason.ALL_RATINGS_EQUAL: "ICC, weighted kappa, alpha",
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
