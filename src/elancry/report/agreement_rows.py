"""Which rows of the agreement table a page shows, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from elancry.report.rows import Row, distinct, exact, pick

# The one number of a kind that sentences and figures speak of: the first that was computed. On time it is the one that
# the terminal prints (`elancry.report.headline`), Fleiss' kappa; of a pair with the gold rater Cohen's.
TIME = (
    "time_masi_alpha",
    "time_fleiss_kappa",
    "time_conger_kappa",
    "time_cohen_kappa",
    "time_krippendorff_alpha",
    "time_gwet_ac1",
)
TIME_OF_PAIR = ("time_masi_alpha", "time_cohen_kappa", *TIME[1:])
EVENT = ("event_kappa_ipf", "event_kappa_matched", "event_positive_agreement")
RATING = ("icc_2_1", "icc_1_1", "alpha_interval", "kappa_quadratic")
LABEL = ("label_fleiss_kappa", "label_cohen_kappa", "label_gwet_ac1")
MEAN_RATING = ("icc_2_k", "icc_1_k")

_FAMILIES = ("label_", "time_", "event_", "unitizing_", "onset_", "offset_", "boundary_", "presence_", "")


def family(measure: str) -> str:
    """Which question a measure answers: `label`, `time`, `event`, `unitizing`, `boundary`, `presence` or `rating`."""
    start = measure.split("_")[0]
    if start in ("onset", "offset", "boundary"):
        return "boundary"
    return start if start in ("label", "time", "event", "unitizing", "presence") else "rating"


def first(rows: Sequence[Row], measures: Sequence[str], *, variants: Sequence[str] = ()) -> Row | None:
    """The row for all raters of the first of `measures` that is there; of `variants` the earlier is preferred."""
    for measure in measures:
        of_measure = [row for row in rows if row["measure"] == measure]
        for variant in (*variants, *(v for (v,) in distinct(of_measure, "variant") if v not in variants)):
            found = pick(row for row in of_measure if row["variant"] == variant)
            if found is not None:
                return found
    return None


def overall(rows: Iterable[Row]) -> list[Row]:
    """For each measure, variant, criterion and version of time the row that speaks for all raters."""
    listed = [row for row in rows if row["scope"] == "overall"]
    keys = distinct(listed, "measure", "variant", "criterion", "time_unit_ms", "tolerance_ms")
    found = []
    for key in keys:
        names = ("measure", "variant", "criterion", "time_unit_ms", "tolerance_ms")
        row = pick(row for row in listed if tuple(row[name] for name in names) == key)
        if row is not None:
            found.append(row)
    return sorted(found, key=lambda row: list(_FAMILIES).index(_start(row["measure"])))


def _start(measure: str) -> str:
    return next(start for start in _FAMILIES if measure.startswith(start))


def versions(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows grouped by family and version of the data (variant, criterion, bins, tolerance), the exact ones first."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        version = (row["variant"], row["criterion"], row["time_unit_ms"], row["tolerance_ms"])
        groups.setdefault((family(row["measure"]), *version), []).append(row)
    families = list(dict.fromkeys(key[0] for key in groups))
    return [groups[key] for key in sorted(groups, key=lambda key: (families.index(key[0]), key[3] is not None))]


def teams(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows by the raters that a headline can speak for: all together, or, against a gold rater, pair by pair."""
    pairs = [raters for (raters,) in distinct((row for row in rows if row["aggregate"] == "pair"), "raters")]
    if len(pairs) < 2 or overall(rows):
        return [list(rows)]
    return [[row for row in rows if row["raters"] == raters] for raters in pairs]


def headline_time(rows: Sequence[Row]) -> Row | None:
    """The headline of the time coded: exact time, `none` counting as a category."""
    listed = exact(row for row in rows if row["scope"] == "overall")
    of_pair = all(row["aggregate"] == "pair" for row in listed)
    return first(listed, TIME_OF_PAIR if of_pair else TIME, variants=("with_none", "without_none"))


def headline_label(rows: Sequence[Row]) -> Row | None:
    """The headline of the labels of given units."""
    return first([row for row in rows if row["scope"] == "overall"], LABEL)


def headline_event(rows: Sequence[Row]) -> Row | None:
    """The headline of the events."""
    return first([row for row in rows if row["scope"] == "overall"], EVENT)


def of_categories(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Category -> its rows in the exact version."""
    found: dict[str, list[Row]] = {}
    for row in exact(row for row in rows if row["scope"] == "category"):
        found.setdefault(row["category"], []).append(row)
    return found


def by_category(own: Mapping[str, Sequence[Row]], measures: Sequence[str], category: str) -> Row | None:
    """The row for one category, out of `of_categories`."""
    return first(own.get(category, ()), measures, variants=("with_none", "without_none", "rating"))


def differences(rows: Sequence[Row]) -> list[Row]:
    """Of the rows of `agreement_differences` the headlines of labels, time and events, and of every rated category."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        kind = family(row["measure"])
        if row["scope"] == "overall":
            measures: tuple[str, ...] = {"label": LABEL, "time": TIME, "event": EVENT}.get(kind, ())
            shown = row["time_unit_ms"] is None and row["variant"] != "without_none"
        else:
            measures = ("icc_2_1", "alpha_interval") if row["variant"] == "rating" else ()
            shown = True
        if shown and row["measure"] in measures:
            pair = row["raters_first"] if row["aggregate"] == "pair" else ""
            names = ("by", "first", "second", "system", "tier", "category")
            key = (*(row[name] for name in names), kind, pair)
            best = found.get(key)
            if best is None or measures.index(row["measure"]) < measures.index(best["measure"]):
                found[key] = row
    return list(found.values())
