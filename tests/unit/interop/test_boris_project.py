"""BORIS projects: what an observation becomes in ELAN, and a project that BORIS would pair and show the same way."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from elancry.codebook.extract import extract_codebook
from elancry.codebook.model import Layout
from elancry.eaf import Document, parse_eaf, read_eaf
from elancry.errors import UnreadableInput
from elancry.interop.boris.project import FORMAT
from elancry.interop.boris.read import read_project
from elancry.interop.boris.write import gather_project
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices

EVERYTHING = Choices()


def behavior(code: str, kind: str = "State event", category: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "code": code, "category": category, "description": "", "modifiers": {}, **more}


def project(events: list[list[Any]], behaviors: list[dict[str, Any]], **observation: Any) -> bytes:
    content = {
        "type": "LIVE",
        "date": "2024-02-20T15:34:38",
        "file": {},
        "time offset": 0.0,
        "events": events,
        "independent_variables": {},
    }
    return json.dumps(
        {
            "project_format_version": "7.0",
            "behaviors_conf": {str(number): one for number, one in enumerate(behaviors)},
            "observations": {"first": {**content, **observation}},
        }
    ).encode()


def spans(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {
        tier.id: [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id)]
        for tier in document.tiers
    }


def only(data: bytes, choices: Choices = EVERYTHING) -> tuple[Document, list[tuple[str, str]]]:
    read = read_project(data, "p.boris", choices)
    (document,) = read.documents.values()
    assert document.findings == ()
    return document, [(found.code.removeprefix("convert-"), found.message) for found in read.findings]


CRY = [behavior("protest", category="crying"), behavior("despair", category="crying", description="loud, giving up")]


def test_a_category_whose_behaviors_exclude_each_other_is_one_tier_with_a_vocabulary():
    """
    protest  |=======|               |==|
    despair          |=======|
             1       2.5     4       5  5.5
    """
    events = [
        [1, "P", "protest", "", ""],
        [2.5, "P", "protest", "", ""],
        [2.5, "P", "despair", "", ""],
        [4, "P", "despair", "", ""],
        [5, "P", "protest", "", ""],
        [5.5, "P", "protest", "", ""],
    ]
    document, findings = only(project(events, CRY))
    assert spans(document) == {
        "crying": [(1000, 2500, "protest"), (2500, 4000, "despair"), (5000, 5500, "protest")],
    }
    assert findings == []
    (tier,) = document.tiers
    assert tier.participant == "P"
    (vocabulary,) = document.vocabularies
    assert [dict(entry.values) for entry in vocabulary.entries] == [{"und": "protest"}, {"und": "despair"}]
    assert dict(vocabulary.entries[1].descriptions) == {"und": "loud, giving up"}
    assert [item.cve_ref for item in document.annotations("crying")] == ["cveid_0", "cveid_1", "cveid_0"]
    assert document.date == "2024-02-20T15:34:38"
    assert document.header_property("boris.observation") == "first"


def test_behaviors_that_overlap_get_tiers_of_their_own():
    """
    protest  |=======|
    despair      |=======|
    """
    events = [[1, "", "protest", "", ""], [2, "", "despair", "", ""], [3, "", "protest", "", ""]]
    document, _ = only(project([*events, [4, "", "despair", "", ""]], CRY))
    assert spans(document) == {
        "crying: protest": [(1000, 3000, "protest")],
        "crying: despair": [(2000, 4000, "despair")],
    }


def test_two_subjects_may_overlap_and_have_tiers_of_their_names():
    events = [[1, "P", "protest"], [2, "T", "despair"], [3, "P", "protest"], [4, "T", "despair"]]
    document, _ = only(project(events, CRY))
    assert spans(document) == {"P: crying": [(1000, 3000, "protest")], "T: crying": [(2000, 4000, "despair")]}
    assert [tier.participant for tier in document.tiers] == ["P", "T"]


def test_points_are_moments_beside_the_states_of_their_category():
    behaviors = [*CRY, behavior("sob", "Point event", "crying"), behavior("cough", "Point event")]
    events = [[1, "", "protest"], [1.5, "", "sob"], [3, "", "protest"], [4, "", "cough"], [4.01, "", "cough"]]
    document, findings = only(project(events, behaviors))
    assert spans(document) == {
        "crying": [(1000, 3000, "protest")],
        "crying (points)": [(1500, 1540, "sob")],
        "cough": [(4000, 4010, "cough"), (4010, 4050, "cough")],
    }
    assert findings == []
    assert [tier.type_id for tier in document.tiers] == ["crying", "point.crying (points)", "point.cough"]


def test_modifiers_and_comments_hang_under_the_event():
    events = [
        [1, "", "protest", "loud|long", "begins softly"],
        [2, "", "protest", "loud|long", "stops at the door"],
        [3, "", "protest", "None", ""],
        [4, "", "protest", "None", ""],
    ]
    document, _ = only(project(events, CRY))
    assert spans(document) == {
        "crying": [(1000, 2000, "protest"), (3000, 4000, "protest")],
        "crying modifiers": [(1000, 2000, "loud|long")],
        "crying comment": [(1000, 2000, "begins softly")],
        "crying comment at stop": [(1000, 2000, "stops at the door")],
    }


def test_states_are_paired_by_subject_behavior_and_modifiers_as_boris_does():
    """
    loud    |=======|
    soft        |=======|
    """
    events = [[1, "", "r", "loud", ""], [2, "", "r", "soft", ""], [3, "", "r", "loud", ""], [4, "", "r", "soft", ""]]
    document, findings = only(project(events, [behavior("r")]))
    assert spans(document)["r"] == [(1000, 3000, "r")]
    assert spans(document)["r-2"] == [(2000, 4000, "r")]
    assert [code for code, _ in findings] == ["tier-split"]


def test_modifiers_that_are_asked_at_the_stop_do_not_keep_a_pair_apart():
    asked = behavior("r", modifiers={"0": {"name": "", "type": 0, "values": ["loud"], "ask at stop": True}})
    document, findings = only(project([[1, "", "r", "", ""], [2, "", "r", "loud", ""]], [asked]))
    assert spans(document) == {"r": [(1000, 2000, "r")], "r modifiers": [(1000, 2000, "loud")]}
    assert findings == []


def test_a_state_without_a_stop_is_told_with_its_time_and_left_out():
    read = read_project(project([[1, "P", "protest", "loud", ""]], CRY), "p.boris", EVERYTHING)
    (found,) = read.findings
    assert found.code == "convert-boris-unpaired"
    assert found.severity == "error"
    assert found.message == "observation 'first': 'protest' of P (loud) starts but does not stop"
    assert found.start_ms == 1000
    assert spans(read.documents["first"]) == {}


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ([None, "", "protest"], "row-skipped"),
        (["NA", "", "protest"], "row-skipped"),
        ([float("nan"), "", "protest"], "row-skipped"),
        ([1e300, "", "protest"], "row-skipped"),
        ([-1, "", "protest"], "row-skipped"),
        ([1, "", ""], "row-skipped"),
        ([1, "", ["protest"]], "row-skipped"),
        ([1, ""], "row-skipped"),
        ({"time": 1}, "row-skipped"),
        ("event", "row-skipped"),
        ([1, {}, "undefined"], "not-understood"),
    ],
    ids=range(11),
)
def test_events_that_cannot_be_read_are_told(event: Any, code: str):
    _, findings = only(project([event], CRY))
    assert [found for found, _ in findings] == [code]


@pytest.mark.parametrize(
    "parts",
    [
        {"observations": {"a": {"events": [], "file": [1, 2], "media_info": []}}},
        {"observations": {"a": {"events": [], "file": {"1": "x.mp4", "2": [None, 3]}, "independent_variables": []}}},
        {"observations": {"a": {"events": [], "time offset": "soon", "date": 5, "description": []}}},
        {"observations": {}, "behaviors_conf": []},
        {
            "observations": {"a": {"events": []}},
            "behaviors_conf": {"0": 1, "1": {"code": ""}, "2": {"code": "x", "type": 5}},
        },
    ],
    ids=range(5),
)
def test_values_of_another_type_never_end_in_a_traceback(parts: dict[str, Any]):
    read = read_project(json.dumps(parts).encode(), "p.boris", EVERYTHING)
    assert set(read.documents) == set(parts["observations"])


@pytest.mark.parametrize("observation", [None, [], 1, {}, {"events": {"0": [1]}}, {"evemts": []}])
def test_an_observation_without_a_list_of_events_is_refused(observation: Any):
    with pytest.raises(UnreadableInput) as refusal:
        read_project(json.dumps({"observations": {"a": observation}}).encode(), "p.boris", EVERYTHING)
    assert refusal.value.message == "p.boris: observation 'a' has no list of events"
    assert refusal.value.hint


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"{}", b'{"observations": []}', b"5"])
def test_json_that_is_no_project_is_refused(data: bytes):
    with pytest.raises(UnreadableInput, match="not a BORIS project"):
        read_project(data, "p.boris", EVERYTHING)


def test_an_event_out_of_the_order_of_times_is_told_since_it_may_be_paired_wrongly():
    """Without its point, the stop at 2.5 stands before the start at 4: the starts would become stops."""
    events = [[1, "P", "protest", "", ""], [2500, "P", "protest", "", ""], [4, "P", "protest", "", ""]]
    last = [[5.5, "P", "protest", "", ""]]
    _, findings = only(project([*events, *last], CRY))
    assert findings == [
        ("boris-order", "observation 'first': 1 event is out of chronological order: 'protest' at 0:00:04.000")
    ]
    in_order = [[1, "P", "protest", "", ""], [4, "P", "protest", "", ""], [4, "P", "despair", "", ""]]
    assert "boris-order" not in [code for code, _ in only(project(in_order, CRY))[1]]


def test_the_time_offset_is_taken_off():
    events = [[101, "", "protest"], [102, "", "protest"], [99, "", "despair"], [103, "", "despair"]]
    data = project(events, CRY, **{"time offset": 100})
    read = read_project(data, "p.boris", EVERYTHING)
    assert spans(read.documents["first"]) == {"crying": [(1000, 2000, "protest")]}
    codes = [found.code.removeprefix("convert-") for found in read.findings]
    assert codes == ["boris-offset", "row-skipped", "boris-unpaired"]


def test_media_are_linked_by_their_name_and_what_elan_cannot_hold_is_told():
    info = {"offset": {"1": 0.0, "2": 20.0}}
    files = {"1": ["/home/somebody/a b.mp4", "/home/somebody/c.mp4"], "2": ["C:\\data\\d.wav"], "3": []}
    document, findings = only(project([], CRY, type="MEDIA", file=files, media_info=info))
    assert [(medium.url, medium.mime_type) for medium in document.media] == [
        ("./a%20b.mp4", "video/mp4"),
        ("./d.wav", "audio/x-wav"),
    ]
    assert b"somebody" not in document.to_bytes()
    assert [message for _, message in findings] == [
        "observation 'first': player 2 is shifted by 20.0 s relative to the first player",
        "observation 'first': 1 further media file of a playlist is not linked: ELAN has no playlists",
    ]


def test_the_oldest_layout_is_read():
    """Before version 4 modifiers were a text, and `file` a list of names."""
    old = behavior("s", modifiers="m1,m2|n1")
    document, _ = only(project([[1, "", "s", "m1|n1", ""], [2, "", "s", "m1|n1", ""]], [old], file=[]))
    assert spans(document) == {"s": [(1000, 2000, "s")], "s modifiers": [(1000, 2000, "m1|n1")]}


def test_packed_projects_and_names_that_are_no_file_names():
    content = json.loads(project([], CRY))
    content["observations"] = {name: {"events": []} for name in ("a/b", "a:b", "..", "A_B")}
    read = FORMAT.read(gzip.compress(json.dumps(content).encode()), "p.boris.gz", EVERYTHING) if FORMAT.read else None
    assert read is not None
    assert list(read.documents) == ["a_b", "a_b-2", "observation", "A_B-3"]
    names = [document.header_property("boris.observation") for document in read.documents.values()]
    assert names == ["a/b", "a:b", "..", "A_B"]


def test_only_the_tiers_that_are_asked_for():
    events = [[1, "", "protest"], [2, "", "protest"], [3, "", "x"], [4, "", "x"]]
    document, _ = only(project(events, [*CRY, behavior("x")]), Choices(tiers=("x",)))
    assert spans(document) == {"x": [(3000, 4000, "x")]}


def test_more_behaviors_than_tiers_anybody_looks_at_have_no_vocabularies():
    behaviors = [behavior(f"b{number}", "Point event", description="said") for number in range(301)]
    document, findings = only(project([[number, "", f"b{number}", "", ""] for number in range(301)], behaviors))
    assert (len(document.tiers), document.vocabularies) == (301, ())
    assert findings == [("not-understood", "no vocabularies were made: 301 tiers are too many")]


def test_behaviors_without_a_category_stay_so():
    events = [[1, "T", "speaks"], [2, "T", "speaks"], [3, "", "speaks"], [4, "", "speaks"]]
    read = read_project(project(events, [behavior("speaks")]), "p.boris", EVERYTHING)
    assert list(spans(read.documents["first"])) == ["T: speaks", "speaks"]
    content = json.loads(gather_project(read.documents, EVERYTHING).files[".boris"])
    (one,) = content["behaviors_conf"].values()
    assert (one["code"], one["category"]) == ("speaks", "")
    assert [event[1] for event in content["observations"]["first"]["events"]] == ["T", "T", "", ""]


def coded(name: str, **tiers: Any) -> Document:
    flat = [
        FlatTier(tier, rows, vocabulary=tuple(dict.fromkeys(row[2] for row in rows))) for tier, rows in tiers.items()
    ]
    return build_document(flat, name=name, date="2024-01-01T00:00:00+00:00")[0]


def written(*documents: Document, choices: Choices = EVERYTHING) -> dict[str, Any]:
    files = gather_project({document.name.removesuffix(".eaf"): document for document in documents}, choices).files
    content: dict[str, Any] = json.loads(files[".boris"])
    return content


def test_a_project_has_the_parts_that_boris_opens():
    """The keys of `EMPTY_PROJECT` in BORIS's config.py, and those of an observation it saves."""
    content = written(coded("s01.eaf", crying=[(0, 1500, "protest"), (1500, 2000, "despair")]))
    assert set(content) == {
        "time_format", "project_date", "project_name", "project_description", "project_format_version",
        "subjects_conf", "behaviors_conf", "observations", "behavioral_categories", "behavioral_categories_config",
        "independent_variables", "coding_map", "behaviors_coding_map", "converters",
    }  # fmt: skip
    assert content["project_format_version"] == "7.0"
    assert [(one["code"], one["type"], one["category"]) for one in content["behaviors_conf"].values()] == [
        ("protest", "State event", "crying"),
        ("despair", "State event", "crying"),
    ]
    assert content["behavioral_categories"] == ["crying"]
    observation = content["observations"]["s01"]
    assert observation["type"] == "LIVE"
    assert observation["events"] == [
        [0.0, "", "protest", "", ""],
        [1.5, "", "protest", "", ""],
        [1.5, "", "despair", "", ""],
        [2.0, "", "despair", "", ""],
    ]


def boris_status(events: list[list[Any]]) -> list[str]:
    """BORIS's own rule for START and STOP (`events_start_stop`): the parity of equal events before, in the list."""
    return [
        "STOP" if sum(other[1:4] == event[1:4] for other in events[:place]) % 2 else "START"
        for place, event in enumerate(events)
    ]


@pytest.mark.parametrize("talk", [(1100, 6000), (5000, 6000)], ids=["overlap", "no overlap"])
def test_codes_with_a_tier_each_come_back_as_one_system(talk: tuple[int, int]):
    """
    act.smile  |=======|            as a table's concurrent codes become tiers; whether they overlap in
    act.talk      |=========|       this very file may not matter: the other rater's file has the same tiers
    """
    codes = ("smile", "talk")
    tier = FlatTier("act", [(1000, 5000, "smile"), (*talk, "talk")], codes, concurrent=codes)
    document, _ = build_document([tier], name="s.eaf")
    content = written(document)
    behaviors = [(one["code"], one["category"]) for one in content["behaviors_conf"].values()]
    assert behaviors == [("smile", "act.smile"), ("talk", "act.talk")]
    (again,) = read_project(json.dumps(content).encode(), "s.boris", EVERYTHING).documents.values()
    assert spans(again) == {"act.smile": [(1000, 5000, "smile")], "act.talk": [(*talk, "talk")]}
    for one in (document, again):
        (system,) = extract_codebook([one]).systems
        assert system.layout is Layout.TIER_PER_CATEGORY
        assert [category.id for category in system.categories] == ["smile", "talk"]


def test_another_value_on_the_tier_of_a_code_keeps_the_whole_vocabulary():
    family = {"vocabulary": ("smile", "talk"), "family": "act"}
    tiers = [FlatTier("act.smile", [(0, 1000, "talk")], **family), FlatTier("act.talk", [(0, 1000, "talk")], **family)]
    document, _ = build_document(tiers, name="s.eaf")
    (again,) = read_project(json.dumps(written(document)).encode(), "s.boris", EVERYTHING).documents.values()
    assert spans(again) == {"act.smile": [(0, 1000, "talk")], "act.talk": [(0, 1000, "talk")]}


def test_boris_pairs_what_was_written_as_elan_has_it():
    """Touching annotations of one value, one that begins and ends with another, two tiers that share a value."""
    rows = [(0, 1000, "a"), (1000, 2000, "a"), (2000, 2001, "b"), (2001, 5000, "a")]
    content = written(coded("s.eaf", left=rows, right=rows))
    events = content["observations"]["s"]["events"]
    assert [event[0] for event in events] == sorted(event[0] for event in events)
    open_at: dict[str, float] = {}
    found = []
    for event, status in zip(events, boris_status(events), strict=True):
        if status == "START":
            open_at[event[2]] = event[0]
        else:
            found.append((round(open_at.pop(event[2]) * 1000), round(event[0] * 1000), event[2]))
    assert open_at == {}
    left = [(start, end, value) for start, end, value in rows]
    right = [(start, end, f"right: {value}") for start, end, value in rows]
    assert sorted(found) == sorted(left + right)


def test_a_value_that_overlaps_itself_is_not_paired_wrongly():
    """
    a   |-----------|          as only damaged files have it: BORIS would pair 0 with 2 and 2.5 with 3
    a           |-------|
    """
    whole = coded("s.eaf", t=[(0, 1000, "a"), (2000, 3000, "a")])
    damaged = parse_eaf(whole.to_bytes().replace(b'TIME_VALUE="1000"', b'TIME_VALUE="2500"'), "s.eaf")
    assert [found.code for found in damaged.findings] == ["eaf-overlap"]
    content = written(damaged)
    assert [one["code"] for one in content["behaviors_conf"].values()] == ["a", "t: a"]
    again, _ = only(json.dumps(content).encode())
    assert sorted(span for rows in spans(again).values() for span in rows) == [(0, 2500, "a"), (2000, 3000, "a")]


def test_values_that_cannot_be_codes_are_codes_and_come_back():
    rows = [(0, 1, "a|b"), (1, 2, " a "), (2, 3, ""), (3, 4, "a"), (4, 5, 'In ELAN: "x"'), (5, 6, "two\nlines")]
    document = coded("s.eaf", t=rows)
    result = gather_project({"s": document}, EVERYTHING)
    content = json.loads(result.files[".boris"])
    codes = [one["code"] for one in content["behaviors_conf"].values()]
    assert codes == ["a/b", "a", "t (no value)", "t: a", 'In ELAN: "x"', "two lines"]
    assert content["behaviors_conf"]["0"]["description"] == 'In ELAN: "a|b"'
    assert [found.code for found in result.findings if "code" in found.message] == ["convert-text-changed"]
    again, findings = only(result.files[".boris"])
    assert spans(again) == {"t": rows}
    assert findings == []


def test_free_text_is_one_behavior_with_comments_and_comes_back():
    rows = [(n * 10, n * 10 + 5, f"sentence {n} " * 10) for n in range(50)]
    document = build_document([FlatTier("speech", rows, participant="P")], name="s.eaf")[0]
    content = written(document)
    (one,) = content["behaviors_conf"].values()
    assert (one["code"], one["category"]) == ("speech", "")
    again, _ = only(json.dumps(content).encode())
    assert spans(again) == {"speech": rows}
    assert again.tiers[0].participant == "P"


def test_what_boris_read_is_written_as_it_was():
    behaviors = [*CRY, behavior("sob", "Point event", "crying"), behavior("talk", description="speaks")]
    events = [
        [1.0, "P", "protest", "loud|", "why"],
        [2.0, "P", "protest", "loud|", "done"],
        [2.5, "P", "sob", "", ""],
        [3.0, "T", "despair", "", ""],
        [4.0, "T", "despair", "", ""],
        [4.0, "T", "talk", "", ""],
        [4.125, "T", "talk", "", ""],
    ]
    first = read_project(project(events, behaviors), "p.boris", EVERYTHING)
    result = gather_project(first.documents, EVERYTHING)
    content = json.loads(result.files[".boris"])
    assert content["observations"]["first"]["events"] == events
    assert [(one["code"], one["category"], one["description"]) for one in content["behaviors_conf"].values()] == [
        ("protest", "crying", ""),
        ("despair", "crying", "loud, giving up"),
        ("sob", "crying", ""),
        ("talk", "", "speaks"),
    ]
    second = read_project(result.files[".boris"], "p.boris", EVERYTHING)
    assert spans(second.documents["first"]) == spans(first.documents["first"])
    assert gather_project(second.documents, EVERYTHING).files == result.files


def test_nothing_says_where_files_lie_or_who_wrote_them():
    editor = coded("s.eaf", t=[(0, 1, "a")]).edit()
    editor.header.set_author("Erika Mustermann")
    editor.media.add("file:///C:/Users/erika/video%201.mp4", "video/mp4", "../erika/video%201.mp4")
    document = editor.document()
    files = gather_project({"s": document}, EVERYTHING).files
    assert b"rika" not in files[".boris"]
    observation = json.loads(files[".boris"])["observations"]["s"]
    assert observation["file"] == {"1": ["video 1.mp4"]}
    assert observation["type"] == "MEDIA"
    assert observation["events"][0] == [0.0, "", "a", "", "", "NA"]


def test_the_same_documents_give_the_same_bytes_in_any_order():
    one, two = coded("s1.eaf", t=[(0, 1, "a")], u=[(0, 1, "b")]), coded("s2.eaf", u=[(0, 1, "a")])
    forward = gather_project({"s1": one, "s2": two}, EVERYTHING)
    assert forward.files == gather_project({"s2": two, "s1": one}, EVERYTHING).files


def test_one_behavior_for_both_files_where_a_tier_is_the_same():
    content = written(coded("s1.eaf", t=[(0, 1, "a")]), coded("s2.eaf", t=[(0, 1, "a"), (1, 2, "b")]))
    assert [one["code"] for one in content["behaviors_conf"].values()] == ["a", "b"]
    assert list(content["observations"]) == ["s1", "s2"]


def test_an_unknown_tier_is_told():
    result = gather_project({"s": coded("s.eaf", t=[(0, 1, "a")])}, Choices(tiers=("gone",)))
    assert "convert-tier-unknown" in [found.code for found in result.findings]


@pytest.mark.parametrize("number", range(3))
def test_real_files_keep_every_value_and_time(shared: Path, number: int):
    files = sorted(path for path in (shared / "eaf" / "real").rglob("*.eaf") if path.stat().st_size < 200_000)
    for path in files[number::3]:
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        result = gather_project({"s": document}, EVERYTHING)
        (again,) = read_project(result.files[".boris"], "p.boris", EVERYTHING).documents.values()
        assert again.findings == (), path.name
        assert contents(again) == contents(document), path.name


def contents(document: Document) -> list[tuple[int, int, str]]:
    """Values and times, a damaged annotation without length as the short one it becomes."""
    found = [item for tier in document.tiers for item in document.annotations(tier.id)]
    return sorted((item.start_ms, 0 if item.duration_ms <= 40 else item.end_ms, item.value) for item in found)
