"""Every number of agreement.csv once more, from the files to the cell, by definition and in plain Python.

A random study of three raters is written as .eaf files and given to `elancry agree`. Here the same annotations are
taken apart millisecond by millisecond, and every coefficient is computed as its paper defines it, without any code of
the product: time as one unit a millisecond, the linking of events by trying the largest overlap first, the expected
event counts by proportional fitting, the ICC by analysis of variance. Each row must be there, and no other.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, permutations
from statistics import mean, median

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog, minimize

from elancry.cli.main import run
from elancry.eaf import Constraint, new_document, write_eaf

RATERS = ("R1", "R2", "R3")
CATEGORIES = ("a", "b", "c", "d")  # nobody ever uses d
SCALE = (0, 1, 2, 3, 4)
CODEBOOK = """
elancry_codebook: 1
id: toy
version: 1
title: {en: Toy}
languages: [en]
sequence_tier: Sequence
systems:
  - id: form
    labels: {en: Form}
    coding: both
    scale: {minimum: 0, maximum: 4}
    categories:
""" + "".join(f"      - {{id: {name}, labels: {{en: {name}}}}}\n" for name in CATEGORIES)

Spans = list[tuple[int, int, str]]
Key = tuple[str, ...]


def invent(seed: int) -> dict[tuple[str, int], dict[str, tuple[Spans, dict[str, int | None]]]]:
    """(session, sequence) -> rater -> events within [0, 400) ms and ratings; R3 coded no events in session s1."""
    rng = random.Random(seed)
    study: dict[tuple[str, int], dict[str, tuple[Spans, dict[str, int | None]]]] = {}
    for session in ("s1", "s2", "s3"):
        for sequence in (0, 1):
            cuts = sorted(rng.sample(range(10, 390), 10))
            truth = [(cuts[at], cuts[at + 1], rng.choice("abc")) for at in range(0, 10, 2)]
            level = {name: rng.choice(SCALE) for name in CATEGORIES}
            coded = {}
            for rater in RATERS:
                spans: Spans = []
                for start, end, value in truth:
                    if rng.random() < 0.85 and not (rater == "R3" and session == "s1"):
                        begin = max(start + rng.randint(-9, 9), spans[-1][1] if spans else 0)
                        finish = end + rng.randint(-9, 9)
                        if finish > begin:
                            spans.append((begin, finish, value if rng.random() < 0.7 else rng.choice("abc")))
                ratings: dict[str, int | None] = {
                    name: min(4, max(0, value + rng.choice([-1, 0, 0, 1]))) for name, value in level.items()
                }
                if rater == "R2" and (session, sequence) == ("s2", 1):
                    ratings["a"] = None
                coded[rater] = spans, ratings
            study[session, sequence] = coded
    return study


STUDY = invent(7)
LENGTH = 400


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy.yaml").write_text(CODEBOOK, encoding="utf-8")
    coded = folder / "coded"
    coded.mkdir()
    for session in ("s1", "s2", "s3"):
        for rater in RATERS:
            editor = new_document().edit()
            editor.header.set_author(f"{session} {rater}")
            editor.types.add("Sequence")
            editor.types.add("form")
            editor.types.add("form.rating", constraint=Constraint.SYMBOLIC_ASSOCIATION)
            editor.tiers.add("Sequence", "Sequence", annotator=rater)
            editor.tiers.add("form", "form", annotator=rater)
            for name in CATEGORIES:
                editor.tiers.add(f"form.{name}.rating", "form.rating", parent="Sequence", annotator=rater)
            for sequence in (0, 1):
                spans, ratings = STUDY[session, sequence][rater]
                begin = 1000 * sequence
                parent = editor.annotations.add("Sequence", begin, begin + LENGTH, f"seq{sequence}")
                for start, end, value in spans:
                    editor.annotations.add("form", begin + start, begin + end, value)
                for name, value in ratings.items():
                    if value is not None:
                        editor.annotations.add_reference(f"form.{name}.rating", parent, str(value))
            write_eaf(editor.document(), coded / f"{session}__{rater}.eaf")
    out = folder / "out"
    assert run(["agree", str(coded), "-o", str(out), "--codebook", str(folder / "toy.yaml"), "--resamples", "0"]) == 0
    with (out / "tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- the coding, millisecond by millisecond -----------------------------------------------------------------------


def coded_by(session: str) -> tuple[str, ...]:
    return tuple(rater for rater in RATERS if not (rater == "R3" and session == "s1"))


def codes(session: str, sequence: int, rater: str) -> list[str | None]:
    """The category of each millisecond, `none`, or None where the rater did not code the tier."""
    if rater not in coded_by(session):
        return [None] * LENGTH
    line: list[str | None] = ["none"] * LENGTH
    for start, end, value in STUDY[session, sequence][rater][0]:
        line[start:end] = [value] * (end - start)
    return line


def units(team: Sequence[str], *, none: bool, only: str | None = None) -> list[list[str | None]]:
    """What the team coded in each millisecond that two of them coded at least."""
    found = []
    for session, sequence in STUDY:
        if only in (None, session):
            for unit in zip(*(codes(session, sequence, rater) for rater in team), strict=True):
                kept = [None if code == "none" and not none else code for code in unit]
                if sum(code is not None for code in kept) >= 2:
                    found.append(kept)
    return found


# ---- coefficients of units x raters (Gwet 2014; Krippendorff 2019; Cohen 1960; Conger 1980) -----------------------


def shared(unit: Sequence[str | None]) -> list[tuple[str, str]]:
    given = [code for code in unit if code is not None]
    return list(permutations(given, 2))


def percent(table: Sequence[Sequence[str | None]]) -> float:
    return mean(mean(a == b for a, b in shared(unit)) for unit in table)


def beyond(observed: float, chance: float) -> float | None:
    return None if chance > 1 - 1e-12 else (observed - chance) / (1 - chance)


def prevalence(table: Sequence[Sequence[str | None]]) -> dict[str, float]:
    share: Counter[str] = Counter()
    for unit in table:
        given = [code for code in unit if code is not None]
        for code in given:
            share[code] += 1 / len(given) / len(table)
    return dict(share)


def fleiss(table: Sequence[Sequence[str | None]], q: int) -> float | None:
    return beyond(percent(table), sum(p * p for p in prevalence(table).values()))


def ac1(table: Sequence[Sequence[str | None]], q: int) -> float | None:
    return beyond(percent(table), sum(p * (1 - p) for p in prevalence(table).values()) / (q - 1))


def brennan_prediger(table: Sequence[Sequence[str | None]], q: int) -> float | None:
    return beyond(percent(table), 1 / q)


def alpha(
    table: Sequence[Sequence[float | str | None]],
    *,
    small: bool,
    distance: Callable[[float, float, Mapping[float, float]], float] | None = None,
) -> float | None:
    """1 - D_o / D_e from coincidences; `small` keeps n - 1, which durations do not have."""
    coincidences: Counter[tuple[float, float]] = Counter()
    for unit in table:
        pairs = shared(unit)  # type: ignore[arg-type]
        m = sum(code is not None for code in unit)
        for pair in pairs:
            coincidences[pair] += 1 / (m - 1)  # type: ignore[index]
    totals: Counter[float] = Counter()
    for (a, _), weight in coincidences.items():
        totals[a] += weight
    n = sum(totals.values())

    def d(a: float, b: float) -> float:
        return float(a != b) if distance is None else distance(a, b, totals)

    observed = sum(w * d(a, b) for (a, b), w in coincidences.items()) / n
    expected = sum(totals[a] * totals[b] * d(a, b) for a in totals for b in totals) / (n * (n - small))
    return None if expected < 1e-12 else 1 - observed / expected


def of_pair(table: Sequence[Sequence[str | None]], i: int, j: int) -> list[tuple[str, str]]:
    return [(u[i], u[j]) for u in table if u[i] is not None and u[j] is not None]  # type: ignore[misc]


def cohen(pairs: Sequence[tuple[str, str]]) -> float | None:
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    if len(first) == len(second) == 1:
        return None
    n = len(pairs)
    return beyond(mean(a == b for a, b in pairs), sum(first[c] * second[c] for c in first) / n**2)


def mean_or_none(values: Iterable[float | None]) -> float | None:
    listed = list(values)
    return None if None in listed else mean(listed)  # type: ignore[type-var]


def cohen_mean(table: Sequence[Sequence[str | None]]) -> float | None:
    every = [of_pair(table, i, j) for i, j in combinations(range(len(table[0])), 2)]
    return mean_or_none(cohen(pairs) for pairs in every if pairs)


def conger(table: Sequence[Sequence[str | None]]) -> float | None:
    complete = [unit for unit in table if None not in unit]
    if not complete:
        return None
    own = [Counter(unit[at] for unit in complete) for at in range(len(complete[0]))]
    if all(len(count) == 1 for count in own):
        return None
    n, pairs = len(complete), list(combinations(own, 2))
    chance = mean(sum(a[c] * b[c] for c in a) / n**2 for a, b in pairs)
    return beyond(percent(complete), chance)


def time_numbers(table: list[list[str | None]], q: int) -> dict[str, float | None]:
    return {
        "time_percent": percent(table),
        "time_fleiss_kappa": fleiss(table, q),
        "time_gwet_ac1": ac1(table, q),
        "time_brennan_prediger": brennan_prediger(table, q),
        "time_krippendorff_alpha": alpha(table, small=False),
        "time_conger_kappa": conger(table),
        "time_cohen_kappa": cohen_mean(table),
    }


def against_rest(table: Sequence[Sequence[str | None]], name: str) -> list[list[str | None]]:
    return [[None if code is None else "yes" if code == name else "no" for code in unit] for unit in table]


def key(measure: str, variant: str, scope: str, category: str, session: str, team: Sequence[str], how: str) -> Key:
    return (measure, variant, scope, category, session, "|".join(team), how, "")


def time_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}
    for variant, none in (("with_none", True), ("without_none", False)):
        q = len(CATEGORIES) + none
        everybody = units(RATERS, none=none)

        def put(
            table: list[list[str | None]], q: int, of: tuple[str, str, str], team: Sequence[str], how: str | None,
            variant: str = variant,
        ) -> None:  # fmt: skip
            for measure, value in time_numbers(table, q).items():
                if how == "pair" and measure == "time_conger_kappa":
                    continue
                at = how or ("pair_mean" if measure == "time_cohen_kappa" else "pooled")
                cells[key(measure, variant, *of, team, at)] = value

        put(everybody, q, ("overall", "", ""), RATERS, None)
        for name in CATEGORIES:
            put(against_rest(everybody, name), 2, ("category", name, ""), RATERS, None)
        for pair in combinations(RATERS, 2):
            both = units(pair, none=none)
            put(both, q, ("overall", "", ""), pair, "pair")
            put(both, q, ("overall", "", ""), pair, "leave_one_out")
            for name in CATEGORIES:
                put(against_rest(both, name), 2, ("category", name, ""), pair, "pair")
        for session in ("s1", "s2", "s3"):
            table = units(RATERS, none=none, only=session)
            put(table, q, ("session", "", session), RATERS, None)
    return cells


def presence_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}
    for name in CATEGORIES:
        table: list[list[str | None]] = [
            [
                None if rater not in coded_by(session) else str(name in codes(session, sequence, rater))
                for rater in RATERS
            ]
            for session, sequence in STUDY
        ]
        for measure, value in presence_numbers(table).items():
            cells[key(measure, "", "category", name, "", RATERS, "pooled")] = value
        for i, j in combinations(range(3), 2):
            both = [[row[i], row[j]] for row in table if None not in (row[i], row[j])]
            for measure, value in presence_numbers(both).items():
                for how in ("pair", "leave_one_out"):
                    cells[key(measure, "", "category", name, "", (RATERS[i], RATERS[j]), how)] = value
    return cells


def presence_numbers(table: list[list[str | None]]) -> dict[str, float | None]:
    return {
        "presence_percent": percent(table),
        "presence_fleiss_kappa": fleiss(table, 2),
        "presence_gwet_ac1": ac1(table, 2),
        "presence_krippendorff_alpha": alpha(table, small=True),
    }


# ---- events (Holle & Rein 2015) -----------------------------------------------------------------------------------


def links(a: Spans, b: Spans) -> list[tuple[int, int]]:
    def overlap(i: int, j: int) -> float:
        common = min(a[i][1], b[j][1]) - max(a[i][0], b[j][0])
        return common / max(a[i][1] - a[i][0], b[j][1] - b[j][0])

    ranked = sorted(((overlap(i, j), i, j) for i in range(len(a)) for j in range(len(b))), reverse=True)
    chosen: list[tuple[int, int]] = []
    for value, i, j in ranked:
        if value >= 0.6 and all(i != x and j != y for x, y in chosen):
            chosen.append((i, j))
    return chosen


def sequences_of(pair: Sequence[str], only: str | None = None) -> list[tuple[Spans, Spans]]:
    return [
        (STUDY[session, sequence][pair[0]][0], STUDY[session, sequence][pair[1]][0])
        for session, sequence in STUDY
        if set(pair) <= set(coded_by(session)) and only in (None, session)
    ]


def event_table(pair: Sequence[str], only: str | None = None) -> np.ndarray:
    k = len(CATEGORIES)
    table = np.zeros((k + 1, k + 1))
    for a, b in sequences_of(pair, only):
        chosen = links(a, b)
        for i, j in chosen:
            table[CATEGORIES.index(a[i][2]), CATEGORIES.index(b[j][2])] += 2
        for i in set(range(len(a))) - {i for i, _ in chosen}:
            table[CATEGORIES.index(a[i][2]), k] += 1
        for j in set(range(len(b))) - {j for _, j in chosen}:
            table[k, CATEGORIES.index(b[j][2])] += 1
    return table


def fitted(table: np.ndarray) -> np.ndarray:
    """Expected counts by proportional fitting, from ones with a zero in the corner, until nothing moves."""
    expected = np.ones_like(table)
    expected[-1, -1] = 0
    for _ in range(20_000):
        before = expected
        with np.errstate(invalid="ignore"):
            expected = np.nan_to_num(expected * (table.sum(1) / expected.sum(1))[:, None])
            expected = np.nan_to_num(expected * (table.sum(0) / expected.sum(0))[None, :])
        if np.abs(expected - before).max() < 1e-13:
            break
    return expected


def kappa_of(table: np.ndarray, expected: np.ndarray, *, largest: bool = False) -> float | None:
    n = table.sum()
    if not n:
        return None
    observed = np.minimum(table.sum(0), table.sum(1)).sum() if largest else np.trace(table)
    return beyond(observed / n, np.trace(expected) / n)


def independent(table: np.ndarray) -> np.ndarray:
    return np.outer(table.sum(1), table.sum(0)) / max(table.sum(), 1)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def attainable(table: np.ndarray) -> float | None:
    """The kappa of the table with these margins, an empty corner and the largest diagonal: a linear programme."""
    k, n = len(table), table.sum()
    if not n:
        return None
    rows_, columns = np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))
    most = [(0, None)] * (k * k - 1) + [(0, 0)]
    margins = np.concatenate([table.sum(1), table.sum(0)])
    found = linprog(-np.eye(k).ravel(), A_eq=np.vstack([rows_, columns]), b_eq=margins, bounds=most)
    return beyond(-found.fun / n, np.trace(fitted(table)) / n)


def event_numbers(table: np.ndarray) -> dict[str, float | None]:
    inner, n = table[:-1, :-1], table.sum()
    return {
        "event_kappa_ipf": kappa_of(table, fitted(table)),
        "event_kappa_max": kappa_of(table, fitted(table), largest=True),
        "event_kappa_attainable": attainable(table),
        "event_raw": ratio(np.trace(table), n),
        "event_linked": ratio(inner.sum(), n),
        "event_raw_matched": ratio(np.trace(inner), inner.sum()),
        "event_kappa_matched": kappa_of(inner, independent(inner)),
        "event_kappa_max_matched": kappa_of(inner, independent(inner), largest=True),
    }


def event_numbers_of(table: np.ndarray, at: int) -> dict[str, float | None]:
    both, first, second = table[at, at], table[at].sum() - table[at, at], table[:, at].sum() - table[at, at]
    small = np.array([[both, first], [second, table.sum() - both - first - second]])
    return {
        "event_kappa_ipf": kappa_of(small, independent(small)),
        "event_kappa_max": kappa_of(small, independent(small), largest=True),
        "event_raw": ratio(np.trace(small), small.sum()),
        "event_positive_agreement": ratio(2 * both, 2 * both + first + second),
    }


def event_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}
    pairs = list(combinations(RATERS, 2))
    tables = {pair: event_table(pair) for pair in pairs}

    def put(numbers: dict[str, float | None], of: tuple[str, str, str], team: Sequence[str], how: str) -> None:
        for measure, value in numbers.items():
            if not {"max", "attainable"} & set(measure.split("_")) or how in ("pair", "pair_mean"):
                cells[key(measure, "easydiag", *of, team, how)] = value

    def mean_of(numbers: list[dict[str, float | None]]) -> dict[str, float | None]:
        return {measure: mean_or_none(each[measure] for each in numbers) for measure in numbers[0]}

    pooled = sum(table + table.T for table in tables.values())
    put(event_numbers(pooled), ("overall", "", ""), RATERS, "pooled")
    put(mean_of([event_numbers(t) for t in tables.values()]), ("overall", "", ""), RATERS, "pair_mean")
    for pair, table in tables.items():
        put(event_numbers(table), ("overall", "", ""), pair, "pair")
        put(event_numbers(table), ("overall", "", ""), pair, "leave_one_out")
    for at, name in enumerate(CATEGORIES):
        of = ("category", name, "")
        put(event_numbers_of(pooled, at), of, RATERS, "pooled")
        put(mean_of([event_numbers_of(t, at) for t in tables.values()]), of, RATERS, "pair_mean")
        for pair, table in tables.items():
            put(event_numbers_of(table, at), of, pair, "pair")
    for session in ("s1", "s2", "s3"):
        of = ("session", "", session)
        own = [event_table(pair, session) for pair in pairs if set(pair) <= set(coded_by(session))]
        put(event_numbers(sum(t + t.T for t in own)), of, RATERS, "pooled")
        put(mean_of([event_numbers(t) for t in own]), of, RATERS, "pair_mean")
    return cells


def boundary_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}
    pairs = list(combinations(RATERS, 2))
    for edge, side in (("onset", 0), ("offset", 1)):
        sizes = []
        for pair in pairs:
            apart = [b[j][side] - a[i][side] for a, b in sequences_of(pair) for i, j in links(a, b)]
            sizes.append(median(abs(x - median(apart)) for x in apart))
            cells[key(f"{edge}_bias_ms", "easydiag", "overall", "", "", pair, "pair")] = mean(apart)
            for how in ("pair", "leave_one_out"):
                cells[key(f"{edge}_mad_ms", "easydiag", "overall", "", "", pair, how)] = sizes[-1]
        cells[key(f"{edge}_mad_ms", "easydiag", "overall", "", "", RATERS, "pair_mean")] = mean(sizes)
    for tolerance in (500, 1000):

        def put(scope: str, session: str, team: Sequence[str], how: str, tolerance: int = tolerance) -> None:
            counts = [boundaries_of(pair, tolerance, session or None) for pair in combinations(team, 2)]
            matched, n = (sum(each) for each in zip(*counts, strict=True))
            at = key("boundary_f1", "", scope, "", session, team, how)
            cells[(*at[:-1], str(tolerance))] = ratio(2 * matched, n)

        put("overall", "", RATERS, "pooled")
        for pair in pairs:
            put("overall", "", pair, "pair")
            put("overall", "", pair, "leave_one_out")
        for session in ("s1", "s2", "s3"):
            put("session", session, RATERS, "pooled")
    return cells


def boundaries_of(pair: Sequence[str], tolerance: int, only: str | None) -> tuple[int, int]:
    """Boundaries of the first rater that have one of the second, each used once; and boundaries of both."""
    matched = n = 0
    for a, b in sequences_of(pair, only):
        n += 2 * (len(a) + len(b))
        for side in (0, 1):
            reach = [[abs(x[side] - y[side]) <= tolerance for y in b] for x in a]
            if a and b:
                chosen = linear_sum_assignment(reach, maximize=True)
                matched += int(np.array(reach)[chosen].sum())
    return matched, n


# ---- unitizing (Krippendorff et al. 2016) -------------------------------------------------------------------------


def unitizing_numbers(team: Sequence[str], only: str | None = None) -> dict[tuple[str, str], float | None]:
    """Coincidences of every millisecond; by chance no unit is paired with itself. Sums over sequences."""
    values = [*CATEGORIES, "none"]
    q = len(CATEGORIES)
    observed, expected = np.zeros((q + 1, q + 1)), np.zeros((q + 1, q + 1))
    inner, inner_expected = np.zeros((q, q)), np.zeros((q, q))
    for session, sequence in STUDY:
        coders = [rater for rater in team if rater in coded_by(session)]
        if len(coders) < 2 or only not in (None, session):
            continue
        lines = {rater: codes(session, sequence, rater) for rater in coders}
        here, m = np.zeros((q + 1, q + 1)), len(coders)
        for a, b in permutations(coders, 2):
            for x, y in zip(lines[a], lines[b], strict=True):
                here[values.index(x), values.index(y)] += 1 / (m - 1)  # type: ignore[arg-type]
        own, pairable = np.zeros(q + 1), np.zeros(q)
        for rater in coders:
            for start, end, value in STUDY[session, sequence][rater][0]:
                own[values.index(value)] += (end - start) ** 2
                met = sum(lines[other][t] != "none" for other in coders if other != rater for t in range(start, end))
                pairable[values.index(value)] += (met / (m - 1)) ** 2
        observed += here
        expected += by_chance(here.sum(1), own)
        inner += here[:q, :q]
        inner_expected += by_chance(here[:q, :q].sum(1), pairable)

    def off(table: np.ndarray) -> float:
        return float(table.sum() - np.trace(table))

    def one_minus(seen: float, due: float) -> float | None:
        return 1 - seen / due if due > 1e-9 else None

    found = {
        ("unitizing_alpha", ""): one_minus(off(observed), off(expected)),
        ("unitizing_alpha_binary", ""): one_minus(observed[q, :q].sum(), expected[q, :q].sum()),
        ("unitizing_alpha_coding", ""): one_minus(off(inner), off(inner_expected)),
    }
    for at, name in enumerate(CATEGORIES):
        seen, due = inner[:, at].sum(), inner_expected[:, at].sum()
        value = None
        if seen and due:
            value = one_minus((seen - inner[at, at]) / seen, (due - inner_expected[at, at]) / due)
        found["unitizing_alpha_coding", name] = value
    return found


def by_chance(lengths: np.ndarray, own: np.ndarray) -> np.ndarray:
    total = lengths.sum()
    possible = total**2 - own.sum()
    return (np.outer(lengths, lengths) - np.diag(own)) * (total / possible if possible > 0 else 0)


def unitizing_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}

    def put(numbers: dict[tuple[str, str], float | None], team: Sequence[str], how: str, *, categories: bool) -> None:
        for (measure, name), value in numbers.items():
            if categories or not name:
                cells[key(measure, "", "category" if name else "overall", name, "", team, how)] = value

    put(unitizing_numbers(RATERS), RATERS, "pooled", categories=True)
    for pair in combinations(RATERS, 2):
        put(unitizing_numbers(pair), pair, "pair", categories=True)
        put(unitizing_numbers(pair), pair, "leave_one_out", categories=False)
    for session in ("s1", "s2", "s3"):
        for (measure, name), value in unitizing_numbers(RATERS, session).items():
            if not name:
                cells[key(measure, "", "session", "", session, RATERS, "pooled")] = value
    return cells


# ---- numbers per sequence (Shrout & Fleiss 1979; McGraw & Wong 1996; Cohen 1968; Gwet 2014) -------------------------


def scores(variant: str, name: str) -> list[list[float | None]]:
    table: list[list[float | None]] = []
    for session, sequence in STUDY:
        row: list[float | None] = []
        for rater in RATERS:
            spans, ratings = STUDY[session, sequence][rater]
            if variant == "rating":
                row.append(ratings[name])
            elif rater not in coded_by(session):
                row.append(None)
            elif variant == "share":
                row.append(codes(session, sequence, rater).count(name) / LENGTH)
            else:
                row.append(sum(value == name for _, _, value in spans))
        table.append(row)
    return table


def iccs(table: Sequence[Sequence[float | None]]) -> dict[str, float | None]:
    comparable = [row for row in table if sum(value is not None for value in row) >= 2]
    if any(None in row for row in comparable):
        return iccs_of_components(comparable)
    x = np.array(comparable, float)
    n, k = x.shape
    rows_, columns, grand = x.mean(1), x.mean(0), x.mean()
    between = k * ((rows_ - grand) ** 2).sum() / (n - 1)
    within = ((x - rows_[:, None]) ** 2).sum() / (n * (k - 1))
    judges = n * ((columns - grand) ** 2).sum() / (k - 1)
    error = ((x - rows_[:, None] - columns[None, :] + grand) ** 2).sum() / ((n - 1) * (k - 1))
    return {
        "icc_1_1": safe(between - within, between + (k - 1) * within),
        "icc_2_1": safe(between - error, between + (k - 1) * error + k * (judges - error) / n),
        "icc_3_1": safe(between - error, between + (k - 1) * error),
        "icc_1_k": safe(between - within, between),
        "icc_2_k": safe(between - error, between + (judges - error) / n),
        "icc_3_k": safe(between - error, between),
    }


def iccs_of_components(table: Sequence[Sequence[float | None]]) -> dict[str, float | None]:
    """ICC(2, .) where numbers are missing: variances of sequences, raters and error of largest restricted likelihood,
    written out with the whole covariance matrix (Searle et al. 1992, ch. 6); k is the harmonic mean of the numbers of
    raters (Brennan 2001). The other forms need complete rows."""
    cells = [(i, j, x) for i, row in enumerate(table) for j, x in enumerate(row) if x is not None]
    y = np.array([x for _, _, x in cells], float)
    found: dict[str, float | None] = dict.fromkeys((f"icc_{form}_{k}" for form in (1, 2, 3) for k in (1, "k")), None)
    if np.ptp(y) == 0:
        return found
    y = y / y.std()
    same = [np.array([[float(a[at] == b[at]) for b in cells] for a in cells]) for at in (0, 1)]

    def deviance(logarithms: np.ndarray) -> float:
        sequence, rater, error = np.exp(logarithms)
        inverse = np.linalg.inv(sequence * same[0] + rater * same[1] + error * np.eye(len(y)))
        information = inverse.sum()
        rest = y - (inverse @ y).sum() / information
        return float(rest @ inverse @ rest - np.linalg.slogdet(inverse)[1] + np.log(information))

    best = min(
        (
            minimize(deviance, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000})
            for start in ((0.0, -2.0, -1.0), (-3.0, 0.0, 0.0))
        ),
        key=lambda one: one.fun,
    )
    sequence, rater, error = np.exp(best.x)
    single = sequence / (sequence + rater + error)
    k = len(table) / sum(1 / sum(x is not None for x in row) for row in table)
    return found | {"icc_2_1": single, "icc_2_k": k * single / (1 + (k - 1) * single)}


def safe(part: float, whole: float) -> float | None:
    """ICC(2,k) beyond 1 comes from a negative denominator (more error than differences) and is no reliability."""
    return part / whole if abs(whole) > 1e-12 and part / whole < 1 + 1e-9 else None


def interval(a: float, b: float, _: Mapping[float, float]) -> float:
    return (a - b) ** 2


def ordinal(a: float, b: float, totals: Mapping[float, float]) -> float:
    low, high = min(a, b), max(a, b)
    return (sum(totals[g] for g in totals if low <= g <= high) - (totals[low] + totals[high]) / 2) ** 2


def weighted(pairs: Sequence[tuple[float, float]], power: int) -> float | None:
    if len({a for a, _ in pairs}) == len({b for _, b in pairs}) == 1:
        return None
    expected = mean(abs(a - b) ** power for a, _ in pairs for _, b in pairs)
    return 1 - mean(abs(a - b) ** power for a, b in pairs) / expected if expected else None


def ac2(rows: Sequence[Sequence[float | None]], power: int) -> float | None:
    """Of all rows with a rating; those with one rating count among the shares only (Gwet 2014, ch. 3)."""
    q = len(SCALE)

    def credit(a: float, b: float) -> float:
        return 1 - (abs(a - b) / (SCALE[-1] - SCALE[0])) ** power

    given = [[x for x in row if x is not None] for row in rows]
    given = [row for row in given if row]
    share = {v: mean(row.count(v) / len(row) for row in given) for v in SCALE}
    total = sum(credit(a, b) for a in SCALE for b in SCALE)
    chance = total / (q * (q - 1)) * sum(p * (1 - p) for p in share.values())
    observed = mean(mean(credit(a, b) for a, b in permutations(row, 2)) for row in given if len(row) > 1)
    return beyond(observed, chance)


def score_cells() -> dict[Key, float | None]:
    cells: dict[Key, float | None] = {}
    for variant in ("rating", "share", "count"):
        for name in CATEGORIES:
            of = (variant, "category", name, "")
            table = scores(variant, name)
            for form, value in iccs(table).items():
                cells[key(form, *of, RATERS, "pooled")] = value
            for measure, value in numbers_of(table, variant).items():
                cells[key(measure, *of, RATERS, "pooled")] = value
            by_pair: dict[str, list[float | None]] = {}
            for i, j in combinations(range(3), 2):
                both = [[row[i], row[j]] for row in table]
                numbers = numbers_of(both, variant)
                numbers |= {form: value for form, value in iccs(both).items() if "_2_" in form}
                if variant == "rating":
                    pairs = of_pair(both, 0, 1)  # type: ignore[arg-type]
                    weights = {"kappa_linear": weighted(pairs, 1), "kappa_quadratic": weighted(pairs, 2)}  # type: ignore[arg-type]
                    weights |= {"ac2_linear": ac2(pairs, 1), "ac2_quadratic": ac2(pairs, 2)}
                    for measure, value in weights.items():
                        by_pair.setdefault(measure, []).append(value)
                    numbers |= weights
                for measure, value in numbers.items():
                    for how in ("pair", "leave_one_out"):
                        cells[key(measure, *of, (RATERS[i], RATERS[j]), how)] = value
            for measure, values in by_pair.items():
                cells[key(measure, *of, RATERS, "pair_mean")] = mean_or_none(values)
            if variant == "rating":
                cells[key("ac2_linear", *of, RATERS, "pooled")] = ac2(table, 1)
                cells[key("ac2_quadratic", *of, RATERS, "pooled")] = ac2(table, 2)
    return cells


def numbers_of(table: Sequence[Sequence[float | None]], variant: str) -> dict[str, float | None]:
    """What is asked of any number of raters, on rows with two numbers at least."""
    comparable = [row for row in table if sum(x is not None for x in row) >= 2]
    numbers = {"alpha_interval": alpha(comparable, small=True, distance=interval)}
    if variant == "rating":
        numbers["alpha_ordinal"] = alpha(comparable, small=True, distance=ordinal)
        numbers["percent"] = percent(comparable)  # type: ignore[arg-type]
    return numbers


# ---- the comparison -----------------------------------------------------------------------------------------------

PARTS = {
    "time_": time_cells,
    "presence_": presence_cells,
    "event_": event_cells,
    ("onset_", "offset_", "boundary_"): boundary_cells,
    "unitizing_": unitizing_cells,
    ("icc_", "alpha_", "kappa_", "ac2_", "percent"): score_cells,
}


@pytest.mark.parametrize("start", PARTS, ids=str)
def test_every_row_is_what_its_definition_gives(rows: list[dict[str, str]], start: str | tuple[str, ...]) -> None:
    expected = PARTS[start]()
    names = ("measure", "variant", "scope", "category", "session", "raters", "aggregate", "tolerance_ms")
    asked = [row for row in rows if row["measure"].startswith(start)]
    found = [tuple(row[name] for name in names) for row in asked]
    assert sorted(set(found)) == sorted(expected)
    # A row that is there twice, with another interval, says the same number twice.
    for at, row in zip(found, asked, strict=True):
        value = expected[at]
        if value is None:
            assert (row["estimate"], bool(row["undefined_reason"])) == ("", True), at
        else:
            # Two searches for the largest likelihood meet only as near as the likelihood tells places apart.
            by_likelihood = at[0].startswith("icc_2") and expected.get(("icc_1_1", *at[1:]), value) is None
            near = 1e-6 if by_likelihood else 1e-9
            assert float(row["estimate"] or "nan") == pytest.approx(value, abs=near), at


def how_many_categories(row: dict[str, str]) -> str:
    """What the chance term was told could be given: the codebook's categories and `none`, two for one against the
    rest, the scale of ratings; nothing where there are no categories."""
    measure = row["measure"]
    if measure.startswith(("kappa_", "ac2_", "percent", "alpha_ordinal")):
        return str(len(SCALE))
    if not measure.startswith(("time_", "presence_", "event_")):
        return ""
    return "2" if row["category"] else str(len(CATEGORIES) + (row["variant"] == "with_none"))


def test_rows_say_how_many_categories_there_are_and_who_says_so(rows: list[dict[str, str]]) -> None:
    found = [(row["measure"], row["n_categories"], row["categories_from"]) for row in rows]
    due = [(row["measure"], how_many_categories(row)) for row in rows]
    assert found == [(measure, n, "codebook" if n else "") for measure, n in due]


def test_nothing_is_left_over(rows: list[dict[str, str]]) -> None:
    starts = tuple(s for start in PARTS for s in ((start,) if isinstance(start, str) else start))
    assert [row["measure"] for row in rows if not row["measure"].startswith(starts)] == []


def left_out(row: dict[str, str]) -> tuple[str, str]:
    """Ratings that none of the row's other raters gave too, with the length of their sequences. Every event has other
    raters to be compared with in its sequence: a session that one of two raters did not code is no comparison."""
    team = row["raters"].split("|")
    n = 0
    for (session, _), coded in STUDY.items():
        if row["coding"] == "rating" and row["session"] in ("", session):
            given = [rater for rater in team if coded[rater][1][row["category"]] is not None]
            n += len(given) == 1
    return str(n), str(n * LENGTH)


def test_rows_say_what_could_not_be_compared(rows: list[dict[str, str]]) -> None:
    found = [(row["measure"], row["raters"], row["n_left_out"], row["ms_left_out"]) for row in rows]
    due = [(row["measure"], row["raters"], *left_out(row)) for row in rows]
    assert found == due
    assert {(raters, n) for _, raters, n, _ in due if n != "0"} == {("R1|R2", "1"), ("R2|R3", "1")}
