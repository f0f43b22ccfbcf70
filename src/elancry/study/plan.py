"""The plan of a study: every choice, with its default, and whether somebody chose it.

Choices come from three places, the later overriding the earlier: the defaults below, a YAML file (`study.yaml`), the
command line. The report prints all of them and says which were chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from elancry.choices import CsvForm, Language, Matching, Null
from elancry.errors import InvalidInput, UsageError
from elancry.findings import register
from elancry.seeds import DEFAULT_SEED
from elancry.yaml_lines import Section, Walk, walk_kinds
from elancry.yaml_tree import read_yaml

FILE_NAME = "study.yaml"

register(walk_kinds("plan", "The study plan"))


@dataclass(frozen=True)
class Plan:
    """All choices of a run. `chosen` names the fields that somebody set."""

    codebook: str | None = None
    pattern: str = "{session}__{rater}"
    tier_pattern: str | None = None
    raters: tuple[str, ...] | None = None
    tiers: tuple[str, ...] | None = None
    sequence_tier: str | None = None
    use_merged: bool = False
    criterion: tuple[float, ...] = (0.6,)
    matching: Matching = Matching.EASYDIAG
    resamples: int = 2000
    permutations: int = 9999
    null: Null = Null.SWAP
    seed: int = DEFAULT_SEED
    language: Language = Language.ENGLISH
    csv_form: CsvForm = CsvForm.PLAIN
    chosen: frozenset[str] = field(default=frozenset())

    def choose(self, **choices: Any) -> Plan:
        """The plan with `choices` set; `None`, an empty tuple and `False` mean "not chosen" and change nothing."""
        made = {
            name: value for name, value in choices.items() if value is not None and value != () and value is not False
        }
        return replace(self, **made, chosen=self.chosen | set(made))

    def settings(self) -> dict[str, dict[str, Any]]:
        """Field -> {"value", "chosen"} for provenance; values are JSON-ready."""
        return {
            item.name: {"value": _plain(getattr(self, item.name)), "chosen": item.name in self.chosen}
            for item in fields(self)
            if item.name != "chosen"
        }


def plan_for(paths: Sequence[Path], *, study: Path | None = None, **choices: Any) -> Plan:
    """The plan for a command: `study`, else `study.yaml` here, else in the one folder given; then `choices` over it.

    Raises UsageError for a plan that is named and not there; InvalidInput with every mistake in the file.
    """
    plan = Plan()
    if study is not None and not study.is_file():
        raise UsageError(f"there is no plan {study}", hint="Give the path of a study.yaml, or leave --study out.")
    folders = [Path(), *(path for path in paths if path.is_dir())][:2]
    found = study or next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)
    if found is not None:
        plan = plan.choose(**read_plan(found))
    return plan.choose(**choices)


def read_plan(path: Path) -> dict[str, Any]:
    """The choices made in a plan file; a codebook's path is taken relative to the file.

    Raises UnreadableInput if it is no YAML, InvalidInput with every mistake in it otherwise.
    """
    walk = Walk(str(path), "plan")
    keys = [item.name for item in fields(Plan) if item.name != "chosen"]
    choices = _read(walk.section(read_yaml(path), keys, "the plan"))
    if walk.findings:
        noun = "mistake" if len(walk.findings) == 1 else "mistakes"
        raise InvalidInput(f"{len(walk.findings)} {noun} in the plan {path}", walk.findings)
    codebook = choices.get("codebook")
    if codebook is not None and codebook.endswith((".yaml", ".yml")):
        choices["codebook"] = str(path.parent / codebook)
    return {name: value for name, value in choices.items() if value is not None}


def _read(top: Section) -> dict[str, Any]:
    return {
        **{name: top.text(name) for name in ("codebook", "pattern", "tier_pattern", "sequence_tier")},
        **{name: top.texts(name) or None for name in ("raters", "tiers")},
        "use_merged": top.flag("use_merged"),
        "criterion": _criteria(top),
        "matching": top.choice("matching", Matching),
        "resamples": top.integer("resamples", minimum=0, maximum=1_000_000),
        "permutations": top.integer("permutations", minimum=0, maximum=10_000_000),
        "null": top.choice("null", Null),
        "seed": top.integer("seed", minimum=0),
        "language": top.choice("language", Language),
        "csv_form": top.choice("csv_form", CsvForm),
    }


def _criteria(top: Section) -> tuple[float, ...] | None:
    """One overlap criterion or a list of them, each in (0, 1]."""
    found = []
    for text in top.texts("criterion"):
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 < value <= 1:
            top.walk.report(
                "wrong-type",
                top.line_of("criterion"),
                f"the plan, 'criterion': {text!r} is no number above 0 and at most 1",
            )
        found.append(value)
    return tuple(found) or None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.value if hasattr(value, "value") else value
