"""One coding in three files of BORIS: the project, and the two tables that BORIS 8.27.4 itself made of it.

`boris/project.boris` is ours; BORIS's `open_project_json` took it without a change and `check_project_integrity` had
nothing to say. `tabular.csv` and `aggregated.tsv` are what `export_tabular_events` and `export_aggregated_events` of
the same program made of it, run without its windows (pip download boris-behav-obs; the Qt modules replaced).
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from elancry.eaf import Document
from elancry.interop.boris.read import read_project
from elancry.interop.boris.tables import gather_events, read_events
from elancry.interop.boris.write import gather_project
from elancry.interop.format import Choices

FOLDER = Path(__file__).parent / "boris"
EVERYTHING = Choices()


def read(name: str) -> Document:
    reader = read_project if name.endswith(".boris") else read_events
    result = reader((FOLDER / name).read_bytes(), name, EVERYTHING)
    assert [found.message for found in result.findings if found.severity != "info"] == []
    assert list(result.documents) == ["session 1"]
    assert result.documents["session 1"].findings == ()
    return result.documents["session 1"]


@pytest.mark.parametrize("name", ["project.boris", "tabular.csv", "aggregated.tsv"])
def test_all_three_become_the_same_coding(name: str):
    """
    patient     protest 1-2.5   despair 2.5-4   sobs at 3 and 3.125
    therapist   speaks 2.75-7.001
    nobody      speaks 8-9
    """
    document = read(name)
    assert {
        tier.id: (
            tier.participant,
            [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id)],
        )
        for tier in document.tiers
    } == {
        "crying": ("patient", [(1000, 2500, "protest"), (2500, 4000, "despair")]),
        "crying modifiers": ("patient", [(1000, 2500, "loud")]),
        "crying comment": ("patient", [(1000, 2500, 'why, "me"?')]),
        "crying comment at stop": ("patient", [(1000, 2500, "ends")]),
        "crying (points)": ("patient", [(3000, 3040, "sob"), (3125, 3165, "sob")]),
        "crying (points) comment": ("patient", [(3125, 3165, "again")]),
        "therapist: speaks": ("therapist", [(2750, 7001, "speaks")]),
        "speaks": (None, [(8000, 9000, "speaks")]),
    }
    assert document.date == "2024-02-20T15:34:38"


def test_the_project_is_written_with_the_same_events_and_behaviors():
    given = json.loads((FOLDER / "project.boris").read_bytes())
    files = gather_project({"session 1": read("project.boris")}, EVERYTHING).files
    made = json.loads(files[".boris"])
    first, second = (content["observations"]["session 1"] for content in (given, made))
    assert sorted(second["events"], key=str) == sorted(first["events"], key=str)
    for key in ("date", "type", "file", "description", "time offset", "independent_variables"):
        assert second[key] == first[key], key
    columns = ("type", "description", "category")
    made_codes, given_codes = (
        {one["code"]: [one[column] for column in columns] for one in content["behaviors_conf"].values()}
        for content in (made, given)
    )
    assert made_codes == given_codes


def test_the_table_is_the_one_that_boris_makes():
    """Row for row and cell for cell; but for the variables, which are not read, and how many digits a sum has."""

    def rows(text: str) -> list[dict[str, str]]:
        table = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
        found = [
            {
                column: cell
                for column, cell in row.items()
                if column not in ("age", "Observation duration by subject by observation")
            }
            for row in table
        ]
        return sorted(found, key=lambda row: (float(row["Start (s)"]), row["Behavior"]))

    files = gather_events({"session 1": read("aggregated.tsv")}, EVERYTHING).files
    made, given = rows(files[".boris.tsv"].decode()), rows((FOLDER / "aggregated.tsv").read_bytes().decode())
    for row in (*made, *given):
        if row["Behavior"] in ("sob", "speaks"):  # the table has the names of tiers as categories
            row["Behavioral category"] = ""
    assert made == given
