"""The paragraph on agreement of the methods text: measures, matching, intervals, levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from elancry.association import measured
from elancry.choices import Matching
from elancry.report import agreement_rows
from elancry.report.numbers import percent, whole
from elancry.report.view import View

SIMULATED = {"sequences": whole(measured.N_SEQUENCES), "sessions": whole(measured.N_SESSIONS)}
"""The size of the studies that the true levels come from."""

# Who is cited for a measure of agreement where it was computed.
CITED = {
    "time_cohen_kappa": "cohen1960",
    "time_conger_kappa": "conger1980",
    "time_fleiss_kappa": "fleiss1971",
    "time_gwet_ac1": "gwet2014",
    "time_brennan_prediger": "brennan1981",
    "time_krippendorff_alpha": "krippendorff2019",
    "time_masi_alpha": "passonneau2006",
    "label_cohen_kappa": "cohen1960",
    "label_conger_kappa": "conger1980",
    "label_fleiss_kappa": "fleiss1971",
    "label_gwet_ac1": "gwet2014",
    "label_brennan_prediger": "brennan1981",
    "label_krippendorff_alpha": "krippendorff2019",
    "event_kappa_ipf": "holle2015",
    "icc_2_1": "shrout1979",
    "icc_2_k": "mcgraw1996",
    "kappa_quadratic": "cohen1968",
    "kappa_linear": "cohen1968",
    "alpha_ordinal": "krippendorff2019",
    "ac2_quadratic": "gwet2014",
    "ac2_linear": "gwet2014",
    "presence_fleiss_kappa": "fleiss1971",
    "presence_gwet_ac1": "gwet2014",
    "presence_krippendorff_alpha": "krippendorff2019",
}


OF_ICC = {
    "interval.f": "icc_f",
    "interval.monte-carlo-clusters": "icc_components",
    "interval.monte-carlo": "icc_missing",
    "interval.of-mean": "icc_missing",
}
"""How an interval of ICC was made -> the sentence that says so."""


def agreement(view: View, say: Callable[..., str], plan: Mapping[str, Any]) -> list[str]:
    """What was compared, how, with which intervals; `say` fills in a sentence, `plan` holds the settings."""
    rows = view.rows("agreement")
    if not rows:
        return []
    found = {
        family: _measures(view, rows, family)
        for family in ("label", "time", "event", "unitizing", "rating", "presence")
    }
    sentences: list[str] = []
    if found["label"]:
        sentences.append(say("agreement.label", measures=found["label"]))
    if found["time"]:
        sentences.append(say("agreement.time", measures=found["time"]))
    units = plan["time_units_ms"]
    if found["time"] and units:
        shown = ", ".join(map(str, units))
        sentences.append(say("agreement.binned", units=shown, tolerance=str(plan["tolerance_ms"])))
    if found["event"]:
        rule = say(f"rule.{plan['matching']}")
        if plan["matching"] == Matching.ONSET:
            most = str(plan["onset_tolerance_ms"])
            sentences.append(say("agreement.event_by_onset", rule=rule, tolerance=most, measures=found["event"]))
        else:
            criterion = ", ".join(percent(value) for value in plan["criterion"])
            sentences.append(say("agreement.event", rule=rule, criterion=criterion, measures=found["event"]))
    if found["time"] and found["event"]:
        sentences.append(say("agreement.both"))
    if found["unitizing"]:
        sentences.append(say("agreement.units", measures=found["unitizing"]))
    numbers = [text for text in (found["rating"], found["presence"]) if text]
    if numbers:
        sentences.append(say("agreement.numbers", measures="; ".join(numbers)))
    if view.rows("generalizability"):
        sentences.append(say("agreement.generalizability"))
    resamples = plan["resamples"]
    if resamples:
        sentences += intervals(rows, whole(resamples), len(view.results.design.raters), say)
    else:
        sentences.append(say("agreement.no_bootstrap"))
    sentences += categories(view, say, rows)
    if any(row["level"] for row in rows):
        sentences.append(say("agreement.levels"))
    sentences += differences(view, say)
    return sentences


def intervals(rows: Sequence[Mapping[str, Any]], drawn: str, raters: int, say: Callable[..., str]) -> list[str]:
    """Over what was resampled, and how often such intervals hold the truth in simulated studies like this one."""
    found = next(filter(None, map(_resampled, rows)), None)
    level = found[0] if found is not None else "session"
    sentences = [say("agreement.bootstrap", n=drawn, level=say(f"level.{level}"))]
    codes = {part.code for row in rows if row["ci_method"] for part in getattr(row["ci_method"], "parts", ())}
    of_icc = dict.fromkeys(sentence for code, sentence in OF_ICC.items() if code in codes)
    if "icc_components" in of_icc:
        # F intervals are beside them.
        of_icc.pop("icc_f", None)
    sentences += [say(f"agreement.{sentence}") for sentence in of_icc]
    if found is None:
        return sentences
    clusters = found[1]
    near = measured.coverage_near(clusters, raters)
    near_icc = measured.icc_coverage_near(clusters, raters) if "interval.monte-carlo-clusters" in codes else None
    for name, of in (("coverage", near), ("coverage_icc", near_icc)):
        if of is not None:
            groups, low, high = of
            rates = {"low": measured.percent(low), "high": measured.percent(high)}
            sentences.append(say(f"agreement.{name}", n=whole(groups), **rates))
    if near is None:
        unknown = {"n": whole(clusters), "level": say(f"level.{level}"), "raters": whole(raters)}
        sentences.append(say("agreement.coverage_unknown", **unknown))
    return sentences


def _resampled(row: Mapping[str, Any]) -> tuple[str, int] | None:
    """Level and number of the clusters that the interval of a row resamples; None where it has another interval."""
    method = row["ci_method"]
    for part in getattr(method, "parts", ()):
        basis = part.fields.get("basis")
        if basis is not None and basis.code == "interval.clusters":
            return basis.fields["levels"].code.removeprefix("level."), int(basis.fields["clusters"])
        if basis is not None and basis.code == "interval.sessions":
            return "session", int(basis.fields["sessions"])
    return None


def categories(view: View, say: Callable[..., str], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the chance terms take as the categories, for each way in which systems are told of theirs."""
    systems: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.get("categories_from"):
            systems.setdefault(row["categories_from"], {})[view.names.system(row["system"])] = None
    names = {origin: "; ".join(own) for origin, own in systems.items()}
    return [say(f"agreement.categories.{origin}", systems=own) for origin, own in names.items()]


def _measures(view: View, rows: Iterable[Mapping[str, Any]], family: str) -> str:
    """The measures of a family that have a number, each with who is cited for it."""
    there = dict.fromkeys(
        row["measure"]
        for row in rows
        if row["estimate"] is not None and agreement_rows.family(row["measure"]) == family
    )
    cited = []
    for measure in there:
        label = view.words.get(f"measure.{measure}", measure)
        cited.append(f"{label} [@{CITED[measure]}]" if measure in CITED else label)
    # Labels hold commas.
    return "; ".join(cited)


def differences(view: View, say: Callable[..., str]) -> list[str]:
    """Between what agreement was compared, and how its difference got an interval."""
    rows = view.rows("agreement_differences")
    sentences = [
        say(f"agreement.difference_{by if by in ('guest', 'versus') else 'groups'}", by=by, name=name)
        for by, name in dict.fromkeys((row["by"], row["second"] if row["by"] == "guest" else "") for row in rows)
    ]
    return [*sentences, say("agreement.differences")] if sentences else []
