"""Every choice of a study, with its default, and whether somebody chose it.

The fields of `Plan` are the one declaration. What follows from a key: the reader of `study.yaml` (`plan`), the option
of every command that has its topic and `--set` (`elancry.cli.options`), the commented file of `elancry init` and the
docs page (`plan_text`), the settings in the report. Its words are the text `plan.key.NAME` of the catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from elancry.choices import (
    DEFAULT_CRITERION,
    DEFAULT_PATTERN,
    Align,
    Anchor,
    Consensus,
    CsvForm,
    Empty,
    Language,
    Level,
    Linking,
    Matching,
    Method,
    Null,
    PredictorSet,
    Score,
    Units,
    Window,
)
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.names import nearest
from elancry.seeds import DEFAULT_SEED
from elancry.study import plan_values as values
from elancry.texts import Text, text
from elancry.yaml_lines import Kind


class Topic(StrEnum):
    """What a key is about; commands take the options of whole topics."""

    FILES = "files"
    MERGE = "merge"
    AGREEMENT = "agreement"
    ASSOCIATION = "association"
    OUTPUT = "output"

    @property
    def heading(self) -> Text:
        """The heading over its keys."""
        return text(f"plan.topic.{self.value}")


@dataclass(frozen=True)
class Key:
    """A field of the plan that can be chosen: what it takes and its default; `path` is a file, relative to the plan."""

    name: str
    topic: Topic
    reader: values.Reader
    default: Any
    path: bool = False

    @property
    def words(self) -> Text:
        """What it is, in a sentence."""
        return text(f"plan.key.{self.name}")

    def parse(self, given: Any) -> Any:
        """The value that was given on the command line, as text, or in Python; nothing stands for the default.

        Raises UsageError for what it does not take, with the words that a mistake in `study.yaml` gets.
        """
        try:
            node = values.node_of(given, self.reader, self.name)
            return self.default if node.kind is Kind.EMPTY else self.reader.read(node)
        except values.WrongValue as error:
            raise UsageError(self.refusal(error), hint=self.words) from error
        except TypeError as error:
            message = text("plan.setting-object", name=self.name, type=str(error))
            raise UsageError(message, hint=self.words) from error

    def refusal(self, error: values.WrongValue) -> Text:
        """What is said of a value that this key does not take."""
        return text("plan.refused", name=self.name, problem=error.message)


def _key(default: Any, topic: Topic, reader: values.Reader, *, path: bool = False) -> Any:
    return field(default=default, metadata={"key": Key("", topic, reader, default, path)})


FILES, MERGE, AGREEMENT, ASSOCIATION, OUTPUT = Topic


@dataclass(frozen=True)
class Plan:
    """All choices of a run.

    `chosen` names the fields that somebody set, `lines` those of a plan file with their line, `file` that file.
    """

    codebook: str | None = _key(None, FILES, values.TEXT, path=True)
    pattern: str = _key(DEFAULT_PATTERN, FILES, values.TEXT)
    tier_pattern: str | None = _key(None, FILES, values.TEXT)
    raters: tuple[str, ...] | None = _key(None, FILES, values.NAMES)
    assign: str | None = _key(None, FILES, values.TEXT, path=True)
    tiers: tuple[str, ...] | None = _key(None, FILES, values.NAMES)
    ratings: tuple[str, ...] | None = _key(None, FILES, values.NAMES)
    sequence_tier: str | None = _key(None, FILES, values.TEXT)
    use_merged: bool = _key(False, FILES, values.FLAG)
    round: str | None = _key(None, FILES, values.TEXT)
    empty: Empty = _key(Empty.MISSING, FILES, values.one_of(Empty))
    align: Align = _key(Align.NONE, FILES, values.one_of(Align))
    window: Window = _key(Window.SEQUENCE, FILES, values.one_of(Window))
    consensus: str = _key(Consensus.MAJORITY.value, MERGE, values.TEXT)
    min_ms: int = _key(0, MERGE, values.time(0))
    units: Units = _key(Units.AUTO, AGREEMENT, values.one_of(Units))
    criterion: tuple[float, ...] = _key((DEFAULT_CRITERION,), AGREEMENT, values.PROPORTIONS)
    matching: Matching = _key(Matching.EASYDIAG, AGREEMENT, values.one_of(Matching))
    onset_tolerance_ms: int = _key(1000, AGREEMENT, values.time(0))
    against: str | None = _key(None, AGREEMENT, values.TEXT)
    compare: str | None = _key(None, AGREEMENT, values.TEXT)
    guest: str | None = _key(None, AGREEMENT, values.TEXT)
    boundary_tolerances_ms: tuple[int, ...] = _key((500, 1000), AGREEMENT, values.times(1))
    time_units_ms: tuple[int, ...] = _key((), AGREEMENT, values.times(1))
    tolerance_ms: int = _key(0, AGREEMENT, values.time(0))
    resamples: int = _key(2000, AGREEMENT, values.whole(0, 1_000_000))
    sessions: str | None = _key(None, ASSOCIATION, values.TEXT, path=True)
    cluster: Level = _key(Level.AUTO, ASSOCIATION, values.one_of(Level))
    covariates: tuple[str, ...] | None = _key(None, ASSOCIATION, values.NAMES)
    outcomes: tuple[str, ...] | None = _key(None, ASSOCIATION, values.NAMES)
    predictors: PredictorSet = _key(PredictorSet.CATEGORIES, ASSOCIATION, values.one_of(PredictorSet))
    outcome_categories: tuple[tuple[str, tuple[str, ...]], ...] | None = _key(None, ASSOCIATION, values.LISTS)
    predictor_categories: tuple[tuple[str, tuple[str, ...]], ...] | None = _key(None, ASSOCIATION, values.LISTS)
    scores: tuple[Score, ...] = _key((Score.RATING, Score.SHARE), ASSOCIATION, values.some_of(Score, fewest=1))
    references: tuple[tuple[str, str], ...] | None = _key(None, ASSOCIATION, values.PAIRS)
    aggregate: str = _key("mean", ASSOCIATION, values.TEXT)
    permutations: int = _key(9999, ASSOCIATION, values.whole(0, 1_000_000))
    null: Null = _key(Null.TREND_EXCHANGE, ASSOCIATION, values.one_of(Null))
    min_sequence_ms: int = _key(0, ASSOCIATION, values.time(0))
    sequential_windows_ms: tuple[int, ...] = _key((5000, 10_000), ASSOCIATION, values.times(1))
    sequential_anchors: tuple[Anchor, ...] = _key((Anchor.ONSET,), ASSOCIATION, values.some_of(Anchor, fewest=1))
    sequential_lags: tuple[int, ...] = _key((1,), ASSOCIATION, values.wholes(1, 20))
    sensitivity: tuple[Method, ...] = _key(
        (Method.MIXED_MODEL, Method.LEAVE_ONE_SESSION_OUT, Method.GROUPS, Method.SINGLE),
        ASSOCIATION,
        values.some_of(Method),
    )
    seed: int = _key(DEFAULT_SEED, OUTPUT, values.whole(0))
    language: Language = _key(Language.ENGLISH, OUTPUT, values.one_of(Language))
    csv_form: CsvForm = _key(CsvForm.PLAIN, OUTPUT, values.one_of(CsvForm))
    print_figures: bool = _key(False, OUTPUT, values.FLAG)
    chosen: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    file: str | None = field(default=None, compare=False)

    @property
    def linkings(self) -> tuple[Linking, ...]:
        """How events are linked: by the rule at every criterion, or by onsets."""
        limits = (float(self.onset_tolerance_ms),) if self.matching is Matching.ONSET else self.criterion
        return tuple(Linking(self.matching, limit) for limit in limits)

    @property
    def units_for_all(self) -> Units | None:
        """Whether units are given, where the plan says it of every system; None leaves it to the codebook."""
        return self.units if "units" in self.chosen else None

    def choose(self, **given: Any) -> Plan:
        """The plan with what is given in Python; raises UsageError for a value that its key does not take."""
        return self.with_({name: key_named(name).parse(values.plain(value)) for name, value in given.items()})

    def with_(self, made: Mapping[str, Any]) -> Plan:
        """The plan with the values in `made`, each of them chosen by somebody."""
        lines = {name: line for name, line in self.lines.items() if name not in made}
        return replace(self, **made, chosen=self.chosen | set(made), lines=lines)

    def settings(self) -> dict[str, dict[str, Any]]:
        """Field -> {"value", "chosen", "line" in a plan file} for provenance; JSON-ready, of a file only the name."""
        found: dict[str, dict[str, Any]] = {}
        for name, key in keys().items():
            value = values.plain(getattr(self, name))
            if key.path and value is not None:
                value = Path(value).name
            found[name] = {"value": value, "chosen": name in self.chosen}
            if name in self.lines:
                found[name]["line"] = self.lines[name]
        return found

    def impossible(self, key: str, message: Text | str, hint: Text | str | None = None) -> Finding:
        """The finding that the choice of `key` cannot be, at its line if it stands in the plan file."""
        line = self.lines.get(key)
        return finding(
            "plan-impossible",
            text("finding.plan-impossible.message", key=key, problem=message),
            hint=hint,
            file=self.file if line else None,
            line=line,
        )


@cache
def keys() -> Mapping[str, Key]:
    """Every field that can be chosen, in order."""
    return {item.name: replace(item.metadata["key"], name=item.name) for item in fields(Plan) if item.metadata}


def key_named(name: str) -> Key:
    """The key of the plan called `name`; UsageError, with the nearest one, where there is none."""
    if name in keys():
        return keys()[name]
    close = nearest(name, keys())
    hint = text("plan.setting-close", close=close) if close else text("plan.settings-are", names=tuple(keys()))
    raise UsageError(text("plan.setting-unknown", name=name), hint=hint)
