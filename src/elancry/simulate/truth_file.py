"""truth.json: everything that was planted, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from elancry.simulate.describe import describe_pairs, describe_ratings
from elancry.simulate.mistake_kinds import PlantedMistake
from elancry.simulate.parameters import rare_categories
from elancry.simulate.raters import confusion_matrix
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.truth import Events, FloatArray

_DIGITS = 9  # the last digits of a sum differ between processors


def truth_of(study: SimulatedStudy, annotation_of: Mapping[PlantedMistake, str]) -> dict[str, Any]:
    """What was planted, JSON-ready. `annotation_of` gives the id in the file of each mistake at an annotation."""
    units = study.sequences
    return {
        "note": "Synthetic data. No person was recorded; every number was drawn at random.",
        "seed": study.seed,
        "codebook": {"id": study.codebook.id, "version": study.codebook.version},
        "raters": list(study.raters),
        "sequences": [
            {"session": study.sessions[session], "sequence": name, "start_ms": start, "end_ms": end}
            for session, name, start, end in zip(
                units.session.tolist(), units.name, units.start_ms.tolist(), units.end_ms.tolist(), strict=True
            )
        ],
        "sequences_prefilled": study.prefilled,
        "truth_model": asdict(study.truth_model),
        "rater_models": {rater: asdict(model) for rater, model in study.rater_models.items()},
        "effects": [asdict(effect) for effect in study.effects],
        "systems": {system_id: _system(study, system_id) for system_id in study.truth},
        "agreement_of_this_draw": {
            "time_cohen_kappa_with_none": [
                {**asdict(pair), "percent": _rounded(pair.percent), "kappa": _rounded(pair.kappa)}
                for pair in describe_pairs(study)
            ],
            "icc_2_1": [{**asdict(item), "icc_2_1": _rounded(item.icc_2_1)} for item in describe_ratings(study)],
        },
        "mistakes": [
            {
                "file": mistake.file,
                "tier": mistake.tier,
                "annotation": annotation_of.get(mistake),
                "start_ms": mistake.start_ms,
                "end_ms": mistake.end_ms,
                "mistake": mistake.kind.value,
                "finding": mistake.finding,
            }
            for mistake in study.mistakes
        ],
    }


def as_json(content: object, indent: str = "") -> str:
    """JSON that a person can read: a list or mapping without inner ones stands on one line."""
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    if not any(isinstance(item, (dict, list)) and item for item in inner):
        return json.dumps(content, ensure_ascii=False)
    deeper = indent + " "
    if isinstance(content, dict):
        lines = [f"{deeper}{json.dumps(str(key))}: {as_json(value, deeper)}" for key, value in content.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    assert isinstance(content, list)
    return "[\n" + ",\n".join(deeper + as_json(item, deeper) for item in content) + f"\n{indent}]"


def _system(study: SimulatedStudy, system_id: str) -> dict[str, Any]:
    system = study.codebook.system(system_id)
    assert system is not None
    truth = study.truth[system_id]
    last = len(study.sequences) - 1
    described: dict[str, Any] = {
        "categories": [category.id for category in system.categories],
        "rare": list(rare_categories(system, study.effects)),
        "confusion_matrix": {},
        "intensity": _rows(truth.intensity),
        "events": _event_rows(truth.events, [category.id for category in system.categories]),
    }
    for rater, model in study.rater_models.items():
        course = study.sequences.session[last] / max(int(study.sequences.session[last]), 1)
        at_the_end = min(model.confusion * (1 + model.drift * float(course)), 0.95)
        described["confusion_matrix"][rater] = {
            "first_session": _rows(confusion_matrix(system, model.confusion)),
            "last_session": _rows(confusion_matrix(system, at_the_end)),
        }
    if truth.rating is not None:
        described["rating"] = _rows(truth.rating)
    return described


def _rows(values: FloatArray) -> list[list[float]]:
    return [[round(value, 6) for value in row] for row in values.tolist()]


def _event_rows(events: Events, names: list[str]) -> list[list[Any]]:
    """[index of the sequence, start_ms, end_ms, category] of every true event."""
    columns = (events.sequence.tolist(), events.start_ms.tolist(), events.end_ms.tolist(), events.code.tolist())
    return [[row, start, end, names[code]] for row, start, end, code in zip(*columns, strict=True)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
