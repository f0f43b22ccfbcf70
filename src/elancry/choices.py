"""What can be chosen: one Enum a choice. The command line, the study plan and the computation share it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_PATTERN = "{session}__{rater}"
"""How file names are made unless the plan says otherwise."""
PLAN_FILE = "study.yaml"
"""The plan of a study, which lies in its folder."""
DEFAULT_CRITERION = 0.6
"""Overlap from which two events are a pair (EasyDIAg)."""
DEFAULT_CODEBOOK = "crying"
"""What templates and synthetic studies are made from unless somebody says otherwise."""


class Matching(StrEnum):
    """Rule that links two raters' annotations to pairs (`elancry.align.events` says how each works)."""

    EASYDIAG = "easydiag"
    ELAN = "elan"
    MAX_WEIGHT = "max_weight"
    INTERACT = "interact"
    GSEQ = "gseq"
    ONSET = "onset"


@dataclass(frozen=True)
class Linking:
    """A rule and how near events must be to be linked: the smallest overlap in [0, 1], for ONSET the most ms apart."""

    rule: Matching
    limit: float

    @property
    def criterion(self) -> float | None:
        """The smallest overlap of a link; `None` where extents play no part."""
        return None if self.rule is Matching.ONSET else self.limit


class Units(StrEnum):
    """Whether raters label segments that were there beforehand; `auto` decides it by what they coded."""

    AUTO = "auto"
    GIVEN = "given"
    FREE = "free"


class Null(StrEnum):
    """Null model in time: whole clusters exchanged beside the usual course, sequences re-paired, one tier turned."""

    TREND_EXCHANGE = "trend_exchange"
    SWAP = "swap"
    SHIFT = "shift"


class Empty(StrEnum):
    """What a tier means that is there and holds nothing: not coded yet, or nothing to code."""

    MISSING = "missing"
    NONE = "none"


class Align(StrEnum):
    """Whether a constant offset between raters' times is estimated from their coding and, where clear, taken out."""

    NONE = "none"
    OFFSET = "offset"


class Level(StrEnum):
    """Within what errors may go together: `auto` is the highest level with enough groups."""

    AUTO = "auto"
    SESSION = "session"
    PATIENT = "patient"
    THERAPIST = "therapist"


class Window(StrEnum):
    """What is the unit of analysis: the sequences, or each session as a whole."""

    SEQUENCE = "sequence"
    SESSION = "session"


class Score(StrEnum):
    """What a sequence gets per category."""

    RATING = "rating"
    SHARE = "share"
    COUNT = "count"
    RATE_PER_MIN = "rate_per_min"
    PRESENT = "present"


class Anchor(StrEnum):
    """From which end of the given event a window starts."""

    ONSET = "onset"
    OFFSET = "offset"


class Method(StrEnum):
    """Another way to the question of a regression."""

    MIXED_MODEL = "mixed_model"
    LEAVE_ONE_SESSION_OUT = "leave_one_session_out"
    GROUPS = "groups"
    SINGLE = "single"
    SPEARMAN = "spearman"
    KENDALL = "kendall"
    LOGISTIC = "logistic"
    FRACTIONAL_LOGIT = "fractional_logit"
    ORDINAL = "ordinal"


class Consensus(StrEnum):
    """Where the consensus comes from; any other text is the name of the rater whose coding it is."""

    MAJORITY = "majority"
    NONE = "none"


class PredictorSet(StrEnum):
    """What predicts in the regressions: every category, or the codebook's groups of categories."""

    CATEGORIES = "categories"
    GROUPS = "groups"


class Language(StrEnum):
    """Language of what people read."""

    ENGLISH = "en"
    GERMAN = "de"


class CsvForm(StrEnum):
    """How CSV files are written: for programs, for Excel, for Excel set to German."""

    PLAIN = "plain"
    EXCEL = "excel"
    EXCEL_DE = "excel-de"

    @property
    def for_tables(self) -> str | None:
        """What `elancry.table.export` takes: `None` for plain CSV."""
        return None if self is CsvForm.PLAIN else self.value
