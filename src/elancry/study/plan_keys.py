"""Every choice of a study, with its default, and whether somebody chose it.

The fields of `Plan` are the one declaration: the reader (`plan`), the commented file of `elancry init` and the docs
page (`plan_text`) and the settings in the report follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

from elancry.choices import (
    Align,
    Anchor,
    CsvForm,
    Empty,
    Language,
    Level,
    Matching,
    Method,
    Null,
    PredictorSet,
    Score,
    Window,
)
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.seeds import DEFAULT_SEED
from elancry.study import plan_values as values
from elancry.yaml_lines import Walk


@dataclass(frozen=True)
class Key:
    """What belongs to a field of the plan beside type and default: topic, how it is read, and one sentence.

    `path`: the value is a file, relative to the plan.
    """

    topic: str
    read: values.Reader
    words: str
    path: bool = False


FILES, AGREEMENT, ASSOCIATION, OUTPUT = (
    "Which files, and what they hold",
    "Agreement between raters",
    "Which categories go together",
    "Numbers and output",
)


@dataclass(frozen=True)
class Plan:
    """All choices of a run.

    `chosen` names the fields that somebody set, `lines` those of a plan file with their line, `file` that file.
    """

    codebook: Annotated[
        str | None,
        Key(FILES, values.text, "Built-in codebook or YAML file; empty: the files' own vocabularies.", path=True),
    ] = None
    pattern: Annotated[
        str,
        Key(
            FILES,
            values.text,
            "How file names are made, from {session}, {rater} and {round}; a / stands for a folder: {rater}/{session}.",
        ),
    ] = "{session}__{rater}"
    tier_pattern: Annotated[
        str | None,
        Key(FILES, values.text, "For files that hold all raters, e.g. '{tier}-{rater}'; empty: one rater a file."),
    ] = None
    raters: Annotated[
        tuple[str, ...] | None,
        Key(FILES, values.names, "Only these raters, in this order, e.g. [R1, R2]; empty: everybody."),
    ] = None
    tiers: Annotated[
        tuple[str, ...] | None,
        Key(FILES, values.names, "Only these tiers or systems; empty: all that have a vocabulary."),
    ] = None
    sequence_tier: Annotated[
        str | None,
        Key(FILES, values.text, "Tier that holds the sequences, the units of analysis; empty: as the codebook says."),
    ] = None
    use_merged: Annotated[bool, Key(FILES, values.flag, "Read *.merged.eaf files instead of the raters' files.")] = (
        False
    )
    round: Annotated[
        str | None,
        Key(FILES, values.text, "Training round to use, where the pattern has {round}; empty: the last one."),
    ] = None
    empty: Annotated[
        Empty,
        Key(
            FILES,
            values.one_of(Empty),
            "What a tier without any annotation means: missing (not coded yet) or none (nothing to code).",
        ),
    ] = Empty.MISSING
    align: Annotated[
        Align,
        Key(
            FILES, values.one_of(Align), "offset: shift a rater's times by a constant where the coding says it clearly."
        ),
    ] = Align.NONE
    window: Annotated[
        Window,
        Key(FILES, values.one_of(Window), "Unit of analysis: sequence, or session (the whole session is one unit)."),
    ] = Window.SEQUENCE
    criterion: Annotated[
        tuple[float, ...],
        Key(
            AGREEMENT,
            values.overlaps,
            "Overlap from which two annotations match; of several, e.g. [0.6, 0.8], the first is the headline.",
        ),
    ] = (0.6,)
    matching: Annotated[
        Matching,
        Key(
            AGREEMENT,
            values.one_of(Matching),
            "Rule that links annotations: easydiag, elan, max_weight, interact or gseq.",
        ),
    ] = Matching.EASYDIAG
    against: Annotated[
        str | None,
        Key(AGREEMENT, values.text, "Gold rater: everybody is compared with this one alone; empty: with each other."),
    ] = None
    boundary_tolerances_ms: Annotated[
        tuple[int, ...], Key(AGREEMENT, values.times(1), "Tolerances at which begins and ends count as equal.")
    ] = (500, 1000)
    time_units_ms: Annotated[
        tuple[int, ...],
        Key(AGREEMENT, values.times(1), "Time units for the binned versions, for who must report them, e.g. [1000]."),
    ] = ()
    tolerance_ms: Annotated[
        int,
        Key(AGREEMENT, values.time(0), "Tolerance of the binned versions; 0: none. At least the largest time unit."),
    ] = 0
    resamples: Annotated[
        int, Key(AGREEMENT, values.whole(0, 1_000_000), "Resamples of the session bootstrap; 0: no intervals from it.")
    ] = 2000
    sessions: Annotated[
        str | None,
        Key(
            ASSOCIATION,
            values.text,
            "Table of the sessions, e.g. sessions.csv: session, patient, therapist and covariates; empty: none.",
            path=True,
        ),
    ] = None
    cluster: Annotated[
        Level,
        Key(
            ASSOCIATION,
            values.one_of(Level),
            "Within what errors may go together: session, patient, therapist; auto: the highest with ten groups.",
        ),
    ] = Level.AUTO
    covariates: Annotated[
        tuple[str, ...] | None,
        Key(ASSOCIATION, values.names, "Columns of the sessions table to hold constant in every regression."),
    ] = None
    outcomes: Annotated[
        tuple[str, ...] | None,
        Key(
            ASSOCIATION,
            values.names,
            "Systems to be explained by every other, or SYSTEM ~ SYSTEM for one direction; empty: both directions.",
        ),
    ] = None
    predictors: Annotated[
        PredictorSet,
        Key(
            ASSOCIATION,
            values.one_of(PredictorSet),
            "What predicts: categories, or groups (the codebook's groups of categories).",
        ),
    ] = PredictorSet.CATEGORIES
    outcome_categories: Annotated[
        tuple[tuple[str, tuple[str, ...]], ...] | None,
        Key(
            ASSOCIATION,
            values.lists,
            "Only these categories as outcomes, per system, e.g. {crying_form: [protest, despair]}; empty: all.",
        ),
    ] = None
    predictor_categories: Annotated[
        tuple[tuple[str, tuple[str, ...]], ...] | None,
        Key(
            ASSOCIATION,
            values.lists,
            "Only these categories as predictors, per system, e.g. {intervention: [pause, support]}; empty: all.",
        ),
    ] = None
    scores: Annotated[
        tuple[Score, ...],
        Key(
            ASSOCIATION,
            values.some_of(Score, fewest=1),
            "Scores of a sequence: rating, share, count, rate_per_min, present; the first of them leads.",
        ),
    ] = (Score.RATING, Score.SHARE)
    references: Annotated[
        tuple[tuple[str, str], ...] | None,
        Key(
            ASSOCIATION,
            values.pairs,
            "Reference of a system's shares, e.g. {intervention: pause} or uncoded; empty: the largest share.",
        ),
    ] = None
    aggregate: Annotated[
        str, Key(ASSOCIATION, values.text, "Whose coding: mean (over raters), consensus, or one rater's name.")
    ] = "mean"
    permutations: Annotated[
        int, Key(ASSOCIATION, values.whole(0, 1_000_000), "Permutations of each test, and draws of the wild bootstrap.")
    ] = 9999
    null: Annotated[
        Null,
        Key(
            ASSOCIATION,
            values.one_of(Null),
            "Null model of co-occurrence: swap (sequences are paired anew) or shift (assumes no common time trend).",
        ),
    ] = Null.SWAP
    min_sequence_ms: Annotated[
        int, Key(ASSOCIATION, values.time(0), "Shorter sequences stay out of the co-occurrence test; 0: none do.")
    ] = 0
    sequential_windows_ms: Annotated[
        tuple[int, ...],
        Key(ASSOCIATION, values.times(1), "How long after an event its followers are looked for; []: not."),
    ] = (5000, 10_000)
    sequential_anchors: Annotated[
        tuple[Anchor, ...],
        Key(
            ASSOCIATION,
            values.some_of(Anchor, fewest=1),
            "Where these windows begin: onset or offset of the event, or [onset, offset].",
        ),
    ] = (Anchor.ONSET,)
    sequential_lags: Annotated[
        tuple[int, ...],
        Key(ASSOCIATION, values.wholes(1, 20), "Lags event by event: 1 is the next event, 2 the one after; []: none."),
    ] = (1,)
    sensitivity: Annotated[
        tuple[Method, ...],
        Key(
            ASSOCIATION,
            values.some_of(Method),
            "The regressions by other means; also spearman, kendall, logistic, fractional_logit, ordinal; []: none.",
        ),
    ] = (Method.MIXED_MODEL, Method.LEAVE_ONE_SESSION_OUT, Method.GROUPS, Method.SINGLE)
    seed: Annotated[int, Key(OUTPUT, values.whole(0), "Seed of everything random.")] = DEFAULT_SEED
    language: Annotated[Language, Key(OUTPUT, values.one_of(Language), "Language of the report: en or de.")] = (
        Language.ENGLISH
    )
    csv_form: Annotated[
        CsvForm,
        Key(
            OUTPUT,
            values.one_of(CsvForm),
            "CSV files: plain, excel (with a byte order mark) or excel-de (semicolon and decimal comma).",
        ),
    ] = CsvForm.PLAIN
    chosen: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    file: str | None = field(default=None, compare=False)

    def choose(self, **choices: Any) -> Plan:
        """The plan with `choices` set; `None`, an empty tuple and `False` mean "not chosen" and change nothing.

        Raises UsageError for a word that is no choice of its key.
        """
        made = {
            name: value for name, value in choices.items() if value is not None and value != () and value is not False
        }
        for name, value in made.items():
            default = default_of(name)
            if isinstance(value, str) and default is not None and not isinstance(value, type(default)):
                made[name] = parse_choice(name, value)
        return self.with_(made)

    def with_(self, made: Mapping[str, Any]) -> Plan:
        """The plan with the values in `made`, each of them chosen by somebody."""
        lines = {name: line for name, line in self.lines.items() if name not in made}
        return replace(self, **made, chosen=self.chosen | set(made), lines=lines)

    def settings(self) -> dict[str, dict[str, Any]]:
        """Field -> {"value", "chosen", "line" in a plan file} for provenance; JSON-ready, of a file only the name."""
        told: dict[str, dict[str, Any]] = {}
        for name, key in keys().items():
            value = values.plain(getattr(self, name))
            if key.path and value is not None:
                value = Path(value).name
            told[name] = {"value": value, "chosen": name in self.chosen}
            if name in self.lines:
                told[name]["line"] = self.lines[name]
        return told

    def impossible(self, key: str, message: str, hint: str | None = None) -> Finding:
        """The finding that the choice of `key` cannot be, at its line if it stands in the plan file."""
        line = self.lines.get(key)
        return finding("plan-impossible", f"{key}: {message}", hint=hint, file=self.file if line else None, line=line)


@cache
def keys() -> Mapping[str, Key]:
    """Every field that can be chosen, in order."""
    hints = get_type_hints(Plan, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if get_origin(hint) is Annotated}


def default_of(name: str) -> Any:
    """The default of a field."""
    return getattr(Plan, name)


def parse_choice(name: str, given: str) -> Any:
    """The value of the key `name` written as in a plan file; UsageError where it is none."""
    walk = Walk("", "plan")
    key = keys()[name]
    value = key.read(walk.section(values.node_of(f"{name}: {given}"), [name], "the plan"), name)
    if walk.findings:
        raise UsageError(walk.findings[0].message, hint=key.words)
    return default_of(name) if value is None else value
