"""The pages on what was simulated, and what reports say of it: made from the results, all at once.

    python benchmarks/validity_pages.py
    python benchmarks/validity_pages.py --raw RUN/validity_exchange.raw.json OTHER/v.raw.json
    python benchmarks/validity_pages.py --few RUN/validity_few_clusters.raw.json

Reads docs/validity.json, docs/validity_exchange.json and docs/validity_few_clusters.json and writes docs/validity.md
(the entrance), docs/validity-exchange.md, docs/validity-few-clusters.md, docs/validity-regression.md, and
src/elancry/association/levels.json, out of which reports and methods texts quote. With `--raw` the numbers of single
studies of `validity_exchange.py`, of runs that are finished or not, are summed up into docs/validity_exchange.json
before; with `--few` a result or the raw numbers of `validity_few_clusters.py` replace docs/validity_few_clusters.json.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import validity
import validity_exchange
import validity_few_clusters

from elancry.association.measured import AIMS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LEVELS = ROOT / "src" / "elancry" / "association" / "levels.json"
TEMPLATE = Path(__file__).with_name("validity_entrance.md")
TESTS = {"cooccurrence": "co-occurrence", "window": "window", "lag": "lag"}
"""Code of a test -> its name in the results."""
RATES = {"mean": "mean", "worst": "worst pair", "maxt": "maxT"}
FEW = {8, 10, 12, 16, 20, 32}
KAPPA = ("accuracy of the patient", "accuracy alike for all")
KAPPA_METHOD, ICC_METHOD = "BCa, small samples", "Monte-Carlo"
FEWEST_STUDIES = 300
"""Below this number a rate is not called a miss: its Monte-Carlo error is more than .01."""

Results = Mapping[str, Mapping[str, float]]


def slug(name: str) -> str:
    """The code of a scenario in the catalogues of texts."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def null_scenarios(results: Results) -> dict[str, Mapping[str, float]]:
    """The scenarios in which nothing is associated and that a test should withstand."""
    return {name: row for name, row in results.items() if not name.startswith(("limit", "power"))}


def missed(row: Mapping[str, float], test: str) -> list[str]:
    """The rates of a test that exceed their aims; none where there are too few studies to tell."""
    if row["studies"] < FEWEST_STUDIES:
        return []
    return [rate for rate, name in RATES.items() if row.get(f"{TESTS[test]}: {name}", 0.0) > AIMS[rate]]


def has_intervals(row: Mapping[str, float]) -> bool:
    """Whether at least half of the studies have an interval of the ratio."""
    return row["ratio: no interval"] < 0.5


def design(name: str) -> tuple[int, int]:
    """Numbers of sequences and clusters of a scenario."""
    sizes = validity_exchange.SCENARIOS[name].sizes
    return sum(sizes), len(sizes)


def levels_of(results: Results, few: Results) -> dict[str, Any]:
    """The content of `levels.json`."""
    exchange: dict[str, list[dict[str, Any]]] = {}
    null = null_scenarios(results)
    for test, name in TESTS.items():
        rows = {scenario: row for scenario, row in null.items() if f"{name}: mean" in row}
        for size in dict.fromkeys(map(design, rows)):
            of = {scenario: row for scenario, row in rows.items() if design(scenario) == size}
            means = [row[f"{name}: mean"] for row in of.values()]
            exchange.setdefault(test, []).append(
                {
                    "n_sequences": size[0],
                    "n_clusters": size[1],
                    "n_studies": min(int(row["studies"]) for row in of.values()),
                    "n_scenarios": len(of),
                    "mean_low": round(min(means), 4),
                    "mean_high": round(max(means), 4),
                    "worst": round(max(row[f"{name}: worst pair"] for row in of.values()), 4),
                    "maxt": round(max(row[f"{name}: maxT"] for row in of.values()), 4),
                    "ratio": _ratio(of.values()) if test == "cooccurrence" else None,
                    "missed": [slug(scenario) for scenario, row in of.items() if missed(row, test)],
                }
            )
    coverage: dict[str, dict[str, list[float]]] = {"kappa": {}, "icc": {}}
    for groups in sorted(FEW):
        kappa = [few[f"{name}, {groups} clusters"] for name in KAPPA]
        found = [row[f"{measure}: {KAPPA_METHOD}"] for row in kappa for measure in ("kappa", "AC1")]
        icc = [
            row[f"ICC(2,1): {ICC_METHOD}"]
            for name, row in few.items()
            if name.startswith("true scores") and name.endswith(f", {groups} clusters")
        ]
        for of, rates in (("kappa", found), ("icc", icc)):
            coverage[of][str(groups)] = [round(min(rates), 4), round(max(rates), 4)]
    return {"coverage": coverage, "exchange": exchange}


def _ratio(rows: Iterable[Mapping[str, float]]) -> list[float] | None:
    """Smallest and largest coverage of the interval of the ratio."""
    found = [row["ratio: coverage"] for row in rows if has_intervals(row)]
    return [round(min(found), 4), round(max(found), 4)] if found else None


def short(value: float) -> str:
    """`.052`."""
    return f"{value:.3f}".replace("0.", ".", 1)


def span(values: Iterable[float]) -> str:
    """`.043 to .061`, or one number where they are the same."""
    found = [short(value) for value in sorted(values)]
    return found[0] if found[0] == found[-1] else f"{found[0]} to {found[-1]}"


def level_table(levels: Mapping[str, Any]) -> str:
    """Design by test: the levels where nothing is associated."""
    head = (
        "| test | sequences / clusters | scenarios | studies each | mean of nine pairs | worst pair | any pair, maxT |"
    )
    lines = [head, "|---|---|--:|--:|--:|--:|--:|"]
    names = {"cooccurrence": "co-occurrence", "window": "windows", "lag": "lags"}
    for test, designs in levels["exchange"].items():
        for item in designs:
            mean = span((item["mean_low"], item["mean_high"]))
            cells = (
                names[test],
                f"{item['n_sequences']} / {item['n_clusters']}",
                str(item["n_scenarios"]),
                str(item["n_studies"]),
                _bold(mean, item["mean_high"] > AIMS["mean"]),
                _bold(short(item["worst"]), item["worst"] > AIMS["worst"]),
                _bold(short(item["maxt"]), item["maxt"] > AIMS["maxt"]),
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _bold(text: str, wanted: bool) -> str:
    return f"**{text}**" if wanted else text


def limit_table(results: Results) -> str:
    """What no exchange of clusters can tell from association."""
    lines = [
        "| scenario | studies | test | mean of nine pairs | worst pair | any pair, maxT |",
        "|---|--:|---|--:|--:|--:|",
    ]
    for name, row in results.items():
        if name.startswith("limit"):
            for test in TESTS.values():
                rates = [short(row[f"{test}: {rate}"]) for rate in RATES.values()]
                lines.append(
                    f"| {name.removeprefix('limit: ')} | {row['studies']:.0f} | {test} | {' | '.join(rates)} |"
                )
    return "\n".join(lines)


def power_table(results: Results) -> str:
    """How often the planted pair is found."""
    lines = [
        "| planted | studies | co-occurrence | window | lag 1 | co-occurrence by `swap` |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, row in results.items():
        if name.startswith("power"):
            rates = [short(row[f"{test}: planted pair"]) for test in (*TESTS.values(), "swap")]
            lines.append(f"| {name.removeprefix('power: ')} | {row['studies']:.0f} | {' | '.join(rates)} |")
    return "\n".join(lines)


def misses(results: Results, few: Results, regressions: Results) -> list[str]:
    """Everything that misses its aim, by name."""
    found = []
    for name, row in null_scenarios(results).items():
        for test, of in TESTS.items():
            for rate in missed(row, test):
                value, aim = row[f"{of}: {RATES[rate]}"], AIMS[rate]
                found.append(f"{of}, *{name}*: {RATES[rate]} {short(value)}, aim at most {short(aim)}")
        coverage = row.get("ratio: coverage")
        if coverage is not None and has_intervals(row) and coverage < 0.93 and row["studies"] >= FEWEST_STUDIES:
            found.append(f"interval of the ratio, *{name}*: coverage {short(coverage)}, aim .930")
    for name, row in few.items():
        # Rank correlations have percentiles from 30 clusters on (`elancry.association.ranks`).
        ranks = "percentile" if name.endswith(", 32 clusters") else "jackknife t"
        of = {KAPPA_METHOD: ("kappa", "AC1", "corrected r"), ICC_METHOD: ("ICC(2,1)",), ranks: ("rho",)}
        for method, measures in of.items():
            for measure in measures:
                value = row.get(f"{measure}: {method}")
                if value is not None and value < validity_few_clusters.aim(name):
                    wanted = short(validity_few_clusters.aim(name))
                    found.append(f"{measure}, {method}, *{name}*: coverage {short(value)}, aim {wanted}")
    for name, row in regressions.items():
        coverage = row.get("CR2: coverage")
        if coverage is not None and not 0.92 <= coverage <= 0.97:
            found.append(f"one slope, CR2, *{name}*: coverage {short(coverage)}, aim .920 to .970")
        for test in ("CR2: slope", "mixed model: slope"):
            if name.endswith("nothing there") and row.get(test, 0.0) > 0.07:
                found.append(f"one slope, {test.split(':')[0]}, *{name}*: size {short(row[test])}, aim at most .070")
    return found


def ratio_spans(results: Results) -> dict[str, str]:
    """Coverage of the interval of the ratio: everywhere, and with a dominant cluster."""
    dominant = "one cluster of 20 among 46"
    rows = {
        name: row["ratio: coverage"]
        for name, row in results.items()
        if not name.startswith("limit") and "ratio: coverage" in row and has_intervals(row)
    }
    rare = [name for name, row in results.items() if not has_intervals(row)]
    return {
        "ratio": span(value for name, value in rows.items() if name != dominant),
        "ratio_dominant": short(rows[dominant]),
        "ratio_none": "; ".join(f"*{name}*" for name in rare) or "none",
    }


def coverage_table(levels: Mapping[str, Any]) -> str:
    """Clusters by coefficient."""
    lines = ["| clusters of four sequences | kappa and AC1, BCa | ICC(2,1), Monte-Carlo |", "|--:|--:|--:|"]
    for groups in levels["coverage"]["kappa"]:
        cells = [span(levels["coverage"][of][groups]) for of in ("kappa", "icc")]
        lines.append(f"| {groups} | {' | '.join(cells)} |")
    return "\n".join(lines)


def read(name: str) -> dict[str, Any]:
    """A file of results in docs/."""
    content: dict[str, Any] = json.loads((DOCS / name).read_text(encoding="utf-8"))
    return content


def made() -> dict[Path, str]:
    """Every file that is made of the results, and its content."""
    exchange, few, regressions = (read(f"validity{name}.json") for name in ("_exchange", "_few_clusters", ""))
    results = exchange["results"]
    levels = levels_of(results, few["results"])
    rows = null_scenarios(results).values()
    slopes = [row for name, row in regressions["results"].items() if name.endswith("nothing there")]
    listed = misses(results, few["results"], regressions["results"])
    entrance = TEMPLATE.read_text(encoding="utf-8").format(
        levels=level_table(levels),
        limits=limit_table(results),
        power=power_table(results),
        misses="\n".join(f"- {one}." for one in listed) or "Nothing.",
        coverage=coverage_table(levels),
        swap=span(row["swap: mean"] for row in rows),
        swap_worst=short(max(row["swap: worst pair"] for row in rows)),
        swap_maxt=short(max(row["swap: maxT"] for row in rows)),
        fewest=FEWEST_STUDIES,
        cr2=span(row["CR2: slope"] for row in slopes),
        htz=span(row["HTZ: all slopes"] for row in slopes),
        **{name: short(aim) for name, aim in AIMS.items()},
        **ratio_spans(results),
    )
    return {
        DOCS / "validity.md": entrance,
        DOCS / "validity-exchange.md": validity_exchange.page(exchange),
        DOCS / "validity-few-clusters.md": validity_few_clusters.page(few),
        DOCS / "validity-regression.md": validity.page(regressions),
        LEVELS: json.dumps(levels, indent=1) + "\n",
    }


def update(raw: Iterable[Path], few: Path | None) -> None:
    """Take over the results of runs that are finished or not."""
    path = DOCS / "validity_exchange.json"
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"results": {}}
    summed = {}
    for file in raw:
        studies = json.loads(file.read_text(encoding="utf-8"))
        summed |= {name: validity_exchange.summary(of) for name, of in studies.items() if of}
    if summed:
        together = content["results"] | summed
        ordered = {name: together[name] for name in validity_exchange.SCENARIOS if name in together}
        new = {"seed": validity_exchange.SEED, "draws": validity_exchange.DRAWS, "results": ordered}
        path.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    if few is not None:
        found = json.loads(few.read_text(encoding="utf-8"))
        found = found if "results" in found else validity_few_clusters.summed(found)
        (DOCS / "validity_few_clusters.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, nargs="+", default=[], help="raw numbers of runs of validity_exchange.py")
    parser.add_argument("--few", type=Path, help="result of a run of validity_few_clusters.py")
    given = parser.parse_args()
    update(given.raw, given.few)
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
