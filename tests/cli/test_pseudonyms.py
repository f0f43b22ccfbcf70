"""`--pseudonymise --key FILE`: no original name in any byte that a command writes, and the same numbers."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from elancry.cli.main import run
from elancry.eaf import read_eaf, write_eaf

RATERS = {"R1": "Annegret Zweifel", "R2": "Jörg"}
PATIENTS = {"S01": "Huber-2020", "S02": "Quendelmaier", "S03": "Ötztal"}
FAST = ("--set", "resamples=20", "--set", "permutations=19", "-q")
NAMES = ("annegret", "zweifel", "jörg", "huber", "quendelmaier", "ötztal", "geheim")


@pytest.fixture
def private(study, tmp_path):
    """The study with people's names in file names, media, ANNOTATOR, AUTHOR, PARTICIPANT and comments."""
    folder = tmp_path / "private"
    folder.mkdir()
    for path in study.glob("*.eaf"):
        session, rater = path.stem.split("__")
        document = read_eaf(path)
        editor = document.edit()
        editor.header.set_author(RATERS[rater])
        editor.media.clear()
        editor.media.add(f"file:///C:/geheim/{PATIENTS[session]}.mp4", "video/mp4", f"./{PATIENTS[session]}.mp4")
        for tier in document.tiers:
            editor.tiers.set(tier.id, annotator=RATERS[rater])
        editor.tiers.set("Comment", participant=PATIENTS[session])
        editor.annotations.add("Comment", 0, 500, f"{RATERS[rater]} über {PATIENTS[session]}")
        write_eaf(editor.document(), folder / f"{PATIENTS[session]}__{RATERS[rater]}.eaf")
    return folder


def leaks(folder):
    """(file, name) of every original name in a file's name, in its bytes, or in a table that is stored packed."""
    found = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        texts = [path.name, path.read_bytes().decode("utf-8", errors="replace")]
        texts.append(path.read_bytes().decode("latin-1"))
        if path.suffix == ".parquet":
            texts.append(pd.read_parquet(path).to_csv())
        if path.suffix == ".json":
            texts.append(json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False))
        found += [(path.name, name) for name in NAMES if any(name in text.casefold() for text in texts)]
    return found


def test_no_name_goes_out(elancry, private, tmp_path):
    out, key = tmp_path / "shared", tmp_path / "key.json"
    said = elancry("merge", private, "-o", out, "--pseudonymise", "--key", key)
    assert said.code == 0, said.err
    assert leaks(out) == []
    # The key is where the names are, and it is not among the results.
    assert "Annegret Zweifel" in key.read_text(encoding="utf-8")
    assert not (out / "key.json").exists()
    # Nothing but names is gone: the coding is all there.
    plain = tmp_path / "plain"
    elancry("merge", private, "-o", plain)
    assert {name for _, name in leaks(plain)} == set(NAMES)
    columns = ["system", "start_ms", "end_ms", "value", "category"]
    ours, theirs = (
        table[table.system != ""][columns]  # values of sequences are numbered
        for table in (pd.read_parquet(folder / "annotations.parquet") for folder in (out, plain))
    )
    assert len(ours) > 100
    assert sorted(map(str, ours.to_numpy().tolist())) == sorted(map(str, theirs.to_numpy().tolist()))


def test_the_same_key_gives_the_same_pseudonyms(elancry, private, tmp_path):
    key = tmp_path / "key.json"
    for name in ("first", "second"):
        elancry("merge", private, "-o", tmp_path / name, "--pseudonymise", "--key", key)
    first, second = ((tmp_path / name / "annotations.csv").read_bytes() for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize("where", ["key.json", "deeper/key.json"])
def test_the_key_may_not_lie_in_the_output(elancry, private, tmp_path, where):
    said = elancry("merge", private, "-o", tmp_path / "out", "--pseudonymise", "--key", tmp_path / "out" / where)
    assert said.code == 2
    assert "is in the output folder" in said.err
    assert not list(tmp_path.rglob("key.json"))


def test_the_key_may_not_lie_beside_a_file_that_is_given_away(elancry, private, tmp_path):
    (one, *_) = sorted(private.glob("*.eaf"))
    for source in (one, private):
        said = elancry("convert", source, tmp_path / "out.csv", "--pseudonymise", "--key", tmp_path / "key.json")
        assert said.code == 2
        assert "is in the output folder" in said.err
    assert not (tmp_path / "key.json").exists()
    assert not (tmp_path / "out.csv").exists()
    said = elancry("convert", one, tmp_path / "out.csv", "--pseudonymise", "--key", tmp_path / "keys" / "leaks.csv")
    assert said.code == 2
    assert "cannot be called" in said.err
    said = elancry("convert", one, tmp_path / "out.csv", "--pseudonymise", "--key", tmp_path / "keys" / "key.json")
    assert said.code == 0, said.err


def test_what_is_replaced_or_was_there_before_does_not_go_out_unseen(elancry, private, tmp_path):
    """People's files that `--force` replaces are kept beside the key; others in the folder are named."""
    out, keys = tmp_path / "out", tmp_path / "keys"
    (out / "old").mkdir(parents=True)
    (out / "old" / "S01.merged.eaf.kept-1").write_text("Huber", encoding="utf-8")
    (out / "statistics.csv").write_text("Huber", encoding="utf-8")
    hide = ("--pseudonymise", "--key", keys / "key.json")
    said = elancry("batch", "statistics", private, "-o", out, *hide, "--force", "-q", "--strict")
    assert said.code == 3, said.err
    assert (keys / "statistics.csv.kept-1").read_text(encoding="utf-8") == "Huber"
    assert [path.name for path in out.rglob("*.kept-*")] == ["S01.merged.eaf.kept-1"]
    assert "One file in" in said.err
    assert "old/S01.merged.eaf.kept-1" in said.err
    table = pd.read_csv(keys / "leaks.csv", keep_default_na=False)
    assert list(table[table.reason == "other file"].file) == ["old/S01.merged.eaf.kept-1"]


def test_raters_files_beside_merged_ones(elancry, private, tmp_path):
    """merge takes one kind at a time, as without pseudonyms; agree takes a session's merged file where there is one."""
    hide = ("--pseudonymise", "--key", tmp_path / "keys" / "key.json")
    elancry("merge", private, "-o", tmp_path / "merged")
    (one, *_) = sorted((tmp_path / "merged").glob("*.merged.eaf"))
    for path in (one, tmp_path / "merged" / "merge.json"):
        (private / path.name).write_bytes(path.read_bytes())
    said = elancry("merge", private, "-o", tmp_path / "out", *hide, "--use-merged")
    assert said.code == 2
    assert "merged files of some sessions (1) and raters' files of others (4)" in said.err
    assert "Run merge twice with the same key and two output folders" in said.err
    assert not (tmp_path / "out").exists()
    # Not asked for, merged files beside raters' are passed over.
    assert elancry("merge", private, "-o", tmp_path / "out", *hide).code == 0
    assert len(list((tmp_path / "out").glob("*.merged.eaf"))) == 3
    said = elancry("agree", private, "-o", tmp_path / "agreed", *hide, "--use-merged", "--tiers", "crying_form", *FAST)
    assert said.code == 0, said.err
    assert leaks(tmp_path / "agreed") == leaks(tmp_path / "out") == []


def test_force_replaces_no_meeting_in_files_that_were_passed_on(elancry, private, tmp_path):
    out, hide = tmp_path / "data", ("--pseudonymise", "--key", tmp_path / "keys" / "key.json")
    elancry("merge", private, "-o", tmp_path / "merged")
    assert elancry("merge", tmp_path / "merged", "-o", out, *hide).code == 0
    assert elancry("merge", tmp_path / "merged", "-o", out, *hide).code == 0
    (path, *_) = sorted(out.glob("*.merged.eaf"))
    document = read_eaf(path)
    editor = document.edit()
    editor.annotations.set_value(document.annotations("crying_form@consensus")[0].id, "unclear", cve_ref="unclear")
    write_eaf(editor.document(), path)
    decided = path.read_bytes()
    for more in ((), ("--force",), ("--resume",)):
        said = elancry("merge", tmp_path / "merged", "-o", out, *hide, *more)
        assert said.code == 2
        assert "--discard-adjudication" in said.err
        assert "--force" not in said.err
        assert path.read_bytes() == decided
    assert elancry("merge", tmp_path / "merged", "-o", out, *hide, "--discard-adjudication").code == 0
    assert (tmp_path / "keys" / f"{path.name}.kept-1").read_bytes() == decided
    assert path.read_bytes() != decided


@pytest.mark.parametrize("arguments", [["--pseudonymise"], ["--key", "key.json"]])
def test_pseudonyms_and_key_belong_together(elancry, private, tmp_path, arguments):
    said = elancry("merge", private, "-o", tmp_path / "out", *arguments)
    assert said.code == 2
    assert "--pseudonymise and --key must be given together" in said.err


# The same study, renamed by hand


@pytest.fixture(scope="module")
def renamed(tmp_path_factory, make_coded):
    """A folder with the results of `analyze`: `hidden` under pseudonyms, `hand` of files renamed to them, `plain`."""
    folder = tmp_path_factory.mktemp("renamed")
    coded = make_coded(folder / "coded", raters=("Adler", "Strauß", "Zeller"))
    sessions = ["session,patient,therapist", *(f"S0{number},Huber {number},Berg" for number in (1, 2, 3))]
    (folder / "sessions.csv").write_text("\n".join(sessions), encoding="utf-8")
    hide = ("--pseudonymise", "--key", str(folder / "key.json"), "--keep-tiers", "Comment")
    table = ("--set", f"sessions={folder / 'sessions.csv'}")
    assert run(["analyze", str(coded), "-o", str(folder / "hidden"), *hide, *table, *FAST]) == 0
    assert run(["analyze", str(coded), "-o", str(folder / "plain"), *table, *FAST]) == 0
    names = json.loads((folder / "key.json").read_text(encoding="utf-8"))["names"]
    by_hand = folder / "by hand"
    by_hand.mkdir()
    for path in coded.glob("*.eaf"):
        session, rater = path.stem.split("__")
        content = path.read_text(encoding="utf-8").replace(rater, names["rater"][rater])
        content = content.replace(f"{session}.mp4", f"{names['medium'][f'{session}.mp4']}.mp4")
        for participant, pseudonym in names["participant"].items():
            content = content.replace(f'PARTICIPANT="{participant}"', f'PARTICIPANT="{pseudonym}"')
        begin = content.index('TIER_ID="Sequence"')
        end = content.index("</TIER>", begin)
        # The simulator numbers the sequences of a session 1, 2, ... in order of time.
        tier = re.sub(r"<ANNOTATION_VALUE>\D*(\d+)<", r"<ANNOTATION_VALUE>seq0\1<", content[begin:end])
        target = by_hand / f"{names['session'][session]}__{names['rater'][rater]}.eaf"
        target.write_text(content[:begin] + tier + content[end:], encoding="utf-8")
    (folder / "theirs").mkdir()
    rows = sorted(
        f"{names['session'][f'S0{number}']},{names['patient'][f'Huber {number}']},{names['therapist']['Berg']}"
        for number in (1, 2, 3)
    )
    (folder / "theirs" / "sessions.csv").write_text("\n".join([sessions[0], *rows]), encoding="utf-8")
    table = ("--set", f"sessions={folder / 'theirs' / 'sessions.csv'}")
    assert run(["analyze", str(by_hand), "-o", str(folder / "hand"), *table, *FAST]) == 0
    return folder


def without_origin(path):
    """The bytes of a file, but for the moment of the run and the hashes of what it read."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            data = b"".join(parts.read(name) for name in sorted(parts.namelist()))
    else:
        data = path.read_bytes()
    return re.sub(rb"[0-9a-f]{64}|20\d\d-\d\d-\d\dT[0-9:]{8}(\+00:00|Z)", b"", data)


def test_results_are_those_of_the_study_renamed_by_hand(renamed):
    names = {
        folder: {path.relative_to(renamed / folder) for path in (renamed / folder).rglob("*") if path.is_file()}
        for folder in ("hidden", "hand")
    }
    assert names["hidden"] == names["hand"]
    assert len(names["hidden"]) > 20
    different = [
        str(name)
        for name in names["hidden"] - {Path(".elancry-files.json")}
        if without_origin(renamed / "hidden" / name) != without_origin(renamed / "hand" / name)
    ]
    assert different == []


UNDIRECTED = re.compile(
    r"time_(?!percent_a)\w+|unitizing_\w+|boundary_f1|icc_\w+|alpha_\w+|ac2_\w+|kappa_\w+|percent|presence_\w+"
)


def test_undirected_estimates_are_those_of_the_originals(renamed):
    names = json.loads((renamed / "key.json").read_text(encoding="utf-8"))["names"]
    where = ["system", "coding", "tier", "measure", "variant", "scope", "category", "session", "raters", "aggregate",
             "criterion", "time_unit_ms", "tolerance_ms"]  # fmt: skip
    found = {}
    for folder in ("plain", "hidden"):
        table = pd.read_csv(renamed / folder / "tables" / "agreement.csv", dtype={"session": str})
        table = table[table.measure.map(lambda name: UNDIRECTED.fullmatch(name) is not None)]
        if folder == "plain":
            table["session"] = table.session.map(names["session"])
            table["raters"] = table.raters.map(
                lambda raters: "|".join(sorted(names["rater"].get(rater, rater) for rater in raters.split("|")))
            )
        table["raters"] = table.raters.map(lambda raters: "|".join(sorted(raters.split("|"))))
        found[folder] = table.set_index(where).estimate.sort_index()
    assert len(found["plain"]) > 500
    pd.testing.assert_series_equal(found["hidden"], found["plain"], rtol=1e-12, atol=1e-12)


def test_numbers_about_sequences_are_those_of_the_originals(renamed):
    names = json.loads((renamed / "key.json").read_text(encoding="utf-8"))["names"]
    one, two = (pd.read_csv(renamed / folder / "tables" / "cooccurrence.csv") for folder in ("plain", "hidden"))
    numbers = ["n_sequences", "joint_ms", "expected_ms", "ratio", "jaccard", "odds_ratio"]
    assert one[numbers].notna().any().all()
    pd.testing.assert_frame_equal(one[numbers], two[numbers], rtol=1e-12)
    one, two = (pd.read_csv(renamed / folder / "tables" / "sequences.csv") for folder in ("plain", "hidden"))
    one["session"] = one.session.map(names["session"])
    scores = [name for name in one if one[name].dtype.kind in "if"]
    assert len(scores) > 20
    one, two = (table.sort_values(["session", "start_ms"])[scores].reset_index(drop=True) for table in (one, two))
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


# Commands that work file by file


def test_converted_files_and_statistics_name_nobody(elancry, private, tmp_path):
    key = tmp_path / "key.json"
    hide = ("--pseudonymise", "--key", key)
    for target in ("csv", "textgrid", "webvtt", "webannotation"):
        said = elancry("convert", private, tmp_path / "out" / target, "--to", target, *hide)
        assert said.code == 0, said.err
    said = elancry("convert", private, tmp_path / "out" / "all.csv", *hide)
    assert said.code == 0, said.err
    said = elancry("batch", "statistics", private, "-o", tmp_path / "out" / "numbers", *hide)
    assert said.code == 0, said.err
    assert len(list((tmp_path / "out").rglob("*"))) > 25
    assert leaks(tmp_path / "out") == []
    known = json.loads(key.read_text(encoding="utf-8"))["names"]
    names = {path.stem for path in (tmp_path / "out" / "csv").glob("S*.csv")}
    assert names == {
        f"{known['session'][one]}__{known['rater'][two]}" for one in PATIENTS.values() for two in RATERS.values()
    }
    # One file to one file.
    (one, *_) = sorted(private.glob("*.eaf"))
    said = elancry("convert", one, tmp_path / "out" / "one.srt", *hide)
    assert said.code == 0, said.err
    assert leaks(tmp_path / "out") == []


def test_strict_says_that_something_is_left_to_look_at(elancry, private, tmp_path):
    hide = ("--pseudonymise", "--key", tmp_path / "keys" / "key.json", "--keep-tiers", "Comment", "-q")
    (tmp_path / "keys").mkdir()
    assert elancry("merge", private, "-o", tmp_path / "one", *hide).code == 0
    assert elancry("merge", private, "-o", tmp_path / "two", *hide, "--strict").code == 3
    table = pd.read_csv(tmp_path / "keys" / "leaks.csv", keep_default_na=False)
    comments = table[(table.what == "value") & (table.reason == "free text")]
    assert {output.rpartition("/")[2]: len(rows) for output, rows in comments.groupby("output")} == {"one": 6, "two": 6}
    assert set(comments.tier) == {"Comment"}
    (tmp_path / "keys" / "leaks.csv").write_text("mine", encoding="utf-8")
    said = elancry("merge", private, "-o", tmp_path / "three", *hide)
    assert said.code == 2
    assert "is not a list of possible leaks written by elancry" in said.err


# An adjudicated study: what docs/publishing.md tells to do


def test_what_the_meeting_decided_goes_out_under_the_same_pseudonyms(elancry, private, tmp_path, monkeypatch):
    merged, key = tmp_path / "merged", tmp_path / "key" / "key.json"
    elancry("merge", private, "-o", merged)
    (path, *_) = sorted(merged.glob("*.merged.eaf"))
    document = read_eaf(path)
    decided = document.annotations("crying_form@consensus")
    editor = document.edit()
    editor.annotations.set_value(decided[0].id, "unclear", cve_ref="unclear")
    editor.header.set_author("Annegret Zweifel")
    write_eaf(editor.document(), path)
    page = (Path(__file__).resolve().parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
    (recipe,) = (block for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL) if "merge merged" in block)
    monkeypatch.chdir(tmp_path)
    for line in recipe.splitlines():
        program, *arguments = shlex.split(line)
        assert program == "elancry"
        said = elancry(*arguments, *(FAST if arguments[0] == "analyze" else ()))
        assert said.code == 0, said.err
    assert leaks(tmp_path / "data") == leaks(tmp_path / "supplement") == []
    known = json.loads(key.read_text(encoding="utf-8"))["names"]
    session = known["session"][path.name.removesuffix(".merged.eaf")]
    shared = read_eaf(tmp_path / "data" / f"{session}.merged.eaf")
    ours, theirs = (
        [(item.start_ms, item.end_ms, item.value) for item in found.annotations("crying_form@consensus")]
        for found in (shared, read_eaf(path))
    )
    assert ours == theirs
    assert "unclear" in {value for _, _, value in ours}
    table = pd.read_csv(tmp_path / "data" / "annotations.csv")
    assert set(table.session) == set(known["session"].values())
    assert set(table.rater) == set(known["rater"].values())
    assert set(table.file) <= {f"{one}__{two}.eaf" for one in known["session"].values() for two in table.rater}


def test_a_meeting_on_files_under_pseudonyms(elancry, private, tmp_path):
    """The meeting works on pseudonyms; ELAN writes the author and paths of this computer into the file."""
    out = tmp_path / "data"
    hide = ("--pseudonymise", "--key", tmp_path / "key.json")
    assert elancry("merge", private, "-o", out, *hide).code == 0
    (path, *_) = sorted(out.glob("*.merged.eaf"))
    document = read_eaf(path)
    (first, *_) = document.annotations("crying_form@consensus")
    editor = document.edit()
    editor.annotations.set_value(first.id, "unclear", cve_ref="unclear")
    editor.header.set_author("Annegret Zweifel")
    editor.media.add("file:///C:/geheim/Huber-2020.mp4", "video/mp4", "../geheim/Huber-2020.mp4")
    editor.types.add("free")
    editor.tiers.add("Notes about Huber", "free")
    editor.annotations.add("Notes about Huber", 0, 500, "Huber weint")
    write_eaf(editor.document(), path)
    said = elancry("merge", private, "-o", out, *hide, "--resume")
    assert said.code == 0, said.err
    assert "the tier 'Notes about Huber', which somebody added to the merged file, is not carried on" in said.out
    # What the meeting had in the file is kept where the names are, not in what is given away.
    kept = tmp_path / f"{path.name}.kept-1"
    assert str(kept) in said.err
    assert len(read_eaf(kept).annotations("Notes about Huber")) == 1
    assert leaks(out) == []
    (now, *_) = read_eaf(path).annotations("crying_form@consensus")
    assert (now.start_ms, now.value) == (first.start_ms, "unclear")
    resumed = path.read_bytes()
    assert elancry("merge", private, "-o", out, *hide, "--resume").code == 0
    assert path.read_bytes() == resumed
