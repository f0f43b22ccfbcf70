"""The study under pseudonyms: no name in any byte of it, and all of the coding."""

from __future__ import annotations

import json
import re

import pytest

from elancry.check.coding import CheckedCoding
from elancry.codebook.dump import dump_codebook
from elancry.eaf import Preferences, parse_eaf, read_eaf, write_eaf, write_pfsx
from elancry.eaf.pfsx import EntryPreference, read_entries
from elancry.errors import UnreadableInput, UsageError
from elancry.merge.study import merge_study
from elancry.pseudonyms.study import hidden_study
from elancry.study.plan import Plan
from elancry.study.run import check_study
from elancry.template.build import build_template
from elancry.template.vocabularies import build_ecv

NAMES = ("anna", "muster", "jörg", "joerg", "huber", "zweifel", "geheim")
RATED = {"protest": ["3"], "despair": ["0"]}


@pytest.fixture
def private(study_folder):
    """Two raters, a session named after the patient, and names in every place that a file has for them."""
    for rater, form in (("Anna Muster", [(1000, 2000, "protest")]), ("Jörg", [(1000, 2500, "protest")])):

        def personal(editor):
            editor.header.set_author("Dr. Zweifel")
            editor.header.set_property("project", "geheim")
            editor.header.set_property("URN", "urn:nl-mpi-tools-elan-eaf:0dc4b2c4-5b6f-53bc-b64a-1aeba86db331")
            editor.tiers.set("form", participant="Frau Huber")
            editor.types.add("free")
            editor.tiers.add("Notes about Huber", "free", participant="Frau Huber")
            editor.annotations.add("Notes about Huber", 0, 500, "Frau Huber weint")
            editor.annotations.add("Comment", 0, 500, "Anna fragt Huber")
            editor.annotations.add("form", 5000, 5500, "Huber lacht")

        path = study_folder.add(
            "Huber_2020",
            rater,
            sequences=[(0, 10_000, "Huber 1")],
            form=form,
            ratings=RATED,
            media=["Huber_2020.mp4"],
            edit=personal,
        )
        text = read_eaf(path).to_bytes().decode()
        linked = '<LINKED_FILE_DESCRIPTOR LINK_URL="file:///home/anna/geheim.xml" MIME_TYPE="text/xml"/><PROPERTY'
        text = text.replace("<PROPERTY", linked, 1).replace("<TIME_ORDER>", "<!-- Zweifel --><TIME_ORDER>", 1)
        text = text.replace("<ANNOTATION_DOCUMENT", "<!-- Anna --><?who Huber?><ANNOTATION_DOCUMENT", 1)
        write_eaf(parse_eaf(text.encode(), path.name), path)
    return study_folder


@pytest.fixture
def plan(small_codebook, tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(dump_codebook(small_codebook), encoding="utf-8")
    return Plan().choose(codebook=str(path))


@pytest.fixture
def hidden(plan, tmp_path):
    """`hidden(folder, keep_tiers=..., **choices)`: what the files under pseudonyms hold, and the study's coding."""

    def make(folder, keep_tiers=(), **choices) -> tuple[dict[str, str], CheckedCoding]:
        key = tmp_path / "key.json"
        with hidden_study([folder], plan.choose(**choices), key, output=None, keep_tiers=keep_tiers) as study:
            files = {
                path.name: path.read_bytes().decode(errors="replace")
                for path in study.paths[0].rglob("*")
                if path.is_file()
            }
            coding = check_study(study.paths, study.plan)
        assert not study.paths[0].exists()
        return files, coding

    return make


@pytest.fixture
def names(tmp_path):
    return lambda: json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))["names"]


def leaks(content):
    low = {name: data.casefold() for name, data in content.items()}
    return [(name, word) for name, text in low.items() for word in NAMES if word in text or word in name.casefold()]


def original(path):
    return {path.name: path.read_bytes().decode()}


def test_no_name_is_left_and_all_of_the_coding_is(private, hidden, plan, names):
    before = check_study([private.folder], plan)
    assert {word for path in private.folder.iterdir() for _, word in leaks(original(path))} == set(NAMES) - {"joerg"}
    files, coding = hidden(private.folder)
    assert leaks(files) == []
    known = names()
    assert set(known["rater"]) == {"Anna Muster", "Jörg"}
    assert set(files) == {f"{known['session']['Huber_2020']}__{known['rater'][name]}.eaf" for name in known["rater"]}
    assert coding.raters == tuple(sorted(known["rater"].values()))

    def content(found, rater):
        (file,) = (file for file in found.files if file.rater == rater)
        return {
            tier.tier: [(item.start_ms, item.end_ms, item.category) for item in tier.annotations] for tier in file.tiers
        }

    for name, pseudonym in known["rater"].items():
        assert content(coding, pseudonym) == content(before, name)
    values = {item.value for file in coding.files for tier in file.tiers for item in tier.annotations}
    assert values == {"seq01", "protest", "[removed]", "3", "0"}
    assert 'PARTICIPANT="patient"' in next(iter(files.values()))


def test_dates_and_identifiers_are_new_and_the_same_for_the_same_key(private, hidden):
    files, _ = hidden(private.folder)
    assert hidden(private.folder)[0] == files
    (path, *_) = sorted(private.folder.iterdir())
    document = read_eaf(path)
    urn = dict(document.properties)["URN"]
    assert not [name for name, text in files.items() if document.date in text or urn in text]
    assert all("urn:nl-mpi-tools-elan-eaf:" in text for text in files.values())


def test_a_tier_kept_by_name_goes_out_without_the_known_names(private, hidden, names):
    files, _ = hidden(private.folder, keep_tiers=["Comment"])
    rater, session = names()["rater"]["Anna Muster"], names()["session"]["Huber_2020"]
    assert f"<ANNOTATION_VALUE>{rater} fragt {session}<" in files[f"{session}__{rater}.eaf"]


def test_the_same_key_gives_the_same_pseudonyms(private, hidden, names):
    first, _ = hidden(private.folder)
    before = names()
    private.add("Abel", "Jörg", form=[(0, 100, "protest")])
    second, _ = hidden(private.folder)
    assert first.items() < second.items()
    assert before["rater"] == names()["rater"]


def test_sequences_are_numbered_by_first_begin_one_number_for_one_text(study_folder, hidden):
    # R1: | c 0-10 | a 20-30 |      R2: | a 5-10 | b 20-30 |    first begins: c 0, a 5, b 20
    study_folder.add("s", "R1", sequences=[(0, 10_000, "Frau c"), (20_000, 30_000, "am Montag")], form=[])
    study_folder.add("s", "R2", sequences=[(5000, 10_000, "am Montag"), (20_000, 30_000, "b")], form=[])
    _, coding = hidden(study_folder.folder)
    found = {
        file.rater: [item.value for tier in file.tiers if tier.kind == "sequence" for item in tier.annotations]
        for file in coding.files
    }
    assert sorted(found.values()) == [["seq01", "seq02"], ["seq02", "seq03"]]
    _, kept = hidden(study_folder.folder, keep_tiers=["Sequence"])
    values = {item.value for file in kept.files for tier in file.tiers for item in tier.annotations}
    assert values == {"Frau c", "am Montag", "b"}


def test_words_of_the_codebook_stay(study_folder, hidden):
    study_folder.add("protest", "despair", form=[(0, 100, "protest")], ratings=RATED)
    _, coding = hidden(study_folder.folder)
    (file,) = coding.files
    tier = next(tier for tier in file.tiers if tier.tier == "form")
    assert [(item.value, item.category) for item in tier.annotations] == [("protest", "protest")]


def test_free_text_that_an_entry_reference_explains_goes_and_the_code_stays(study_folder, hidden):
    def rewritten(editor):
        editor.annotations.add("form", 200, 300, "Huber lacht", cve_ref="despair")

    study_folder.add("s", "R1", form=[(0, 100, "protest")], edit=rewritten)
    files, coding = hidden(study_folder.folder)
    tier = next(tier for tier in coding.files[0].tiers if tier.tier == "form")
    assert [(item.value, item.category) for item in tier.annotations] == [
        ("protest", "protest"),
        ("[removed]", "despair"),
    ]
    assert not leaks(files)


def test_the_plan_names_pseudonyms(private, plan, names, tmp_path):
    private.add("Abel", "Jörg", form=[(0, 100, "protest")])
    (tmp_path / "Huber.csv").write_text(
        "session,patient,therapist,address,age\n"
        "Huber_2020,Frau Huber,Dr. Zweifel,geheim,40\n"
        "Abel,Abel,Dr. Zweifel,,50\n",
        encoding="utf-8",
    )
    chosen = plan.choose(
        raters=["Jörg", "Anna Muster"], against="Jörg", consensus="Anna Muster", aggregate="Jörg",
        sessions=str(tmp_path / "Huber.csv"), covariates=["age"],
    )  # fmt: skip
    with hidden_study([private.folder], chosen, tmp_path / "key.json", output=None) as study:
        known, made = names(), study.plan
        table = (study.paths[0].parent / made.sessions).read_text(encoding="utf-8").splitlines()
        shown = json.dumps(made.settings(), ensure_ascii=False, default=str).casefold()
    assert made.raters == tuple(sorted(known["rater"].values()))
    assert (made.against, made.consensus, made.aggregate) == tuple(
        known["rater"][name] for name in ("Jörg", "Anna Muster", "Jörg")
    )
    therapist = known["therapist"]["Dr. Zweifel"]
    assert table == [
        "session,patient,therapist,age",
        *sorted(
            f"{known['session'][session]},{known['patient'][patient]},{therapist},{age}"
            for session, patient, age in (("Huber_2020", "Frau Huber", 40), ("Abel", "Abel", 50))
        ),
    ]
    assert not [word for word in NAMES if word in shown]


def test_lengths_of_recordings_are_known_without_them(study_folder, hidden):
    # A WAV header of 1,000 bytes a second and 61,500 bytes: 61.5 s.
    header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0" + (1000).to_bytes(4, "little") * 2 + b"\x01\0\x08\0"
    (study_folder.folder / "Huber.wav").write_bytes(header + b"data" + (61_500).to_bytes(4, "little"))
    study_folder.add("s", "R1", media=["Huber.wav"], edit=lambda editor: editor.media.clear() or editor.media.add(
        "file:///gone/Huber.wav", "audio/x-wav", "./Huber.wav"))  # fmt: skip
    files, coding = hidden(study_folder.folder)
    assert coding.files[0].duration_ms == 61_500
    assert not leaks(files)


@pytest.mark.parametrize("pattern", ["{rater}/{session}", "Huber_{session}__{rater}__{round}", "{session}-{rater}"])
def test_names_of_files_keep_their_form(study_folder, hidden, names, pattern):
    path = study_folder.add("x", "Anna", form=[(0, 100, "protest")])
    target = study_folder.folder / (
        pattern.replace("{session}", "Abel").replace("{rater}", "Anna").replace("{round}", "2") + ".eaf"
    )
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    _, coding = hidden(study_folder.folder, pattern=pattern)
    (file,) = coding.files
    assert (file.session, file.rater) == (names()["session"]["Abel"], names()["rater"]["Anna"])
    assert file.round == ("2" if "{round}" in pattern else None)


def test_tiers_that_name_their_rater(study_folder, hidden, names):
    def named(editor):
        for name in ("form", "Sequence", "form.protest.rating", "form.despair.rating"):
            editor.tiers.rename(name, f"{name}-Strauß")

    study_folder.add("s", "Strauß", form=[(0, 100, "protest")], edit=named, name="s.eaf")
    _, coding = hidden(study_folder.folder, tier_pattern="{tier}-{rater}")
    assert coding.raters == (names()["rater"]["Strauß"],)
    tiers = {tier.tier for file in coding.files for tier in file.tiers if not tier.missing}
    assert tiers == {f"form-{coding.raters[0]}", f"Sequence-{coding.raters[0]}"}


def test_merged_files_with_what_the_meeting_decided(private, plan, hidden, names, tmp_path):
    merge_study(check_study([private.folder], plan), tmp_path / "merged")
    (path,) = (tmp_path / "merged").glob("*.merged.eaf")
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 2000, 2500, "protest", cve_ref="protest")
    write_eaf(editor.document(), path)
    before = check_study([tmp_path / "merged"], plan)
    files, coding = hidden(tmp_path / "merged")
    assert leaks(files) == []
    assert coding.raters == tuple(sorted(names()["rater"].values()))

    def consensus(found):
        return [
            (tier.tier, item.start_ms, item.end_ms, item.category)
            for tier in found.files[0].tiers
            for item in tier.annotations
            if tier.rater == "consensus"
        ]

    assert len(consensus(coding)) > 2
    assert consensus(coding) == consensus(before)
    (points,) = (tier for tier in coding.files[0].tiers if tier.rater == "disagreement" and tier.kind == "interval")
    one, two = coding.raters
    texts = [item.value for item in points.annotations]
    assert {value.split(" | ")[0].partition("=")[0] for value in texts} == {one}
    assert {value.split(" | ")[1].partition("=")[0] for value in texts} == {two}
    # Tables name the raters' files, under pseudonyms.
    files_named = {tier.file for tier in coding.files[0].tiers if tier.rater in coding.raters}
    assert files_named == {f"{coding.sessions[0]}__{rater}.eaf" for rater in coding.raters}


def test_shared_vocabularies_go_into_the_files(tmp_path, small_codebook, hidden):
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "Praxis Huber.ecv").write_bytes(build_ecv(small_codebook).to_bytes())
    editor = build_template(small_codebook, annotator="R1", external_cv="Praxis%20Huber.ecv").edit()
    editor.annotations.add("form", 0, 100, "protest", cve_ref="protest")
    write_eaf(editor.document(), folder / "s__R1.eaf")
    files, coding = hidden(folder, codebook=None)
    assert [system.id for system in coding.codebook.systems][:1] == ["form"]
    tier = next(tier for tier in coding.files[0].tiers if tier.tier == "form")
    assert [item.category for item in tier.annotations] == ["protest"]
    assert ".ecv" not in next(iter(files.values()))


def test_a_language_named_after_somebody_is_another_one(study_folder, hidden):
    path = study_folder.add("s", "R1", form=[(0, 100, "protest")])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"eng"', '"hubersprache"'), encoding="utf-8")
    files, coding = hidden(study_folder.folder)
    assert leaks(files) == []
    tier = next(tier for tier in coding.files[0].tiers if tier.tier == "form")
    assert [item.category for item in tier.annotations] == ["protest"]


def test_a_raters_colours_and_keys_of_codes_stay_and_nothing_else_of_the_preferences(study_folder, hidden):
    path = study_folder.add("s", "R1", form=[(0, 100, "protest")])
    own = {"form": {"protest": EntryPreference((1, 2, 3), 65)}, "Huber": {"Huber": EntryPreference((4, 5, 6), 66)}}
    write_pfsx(Preferences(entries=own, tier_colours={"Huber": (1, 2, 3)}), path.with_suffix(".pfsx"))
    files, _ = hidden(study_folder.folder)
    (name,) = (name for name in files if name.endswith(".pfsx"))
    assert leaks(files) == []
    target = study_folder.folder / "again.pfsx"
    target.write_text(files[name], encoding="utf-8")
    assert read_entries(target)["form"] == own["form"]


def test_what_a_merged_file_could_not_hold_is_not_lost_under_pseudonyms(private, hidden, plan, names, tmp_path):
    """It is in merge.json, which is put under pseudonyms too."""
    path = private.folder / "Huber_2020__Jörg.eaf"
    text = path.read_text(encoding="utf-8")
    annotation = next(item for item in read_eaf(path).annotations("form") if item.value == "protest")
    (tag,) = re.findall(rf'<ALIGNABLE_ANNOTATION [^>]*ANNOTATION_ID="{annotation.id}"[^>]*>', text)
    backwards = tag.replace("REF1", "REF0").replace("REF2", "REF1").replace("REF0", "REF2")
    path.write_text(text.replace(tag, backwards), encoding="utf-8")
    merged = tmp_path / "merged"
    merge_study(check_study([private.folder], plan), merged)
    (record,) = json.loads((merged / "merge.json").read_text(encoding="utf-8"))["sessions"]
    assert {item["why"] for item in record["left_out"]} == {"eaf-reversed"}
    files, coding = hidden(merged)
    assert leaks(files) == []
    known = names()["rater"]

    def content(found):
        return sorted(
            (known.get(tier.rater, tier.rater), str(tier.system), item.start_ms, item.end_ms, str(item.category))
            for file in found.files
            for tier in file.tiers
            for item in tier.annotations
        )

    assert content(coding) == content(check_study([merged], plan))
    left = json.loads(files["merge.json"])["sessions"][0]["left_out"]
    assert [(item["value"], item["begin"], item["end"]) for item in left] == [("protest", "2500", "1000")]


def test_the_points_of_a_merge_are_carried_under_pseudonyms(private, hidden, plan, names, tmp_path):
    merged = tmp_path / "merged"
    merge_study(check_study([private.folder], plan), merged)
    (record,) = json.loads((merged / "merge.json").read_text(encoding="utf-8"))["sessions"]
    assert record["points"], "raters differ"
    files, _ = hidden(merged)
    assert leaks(files) == []
    (after,) = json.loads(files["merge.json"])["sessions"]
    known = names()["rater"]
    for before, now in zip(record["points"], after["points"], strict=True):
        assert now["codes"].keys() == {known[rater] for rater in before["codes"]}
        assert [now[name] for name in ("kind", "start_ms", "end_ms", "state")] == [
            before[name] for name in ("kind", "start_ms", "end_ms", "state")
        ]
        if before["kind"] in ("time", "edge"):
            assert now["categories"] == {known[rater]: code for rater, code in before["categories"].items()}


def merged_backwards(private, plan, tmp_path, value="protest", tier="form"):
    """The folder of a merge of which one annotation, whose times are reversed, could not become part."""
    path = private.folder / "Huber_2020__Jörg.eaf"
    text = path.read_text(encoding="utf-8")
    annotation = next(item for item in read_eaf(path).annotations(tier) if item.value == value)
    (tag,) = re.findall(rf'<ALIGNABLE_ANNOTATION [^>]*ANNOTATION_ID="{annotation.id}"[^>]*>', text)
    backwards = tag.replace("REF1", "REF0").replace("REF2", "REF1").replace("REF0", "REF2")
    path.write_text(text.replace(tag, backwards), encoding="utf-8")
    merge_study(check_study([private.folder], plan), tmp_path / "merged", min_ms=40)
    return tmp_path / "merged"


def test_a_sequence_that_a_merged_file_could_not_hold_has_a_number_too(study_folder, plan, hidden, tmp_path):
    study_folder.add("Huber_2020", "Anna", sequences=[(0, 1000, "Frau c")], form=[])
    two = [(0, 1000, "Frau c"), (5000, 6000, "am Montag")]
    study_folder.add("Huber_2020", "Jörg", sequences=two, form=[])
    merged = merged_backwards(study_folder, plan, tmp_path, value="am Montag", tier="Sequence")
    files, _ = hidden(merged)
    (left,) = json.loads(files["merge.json"])["sessions"][0]["left_out"]
    assert left["value"] == "seq02"


def test_what_merge_json_says_stays_under_pseudonyms(private, plan, hidden, names, tmp_path):
    merged = merged_backwards(private, plan, tmp_path)
    path = merged / "merge.json"
    before = json.loads(path.read_text(encoding="utf-8"))
    (session,) = before["sessions"]
    session["restructured"] = [{"tier": "form@Jörg", "why": "eaf-reversed"}, {"tier": "gone@Jörg", "why": "x"}]
    session["inputs"][0]["remark"] = "geheim"
    path.write_text(json.dumps(before), encoding="utf-8")
    files, coding = hidden(merged)
    assert leaks(files) == []
    now = json.loads(files["merge.json"])
    assert now["options"] == {"consensus": "majority", "min_ms": 40}
    (after,) = now["sessions"]
    raters = {name: known for name, known in names()["rater"].items() if name in session["raters"]}
    assert after["raters"] == sorted(raters.values())
    assert after["restructured"] == [{"tier": f"form@{raters['Jörg']}", "why": "eaf-reversed"}]
    assert (len(after["points"]), after["adjudicated"]) == (len(session["points"]), False)
    kept = {f"{base}@{raters.get(rater, rater)}": number for name, number in session["annotations"].items()
            for base, _, rater in [name.partition("@")] if base not in ("Comment", "Notes about Huber")}  # fmt: skip
    assert after["annotations"] == kept

    # Ids lead back to those of the raters' files, as they do in the merged file with names.
    def ids(found):
        return {(tier.rater, item.start_ms, item.end_ms, tier.kind): item.id for file in found.files
                for tier in file.tiers if tier.rater in (*raters, *raters.values())
                for item in tier.annotations}  # fmt: skip

    theirs = {(raters[rater], *rest): name for (rater, *rest), name in ids(check_study([merged], plan)).items()}
    assert len(theirs) > 5
    assert ids(coding) == theirs


@pytest.mark.parametrize(
    "content",
    [
        "{", "[]", '{"sessions": 3}', '{"sessions": [3]}', '{"sessions": [{"file": "NAME"}]}',
        '{"sessions": [{"file": "NAME", "session": "s", "inputs": [{"file": 3}], "renumbered": {}}]}',
        '{"sessions": [{"file": "NAME", "session": "s", "inputs": [], "renumbered": [1]}]}',
        '{"sessions": [{"file": "NAME", "session": "s", "inputs": [], "renumbered": {}, "left_out": [{"tier": []}]}]}',
    ],
)  # fmt: skip
def test_a_merge_json_that_is_none_is_refused(private, plan, hidden, tmp_path, content):
    merge_study(check_study([private.folder], plan), tmp_path / "merged")
    text = content.replace("NAME", "Huber_2020.merged.eaf")
    (tmp_path / "merged" / "merge.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"merge\.json is not as elancry merge wrote it"):
        hidden(tmp_path / "merged")


def test_nothing_in_a_merged_file_tells_in_which_order_the_raters_names_come(study_folder, plan, names, tmp_path):
    """Two merged files of the same coding, in which the raters' places are exchanged, come out alike."""
    spans = {"one": [(0, 100, "protest"), (200, 300, "despair")], "two": [(0, 150, "despair")]}
    made = []
    for places in (("one", "two"), ("two", "one")):
        folder = type(study_folder)(tmp_path / "-".join(places), study_folder.codebook)
        for rater, place in zip(("Adler", "Zeller"), places, strict=True):
            folder.add("s", rater, form=spans[place], ratings=RATED if place == "one" else None)
        merged = tmp_path / f"merged-{places[0]}"
        merge_study(check_study([folder.folder], plan), merged)
        # `one` is called R01 both times.
        named = dict(zip(places, ("Adler", "Zeller"), strict=True))
        known = {"session": {"s": "S01"}, "medium": {"s.mp4": "M01"}, "participant": {},
                 "rater": {named["one"]: "R01", named["two"]: "R02"}}  # fmt: skip
        key = tmp_path / f"{places[0]}.json"
        key.write_text(json.dumps({"salt": "x", "made": "2026-01-01", "names": known}), encoding="utf-8")
        with hidden_study([merged], plan, key, output=None) as study:
            found = {path.name: path.read_text(encoding="utf-8") for path in study.paths[0].iterdir()}
            eaf = re.sub(r"urn:nl[^<]*", "", found["S01.merged.eaf"])
            record = json.loads(found["merge.json"])
            record["sessions"][0]["sha256"] = ""
            made.append((eaf, record))
    assert made[0] == made[1]
    assert made[0][0].index("form@R01") < made[0][0].index("form@R02")


# Files that are under pseudonyms already


@pytest.fixture
def twice(private, plan, tmp_path):
    """A folder with a rater's file under pseudonyms of tmp_path/key.json, and another rater's under her name."""
    folder = tmp_path / "both"
    folder.mkdir()
    with hidden_study([private.folder], plan, tmp_path / "key.json", output=None) as study:
        known = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))["names"]
        name = f"{known['session']['Huber_2020']}__{known['rater']['Jörg']}.eaf"
        (folder / name).write_bytes((study.paths[0] / name).read_bytes())
    (folder / "Huber_2020__Anna Muster.eaf").write_bytes((private.folder / "Huber_2020__Anna Muster.eaf").read_bytes())
    return folder


def test_a_file_under_pseudonyms_keeps_them_beside_files_with_names(twice, hidden, names):
    before = names()
    files, coding = hidden(twice)
    assert names() == before
    assert set(files) == {f"{before['session']['Huber_2020']}__{before['rater'][name]}.eaf"
                          for name in ("Jörg", "Anna Muster")}  # fmt: skip
    assert leaks(files) == []
    sequences = {item.value for file in coding.files for tier in file.tiers if tier.kind == "sequence"
                 for item in tier.annotations}  # fmt: skip
    assert sequences == {"seq01"}
    assert coding.raters == tuple(sorted(before["rater"][name] for name in ("Jörg", "Anna Muster")))


def test_what_people_wrote_into_a_file_under_pseudonyms_goes(twice, hidden):
    (path,) = twice.glob("S*__R*.eaf")
    editor = read_eaf(path).edit()
    editor.header.set_author("Anna Muster")
    editor.media.add("file:///C:/geheim/Huber_2020.mp4", "video/mp4", "./Huber_2020.mp4")
    editor.types.add("free")
    editor.tiers.add("Notes", "free")
    editor.annotations.add("Notes", 0, 500, "Huber weint")
    write_eaf(editor.document(), path)
    files, _ = hidden(twice)
    assert leaks(files) == []
    assert path.name in files


def test_the_same_file_with_and_without_pseudonyms_is_refused(twice, private, hidden):
    (twice / "Huber_2020__Jörg.eaf").write_bytes((private.folder / "Huber_2020__Jörg.eaf").read_bytes())
    with pytest.raises(UsageError, match=r"Huber_2020__Jörg\.eaf .*are the same rater's file of the same session"):
        hidden(twice)


def test_a_new_session_that_is_called_like_a_pseudonym_is_a_new_one(private, hidden, names):
    hidden(private.folder)
    session, rater = names()["session"]["Huber_2020"], names()["rater"]["Jörg"]
    private.add(session, rater, form=[(0, 100, "protest")], media=[f"{session}.mp4"])
    hidden(private.folder)
    assert names()["session"][session] not in (session, names()["session"]["Huber_2020"])
    assert names()["rater"][rater] != rater


def test_who_was_to_code_what_is_known_by_pseudonyms(private, plan, names, tmp_path):
    table = tmp_path / "Huber.csv"
    table.write_text("session,rater,note\nHuber_2020,Jörg,geheim\nHuber_2020,Anna Muster,\n", encoding="utf-8")
    with hidden_study([private.folder], plan.choose(assign=str(table)), tmp_path / "key.json", output=None) as study:
        rows = (study.paths[0].parent / study.plan.assign).read_text(encoding="utf-8").splitlines()
        coding = check_study(study.paths, study.plan)
    known = names()
    raters = sorted(known["rater"][name] for name in ("Jörg", "Anna Muster"))
    assert rows == ["session,rater", *(f"{known['session']['Huber_2020']},{rater}" for rater in raters)]
    assert not [item for item in coding.findings if "assigned" in item.code]
    assert not [word for word in NAMES if word in json.dumps(study.plan.settings(), default=str).casefold()]
