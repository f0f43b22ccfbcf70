"""Results of a study that never was: every table that a run can hand over, with exactly the declared columns.

The numbers come from one seeded generator; only their shape is meant to be realistic. Tests that look for a number put
it there themselves through the keyword arguments, so that nothing is compared with what happened to be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from elancry.agreement.generalizability import Components
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.choices import Language
from elancry.codebook.model import Category, Codebook, Coding, Group, Scale, Source, SourceStatus, System
from elancry.findings import Finding, Severity
from elancry.report.content import build_report
from elancry.report.figures import svg_print
from elancry.report.figures.album import LiveAlbum
from elancry.report.figures.style import Drawing
from elancry.report.write import report_files
from elancry.study.results import Coverage, Design, Provenance, Results
from elancry.table.schema import (
    AGREEMENT,
    APART,
    ATTENUATION,
    CONFUSION,
    COOCCURRENCE,
    DESCRIPTIVES,
    DRIFT,
    GENERALIZABILITY,
    MODELS,
    REGRESSION,
    SENSITIVITY,
    SEQUENTIAL,
    SETCORRELATION,
    TRAINING,
)
from elancry.texts import text

RATERS = ("R1", "R2", "R3")
FORMS = ("protest", "despair", "inhibited", "unclear")
INTERVENTIONS = {
    "trigger": ("Trigger of crying", "Auslöser des Weinens", "trigger_group"),
    "here_and_now": (
        "Perceiving the here-and-now quality of the crying",
        "Wahrnehmen der Hier-und-Jetzt-Qualität des Weinens",
        "addressing",
    ),
    "exploring_emotions": ("Exploring emotions", "Explorieren von Emotionen", "addressing"),
    "contextualizing": (
        "Contextualizing the crying in an actively therapeutic manner",
        "Aktiv therapeutisches Einordnen des Weinens",
        "addressing",
    ),
    "pause": ("Pause", "Pause", "giving_space"),
    "letting_narrate": ("Letting narrate", "Erzählen lassen", "giving_space"),
    "support": (
        "Providing support in an actively therapeutic manner",
        "Aktiv therapeutisches Unterstützen",
        "neutralizing",
    ),
    "exploring_facts": ("Exploring facts", "Explorieren von Fakten", "neutralizing"),
    "topic_change": (
        "Initiating a change of topic / ending the session",
        "Themenwechsel einleiten / Stunde beenden",
        "neutralizing",
    ),
}


def codebook(*, form_label: str = "Form of crying", first_form: str = "Protest") -> Codebook:
    """Two systems, coded and rated; the labels given are for tests that look for them."""
    forms = tuple(
        Category(form, {"en": first_form if form == "protest" else form.capitalize(), "de": form.capitalize()})
        for form in FORMS
    )
    interventions = tuple(
        Category(name, {"en": en, "de": de}, group=group, colour="#0072B2" if name == "pause" else None)
        for name, (en, de, group) in INTERVENTIONS.items()
    )
    groups = tuple(
        Group(name, {"en": name.replace("_", " ").capitalize()})
        for name in dict.fromkeys(c.group or "" for c in interventions)
    )
    return Codebook(
        id="crying",
        title="Crying in psychotherapy",
        languages=("en", "de"),
        systems=(
            System(
                "crying_form",
                {"en": form_label, "de": "Form des Weinens"},
                forms,
                Coding.BOTH,
                participant="patient",
                scale=Scale(0, 4),
                source=Source("Nelson (2005); Robinson, Hill & Kivlighan (2015)", SourceStatus.STARTER, "Replace me."),
            ),
            System(
                "intervention",
                {"en": "Therapeutic intervention", "de": "Therapeutische Intervention"},
                interventions,
                Coding.BOTH,
                participant="therapist",
                scale=Scale(0, 4),
                groups=groups,
                source=Source("Gutjahr & Benecke (2024), doi 10.4081/ripppo.2024.725", SourceStatus.PUBLISHED),
            ),
        ),
    )


def sequence_list(raters: tuple[str, ...] = RATERS) -> tuple[Mapping[str, Any], ...]:
    """46 sequences in 32 sessions: two in each of the first 14 sessions, one in the others."""
    rng = np.random.default_rng(1)
    listed = []
    for number in range(1, 33):
        start = 0
        for sequence in range(1, 3 if number <= 14 else 2):
            start += int(rng.integers(120_000, 900_000))
            end = start + int(rng.integers(25_000, 180_000))
            listed.append(
                {
                    "session": f"s{number:02d}",
                    "sequence": str(sequence),
                    "start_ms": start,
                    "end_ms": end,
                    "raters": list(raters),
                }
            )
            start = end
    return tuple(listed)


def timelines(book: Codebook, raters: tuple[str, ...] = RATERS, per_sequence: int = 8) -> tuple[Timeline, ...]:
    """Per sequence and system: a true coding, each rater's copy with moved boundaries and a few other labels."""
    rng = np.random.default_rng(2)
    made = []
    for index, item in enumerate(sequence_list(raters)):
        start, end = item["start_ms"], item["end_ms"]
        for system in book.systems:
            k = len(system.categories)
            cuts = np.sort(rng.choice(np.arange(start + 500, end - 500), per_sequence - 1, replace=False))
            truth = rng.integers(NONE, k, per_sequence)
            grid = np.unique(
                np.concatenate(
                    [[start, end], *[np.clip(cuts + rng.integers(-900, 900, cuts.size), start, end) for _ in raters]]
                )
            )
            middle = (grid[:-1] + grid[1:]) / 2
            codes = np.empty((middle.size, len(raters)), dtype=np.int16)
            for column in range(len(raters)):
                moved = np.sort(cuts + rng.integers(-900, 900, cuts.size))
                labels = np.where(rng.random(per_sequence) < 0.12, rng.integers(NONE, k, per_sequence), truth)
                codes[:, column] = labels[np.searchsorted(moved, middle)]
            if index == 3 and system is book.systems[0]:
                codes[:, -1] = MISSING
            made.append(
                Timeline(
                    session=item["session"],
                    sequence=item["sequence"],
                    system=system.id,
                    tier=system.tier_name,
                    raters=raters,
                    categories=tuple(category.id for category in system.categories),
                    start_ms=grid[:-1].astype(np.int64),
                    end_ms=grid[1:].astype(np.int64),
                    codes=codes,
                )
            )
    return tuple(made)


def word_for(low: float) -> str:
    """A Landis and Koch word, taken from the lower limit."""
    steps = [(0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight")]
    return next((word for limit, word in steps if low >= limit), "poor")


def agreement_rows(book: Codebook, raters: tuple[str, ...] = RATERS) -> list[dict[str, Any]]:
    """Overall, per category, per pair, leave-one-out and per session."""
    rng = np.random.default_rng(3)
    rows: list[dict[str, Any]] = []
    everyone = "|".join(raters)

    def add(centre: float, **cells: Any) -> None:
        value = float(np.clip(centre + rng.normal(0, 0.03), -1, 0.99))
        low, high = value - 0.09, min(value + 0.06, 1.0)
        rows.append(
            {
                "scope": "overall",
                "aggregate": "pooled",
                "raters": everyone,
                "n_units": 46,
                "n_sessions": 32,
                "estimate": value,
                "ci_low": low,
                "ci_high": high,
                "ci_method": "session bootstrap, BCa, 2000 resamples, 0 undefined",
                "level": word_for(low),
                **cells,
            }
        )

    for system, centre in zip(book.systems, (0.75, 0.66), strict=True):
        interval = {"system": system.id, "coding": "interval", "tier": system.tier_name, "compared_ms": 4_500_000}
        for variant in ("with_none", "without_none"):
            for measure, extra in (
                ("time_percent", 0.1),
                ("time_fleiss_kappa", 0.0),
                ("time_conger_kappa", 0.0),
                ("time_gwet_ac1", 0.06),
                ("time_brennan_prediger", 0.05),
                ("time_krippendorff_alpha", 0.0),
            ):
                add(centre + extra, measure=measure, variant=variant, **interval)
                for category in system.categories:
                    add(
                        centre + extra - 0.1,
                        measure=measure,
                        variant=variant,
                        scope="category",
                        category=category.id,
                        **interval,
                    )
            for session in ("s01", "s02", "s03", "s04", "s05"):
                add(
                    centre,
                    measure="time_fleiss_kappa",
                    variant=variant,
                    scope="session",
                    session=session,
                    **interval,
                )
            for out in raters:
                rest = "|".join(rater for rater in raters if rater != out)
                add(
                    centre + 0.02,
                    measure="time_fleiss_kappa",
                    variant=variant,
                    aggregate="leave_one_out",
                    **{**interval, "raters": rest},
                )
            for pair in combinations(raters, 2):
                add(
                    centre,
                    measure="time_cohen_kappa",
                    variant=variant,
                    aggregate="pair",
                    **{**interval, "raters": "|".join(pair)},
                )
            add(centre, measure="time_cohen_kappa", variant=variant, aggregate="pair_mean", **interval)
        for measure in ("event_linked", "event_kappa_ipf", "event_kappa_max", "event_raw"):
            add(
                centre - 0.03,
                measure=measure,
                variant="easydiag",
                criterion=0.6,
                aggregate="pair_mean",
                **{**interval, "n_units": 410},
            )
        for measure in ("unitizing_alpha", "unitizing_alpha_binary", "unitizing_alpha_coding"):
            add(centre - 0.05, measure=measure, variant="", **interval)
        add(
            0.0,
            measure="onset_bias_ms",
            variant="easydiag",
            aggregate="pair_mean",
            **{**interval, "estimate": 85.0, "ci_low": 20.0, "ci_high": 150.0, "level": ""},
        )
        for index, category in enumerate(system.categories):
            rating = {
                "system": system.id,
                "coding": "rating",
                "tier": system.rating_tier_name(category.id),
                "variant": "rating",
            }
            for measure in ("icc_2_1", "icc_2_k", "kappa_quadratic", "alpha_ordinal"):
                cells = dict(rating, measure=measure, scope="category", category=category.id, ci_method="F (psych)")
                if index == len(system.categories) - 1:
                    add(
                        0,
                        **{
                            **cells,
                            "estimate": None,
                            "ci_low": None,
                            "ci_high": None,
                            "level": "",
                            "undefined_reason": "every rating is 0: no variation between sequences",
                        },
                    )
                else:
                    add(0.8 - index * 0.05, **cells)
    return rows


def generalizability_rows(book: Codebook) -> list[dict[str, Any]]:
    """Ratings: true variance 1, of raters .1, residual .4, .9, 1.4, ... per category; in the last nothing is true."""
    rows = []
    for system in book.systems:
        for index, category in enumerate(system.categories):
            true = 0.0 if index == len(system.categories) - 1 else 1.0
            residual = 0.4 + 0.5 * index
            components = Components(0.0, true, 0.1, residual)
            rows += [
                {
                    "system": system.id,
                    "coding": "rating",
                    "tier": system.rating_tier_name(category.id),
                    "category": category.id,
                    "variant": "rating",
                    "n_raters": 3,
                    "n_sequences": 46,
                    "n_clusters": 46,
                    "raters_for_75": components.raters_for(0.75),
                    "raters_for_90": components.raters_for(0.90),
                    "k": k,
                    "relative": components.relative(k),
                    "absolute": components.absolute(k),
                    "absolute_low": components.absolute(k) * 0.8,
                    "absolute_high": components.absolute(k) ** 0.8,
                }
                for k in range(1, 9)
            ]
    return rows


def confusion_rows(book: Codebook, raters: tuple[str, ...] = RATERS) -> list[dict[str, Any]]:
    """Time for every pair of raters, and the event table of the first pair."""
    rng = np.random.default_rng(4)
    rows = []
    for system in book.systems:
        names = [category.id for category in system.categories]
        for kind, nothing in (("time_ms", "none"), ("event", "no_match")):
            for a, b in combinations(raters, 2):
                for x in (*names, nothing):
                    for y in (*names, nothing):
                        if kind == "event" and x == y == nothing:
                            continue
                        value = float(rng.integers(20_000, 200_000) if x == y else rng.integers(0, 9_000))
                        rows.append(
                            {
                                "system": system.id,
                                "tier": system.tier_name,
                                "kind": kind,
                                "variant": "" if kind == "time_ms" else "easydiag",
                                "criterion": None if kind == "time_ms" else 0.6,
                                "rater_a": a,
                                "rater_b": b,
                                "category_a": x,
                                "category_b": y,
                                "value": value if kind == "time_ms" else round(value / 4_000),
                            }
                        )
    return rows


def cooccurrence_rows(book: Codebook) -> list[dict[str, Any]]:
    """Every pair of categories; despair goes with exploring emotions, one category never happened."""
    rng = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    for form in FORMS:
        for name in INTERVENTIONS:
            row: dict[str, Any] = {
                "system_a": "crying_form",
                "category_a": form,
                "system_b": "intervention",
                "category_b": name,
                "n_sequences": 46,
                "n_sessions": 32,
                "null": "trend_exchange",
                "cluster": "session",
                "n_clusters": 32,
                "n_strata": 5,
            }
            if form == "unclear" and name == "topic_change":
                rows.append(
                    row | {"joint_ms": 0.0, "expected_ms": 0.0, "undefined_reason": "never coded in any sequence"}
                )
                continue
            expected = float(rng.integers(20_000, 90_000))
            planted = form == "despair" and name == "exploring_emotions"
            ratio = 2.4 if planted else float(np.exp(rng.normal(0, 0.15)))
            p = 0.0001 if planted else float(rng.uniform(0.05, 1))
            rows.append(
                row
                | {
                    "joint_ms": expected * ratio,
                    "expected_ms": expected,
                    "ratio": ratio,
                    "ratio_low": ratio / 1.5,
                    "ratio_high": ratio * 1.5,
                    "jaccard": 0.1,
                    "odds_ratio": ratio * 1.2,
                    "p_permutation": p,
                    "p_holm": min(1.0, p * 35),
                    "p_bh": min(1.0, p * 20),
                    "p_maxt": min(1.0, p * 30),
                }
            )
    return rows


def regression_rows(book: Codebook) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Coefficients and models, both directions, both scores."""
    rng = np.random.default_rng(6)
    rows: list[dict[str, Any]] = []
    models: list[dict[str, Any]] = []
    sides = [
        ("crying_form", FORMS, "intervention", tuple(INTERVENTIONS)),
        ("intervention", tuple(INTERVENTIONS), "crying_form", FORMS),
    ]
    for outcome_system, outcomes, predictor_system, predictors in sides:
        for score in ("rating", "share"):
            terms = predictors[:-1] if score == "share" else predictors
            for outcome in outcomes:
                same = {
                    "outcome_system": outcome_system,
                    "outcome": outcome,
                    "predictor_system": predictor_system,
                    "score": score,
                    "n_sequences": 46,
                    "n_sessions": 32,
                }
                for se_type in ("classical", "HC3", "CR2"):
                    for term in ("(Intercept)", *terms):
                        planted = outcome == "despair" and term == "exploring_emotions"
                        b, se = (0.6, 0.12) if planted else (float(rng.normal(0, 0.15)), 0.15)
                        p = 0.0002 if planted else float(rng.uniform(0.06, 1))
                        row = {
                            **same,
                            "term": term,
                            "b": b,
                            "se": se,
                            "se_type": se_type,
                            "t": b / se,
                            "df": 12.4,
                            "ci_low": b - 2.2 * se,
                            "ci_high": b + 2.2 * se,
                            "p": p,
                        }
                        if term != "(Intercept)":
                            row |= {
                                "beta": b * 0.9,
                                "beta_se": se * 0.9,
                                "beta_ci_low": (b - 2.2 * se) * 0.9,
                                "beta_ci_high": (b + 2.2 * se) * 0.9,
                                "p_holm": min(1.0, p * 30),
                                "p_bh": min(1.0, p * 12),
                                "vif": 1.4,
                            }
                        rows.append(row)
                    models.append(
                        {
                            **same,
                            "se_type": se_type,
                            "r2": 0.34,
                            "r2_adjusted": 0.18,
                            "f": 2.1,
                            "df1": 9.0,
                            "df2": 11.2,
                            "p": 0.12,
                            "f2": 0.51,
                            "f2_ci_low": 0.05,
                            "f2_ci_high": 0.8,
                            "f2_adjusted": 0.22,
                            "warnings": text("model.not-ten-sequences", ratio=46 / 9),
                            "reference": predictors[-1] if score == "share" else "",
                        }
                    )
    return rows, models


def sequential_rows() -> list[dict[str, Any]]:
    """A few windows."""
    return [
        {
            "given_system": "intervention",
            "given": name,
            "target_system": "crying_form",
            "target": "despair",
            "anchor": "onset",
            "window_ms": 10_000,
            "n_given": 31,
            "observed": 12,
            "expected": 8.4,
            "adjusted_residual": 1.6,
            "yules_q": 0.31,
            "p_permutation": 0.11,
            "p_holm": 0.99,
            "p_bh": 0.5,
            "p_maxt": 0.7,
            "null": "trend_exchange",
            "ratio": 1.43,
            "ratio_low": 0.92,
            "ratio_high": 2.22,
            "cluster": "session",
            "n_clusters": 32,
        }
        for name in INTERVENTIONS
    ]


def sensitivity_rows() -> list[dict[str, Any]]:
    """Two methods for one direction, the second of them undefined."""
    same = {"outcome_system": "crying_form", "predictor_system": "intervention", "score": "rating"}
    same |= {"outcome": "despair", "n_sequences": 46, "n_sessions": 32}
    return [
        {**same, "term": name, "method": "mixed_model", "estimate": 0.31, "se": 0.1, "df": 33.2, "ci_low": 0.1,
         "ci_high": 0.52, "p": 0.004, "note": "REML, Satterthwaite df"}
        for name in INTERVENTIONS
    ] + [{**same, "term": "pause", "method": "logistic", "undefined_reason": "present in every sequence"}]  # fmt: skip


def setcorrelation_rows() -> list[dict[str, Any]]:
    """One score computed, one refused."""
    same = {"system_a": "crying_form", "system_b": "intervention", "n_sequences": 46, "n_sessions": 32}
    return [
        {**same, "score": "rating", "r2": 0.71, "r2_shrunken": 0.22, "r2_null_mean": 0.66, "p_permutation": 0.031,
         "f": 1.4, "df1": 36.0, "df2": 120.0, "p_f": 0.08},
        {**same, "score": "share", "undefined_reason": "too few sessions"},
    ]  # fmt: skip


def attenuation_rows() -> list[dict[str, Any]]:
    """Each form with each intervention; one corrected value above 1."""
    return [
        {"system_a": "crying_form", "category_a": form, "system_b": "intervention", "category_b": name,
         "score": "rating", "n_sequences": 46, "n_sessions": 32, "r": 0.62, "reliability_a": 0.8,
         "reliability_b": 0.45, "r_disattenuated": 1.03, "ci_low": 0.7, "ci_high": 1.4, "r_cross_rater": 0.4,
         "note": "assumption violated"}
        for form in FORMS
        for name in INTERVENTIONS
    ]  # fmt: skip


def findings() -> tuple[Finding, ...]:
    """One error, twelve warnings of a kind, one piece of information."""
    return (
        Finding(
            "value-unknown",
            Severity.ERROR,
            "value 'dispair' is not in the vocabulary",
            "Choose one of its entries in ELAN.",
            file="s05__R2.eaf",
            session="s05",
            rater="R2",
            tier="crying_form",
            annotation="a12",
            start_ms=62_500,
            end_ms=63_000,
        ),
        *(
            Finding(
                "annotation-very-short",
                Severity.WARNING,
                f"annotation of {n} ms",
                None,
                file=f"s{n:02d}__R3.eaf",
                session=f"s{n:02d}",
                rater="R3",
                tier="intervention",
                annotation=f"a{n}",
                start_ms=n * 1000,
            )
            for n in range(1, 13)
        ),
        Finding("media-none", Severity.INFO, "no media file is linked", file="s09__R1.eaf"),
    )


def apart_rows(book: Codebook, raters: tuple[str, ...] = RATERS) -> list[dict[str, Any]]:
    """Twelve confusions of each system: the last rater against the others, who agree."""
    return [
        {"system": system.id, "tier": system.tier_name, "rater": raters[-1], "category": "none",
         "others": "|".join(raters[:-1]), "other_category": system.categories[n % 3].id, "ms": 80_000 - 1_000 * n,
         "n_sequences": 20 - n}
        for system in book.systems
        for n in range(12)
    ]  # fmt: skip


def training_rows(book: Codebook, raters: tuple[str, ...] = RATERS) -> list[dict[str, Any]]:
    """Each rater against the others, overall and in one session."""
    return [
        {"system": system.id, "tier": system.tier_name, "rater": rater, "measure": "time_cohen_kappa",
         "against": "|".join(other for other in raters if other != rater), "variant": "with_none", **cells,
         "estimate": 0.7, "ci_method": "BCa"}
        for system in book.systems
        for rater in raters
        for cells in (
            {"n_sequences": 46, "ci_low": 0.6, "ci_high": 0.8},
            {"session": "s01", "place": 1, "n_sequences": 2},
        )
    ]  # fmt: skip


def drift_rows(book: Codebook, raters: tuple[str, ...] = RATERS) -> list[dict[str, Any]]:
    """Every pair; the first loses agreement for certain."""
    return [
        {"system": system.id, "tier": system.tier_name, "measure": "time_cohen_kappa", "variant": "with_none",
         "raters": "|".join(pair), "n_sessions": 32, "first_half": 0.7, "second_half": 0.5, "change": -0.2,
         "ci_low": -0.3, "ci_high": -0.1 if index == 0 else 0.1, "ci_method": "BCa"}
        for system in book.systems
        for index, pair in enumerate(combinations(raters, 2))
    ]  # fmt: skip


def descriptive_rows(book: Codebook) -> list[dict[str, Any]]:
    """Ratings and shares of every category."""
    return [
        {"system": system.id, "category": category.id, "score": score, "n_sequences": 46, "n_sessions": 32,
         "n_above_zero": 40, "mean": 0.55, "sd": 0.31, "median": 0.5, "minimum": 0.0, "maximum": 1.0}
        for system in book.systems
        for score in ("rating", "share")
        for category in system.categories
    ]  # fmt: skip


def plots(book: Codebook, raters: tuple[str, ...] = RATERS) -> dict[str, pd.DataFrame]:
    """Points for the figures of ratings, boundaries and residuals."""
    rng = np.random.default_rng(7)
    pairs = list(combinations(raters, 2))
    ratings = [
        {"system": system.id, "category": category.id, "rater_a": a, "rater_b": b,
         "mean": float(rng.integers(0, 9)) / 2, "difference": float(rng.integers(-2, 3))}
        for system in book.systems for category in system.categories for a, b in pairs for _ in range(10)
    ]  # fmt: skip
    boundaries = [
        {"system": system.id, "tier": system.tier_name, "edge": edge, "rater_a": a, "rater_b": b,
         "difference_ms": int(rng.normal(0, 400))}
        for system in book.systems for edge in ("onset", "offset") for a, b in pairs for _ in range(30)
    ]  # fmt: skip
    residuals = [
        {"outcome_system": "crying_form", "outcome": form, "predictor_system": "intervention", "score": "rating",
         "fitted": float(rng.normal(2, 1)), "residual": float(rng.normal(0, 1))}
        for form in FORMS for _ in range(46)
    ]  # fmt: skip
    frames = {"bland_altman": ratings, "boundaries": boundaries, "residuals": residuals}
    return {name: pd.DataFrame(rows) for name, rows in frames.items()}


def sample_results(
    *,
    book: Codebook | None = None,
    raters: tuple[str, ...] = RATERS,
    omitted: Mapping[str, str] | None = None,
    created: str = "2026-11-23T08:00:00Z",
    per_sequence: int = 8,
) -> Results:
    """The whole study. `book` replaces the labels, `raters` the names, `omitted` parts are taken out of the tables."""
    book = book or codebook()
    regression, models = regression_rows(book)
    tables = {
        "agreement": AGREEMENT.frame(agreement_rows(book, raters)),
        "confusion": CONFUSION.frame(confusion_rows(book, raters)),
        "cooccurrence": COOCCURRENCE.frame(cooccurrence_rows(book)),
        "sequential": SEQUENTIAL.frame(sequential_rows()),
        "regression": REGRESSION.frame(regression),
        "models": MODELS.frame(models),
        "sensitivity": SENSITIVITY.frame(sensitivity_rows()),
        "setcorrelation": SETCORRELATION.frame(setcorrelation_rows()),
        "attenuation": ATTENUATION.frame(attenuation_rows()),
        "apart": APART.frame(apart_rows(book, raters)),
        "training": TRAINING.frame(training_rows(book, raters)),
        "drift": DRIFT.frame(drift_rows(book, raters)),
        "generalizability": GENERALIZABILITY.frame(generalizability_rows(book)),
        "descriptives": DESCRIPTIVES.frame(descriptive_rows(book)),
    }
    omitted = dict(omitted or {})
    for part in omitted:
        tables.pop(part, None)
    sequences = sequence_list(raters)
    sessions = tuple(dict.fromkeys(item["session"] for item in sequences))
    return Results(
        provenance=Provenance(
            command="elancry analyze sample_eaf -o results",
            created=created,
            versions={"elancry": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
            seed=20240417,
            plan={
                "criterion": {"value": [0.6], "chosen": False},
                "matching": {"value": "easydiag", "chosen": True},
                "null": {"value": "swap", "chosen": False},
            },
            inputs=tuple(
                {"file": f"{session}__{rater}.eaf", "session": session, "rater": rater, "sha256": "ab" * 32}
                for session in sessions
                for rater in raters
            ),
            passed_over={"backup": 2},
        ),
        codebook=book,
        design=Design(
            sessions=sessions,
            raters=raters,
            sequences=sequences,
            coded=dict.fromkeys(sessions, raters),
            double_coded_share=1.0,
            coverage=tuple(
                Coverage(system.id, coding, dict.fromkeys(raters, 46), 46, 46, 46)
                for system in book.systems
                for coding in ("interval", "rating")
            ),
        ),
        findings=findings(),
        tables=tables,
        timelines=timelines(book, raters, per_sequence),
        plots=plots(book, raters),
        omitted=omitted,
    )


@contextmanager
def without_printed_timelines() -> Iterator[None]:
    """The timelines' PDF and PNG files are left empty: to draw 46 of them takes long, and tests of their own do it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg_print, "prints", lambda svgs: [(b"", b"")] * len(svgs))
        yield


def write_report(
    results: Results, folder: Path, *, language: Language | None = None, print_figures: bool = False
) -> list[Path]:
    """Write the report's files into `folder`; returns their paths."""
    paths = []
    for name, data in report_files(results.shown(language=language, print_figures=print_figures)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return paths


def drawn(results: Results) -> dict[str, Drawing]:
    """The figures of the report by name, without its timelines."""
    album = LiveAlbum()
    build_report(results, album=album)
    return album.drawings
