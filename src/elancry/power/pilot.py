"""What a pilot study says of the scores of the planned one: the components in its generalizability table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elancry.errors import UsageError
from elancry.names import require
from elancry.power.model import Assumptions
from elancry.study.saved import RESULTS, load_table
from elancry.texts import text


@dataclass(frozen=True)
class Pilot:
    """The score that was taken, and what it says; `sequences_per_session` is that of the pilot's clusters."""

    system: str
    category: str
    score: str
    icc: float
    rater_share: float
    within: float
    sequences_per_session: float


def read_pilot(path: Path, system: str | None = None, category: str | None = None, score: str | None = None) -> Pilot:
    """The pilot whose `results.json`, or whose folder, `path` is.

    Of several scores the first is taken, of several categories the one whose ICC(2,1) is smallest: what is enough for
    it is enough for all.

    Raises UsageError for a file that is not there, without such a table, or where none of it fits; UnreadableInput
    where it is damaged.
    """
    folder = path.parent if path.name == RESULTS else path
    table = load_table(folder, "generalizability")
    if table is None or table.empty:
        raise UsageError(text("power.no-components", path=str(folder / RESULTS)), hint=text("power.no-components-hint"))
    table = table[table["k"] == 1]
    for kind, column, wanted in (
        ("system", "system", system), ("category", "category", category), ("score", "variant", score),
    ):  # fmt: skip
        if wanted is not None:
            require(kind, (wanted,), list(dict.fromkeys(table[column])))
            table = table[table[column] == wanted]
    table = table[(table["absolute"] > 0)]
    if table.empty:
        raise UsageError(text("power.nothing-true", path=str(folder / RESULTS)))
    first = table.iloc[0]
    table = table[(table["system"] == first["system"]) & (table["variant"] == first["variant"])]
    row = table.loc[table["absolute"].astype(float).idxmin()]
    error = float(row["variance_rater"] + row["variance_residual"])
    cluster = 0.0 if row.isna()["variance_cluster"] else float(row["variance_cluster"])
    return Pilot(
        str(row["system"]),
        str(row["category"]),
        str(row["variant"]),
        float(row["absolute"]),
        float(row["variance_rater"]) / error if error > 0 else 0.0,
        cluster / (cluster + float(row["variance_sequence"])),
        float(row["n_sequences"]) / float(row["n_clusters"]),
    )


def assumptions_of(
    pilot: Pilot | None, icc: float | None, rater_share: float | None, within: float | None, slope: float
) -> Assumptions:
    """What is stated, else what the pilot says, else the defaults; raises UsageError where nothing says the ICC."""
    if icc is None and pilot is None:
        raise UsageError(text("power.no-icc"), hint=text("power.no-icc-hint"))
    given = {"icc": icc, "rater_share": rater_share, "within": within}
    of_pilot = {} if pilot is None else {name: getattr(pilot, name) for name in given}
    stated = {name: value for name, value in given.items() if value is not None}
    return Assumptions(**{**of_pilot, **stated, "slope": slope})
