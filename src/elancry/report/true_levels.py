"""What level the tests in time really have in a design like this study's: a sentence or two, out of the simulations."""

from __future__ import annotations

from collections.abc import Sequence

from elancry.association.measured import AIMS, level_near, percent
from elancry.choices import Null
from elancry.report.numbers import whole
from elancry.report.rows import Row
from elancry.report.words import Words
from elancry.texts import Text


def true_level(test: str, rows: Sequence[Row], words: Words) -> str:
    """For `cooccurrence`, `window` or `lag`, from rows of that test; empty where it was not tested by exchange."""
    tested = [row for row in rows if row["p_permutation"] is not None and row["null"] == Null.TREND_EXCHANGE.value]
    if not tested:
        return ""
    sequences, clusters = tested[0]["n_sequences"], tested[0]["n_clusters"]
    if sequences is None or clusters is None:
        return ""

    def say(code: str, **fields: str) -> str:
        return Text(f"validity.{code}", fields).into(words.language)

    named = say(f"test.{test}")
    found = level_near(test, sequences, clusters)
    if found is None:
        return say("level-unknown", test=named, sequences=whole(sequences), clusters=whole(clusters))
    said = say(
        "level",
        test=named,
        sequences=whole(found.n_sequences),
        clusters=whole(found.n_clusters),
        scenarios=whole(found.n_scenarios),
        studies=whole(found.n_studies),
        low=percent(found.mean_low),
        high=percent(found.mean_high),
        worst=percent(found.worst),
        maxt=percent(found.maxt),
    )
    if found.missed:
        scenarios = "; ".join(say(f"scenario.{code}") for code in found.missed)
        said += f" {say('level-missed', scenarios=scenarios, **{name: percent(aim) for name, aim in AIMS.items()})}"
    if found.ratio is not None:
        low, high = map(percent, found.ratio)
        said += f" {say('ratio', low=low, high=high)}"
    return said


def by_kind(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows of sequences as windows and lags, each where there are any."""
    kinds = {
        "window": [row for row in rows if row["lag"] is None],
        "lag": [row for row in rows if row["lag"] is not None],
    }
    return [(kind, found) for kind, found in kinds.items() if found]
