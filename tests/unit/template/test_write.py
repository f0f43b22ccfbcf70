"""Files in the output folder: what is written, what is never overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from elancry.codebook.load import builtin_path, load_codebook
from elancry.codebook.model import Changes, Codebook
from elancry.eaf import read_eaf, write_eaf
from elancry.edit.migration import MigrateFile, write_migration
from elancry.errors import OutputRefused, UsageError
from elancry.template.write import copy_codebook, template_files, write_prepared, write_templates

from .conftest import Validate

SEQUENCES = "session,sequence,start_ms,end_ms\ns01,e1,1000,61000\ns01,e2,70000,90000\n"


def migrate_files(old, new, files, out_dir, *, force=False):
    """The files one after the other, then written together, as `elancry migrate` does."""
    work = MigrateFile.between(old, new, out_dir)
    done = [work(path, name) for path, name in files]
    contents = {name: data for made, _ in done for name, data in made.items()}
    return write_migration(out_dir, contents, [row for _, rows in done for row in rows], force=force)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A folder with two sessions' media and a table of sequences."""
    for name in ("video/s01.mp4", "video/s01.wav", "video/s 02 Müller's.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "sequences.csv").write_text(SEQUENCES, encoding="utf-8")
    return tmp_path


def prepare(study: Path, **options: object) -> list[Path]:
    settings = {"media": [study / "video"], "raters": ["R1", "R2"], **options}
    return write_prepared(load_codebook("crying"), study / "coded", **settings)  # type: ignore[arg-type]


def code(path: Path) -> None:
    """What a rater does: one annotation."""
    editor = read_eaf(path).edit()
    editor.annotations.add("crying_form", 2000, 5000, "protest", cve_ref="protest")
    write_eaf(editor.document(), path)


def test_templates_are_written_and_written_again(tmp_path: Path) -> None:
    book = load_codebook("crying")
    written = write_templates(book, tmp_path / "deep" / "out")
    names = ["crying.etf", "crying.ecv", "crying.pfsx", "manual.html", "manual.de.html"]
    assert [path.name for path in written] == names
    before = [path.read_bytes() for path in written]
    assert write_templates(book, tmp_path / "deep" / "out") == written
    assert [path.read_bytes() for path in written] == before
    german = template_files(book, language="de")
    assert list(german) == ["crying.etf", "crying.ecv", "crying.pfsx", "manual.en.html", "manual.html"]


def test_an_external_vocabulary_is_the_file_beside_the_template(tmp_path: Path) -> None:
    etf = write_templates(load_codebook("crying"), tmp_path / "a b", external_cv=True)[0]
    ((kind, url),) = read_eaf(etf).external_refs.values()
    assert kind == "ecv"
    assert Path(url.removeprefix("file://")) == (tmp_path / "a b" / "crying.ecv").resolve()


def test_prepared_files_may_refer_to_the_external_vocabulary_too(study: Path, eaf_schema: Validate) -> None:
    path = prepare(study, external_cv=True)[0]
    eaf_schema(path.read_bytes())
    document = read_eaf(path)
    ((kind, url),) = document.external_refs.values()
    assert (kind, url) == ("ecv", f"file://{(study / 'coded' / 'crying.ecv').resolve().as_posix()}")
    assert {vocabulary.entries for vocabulary in document.vocabularies} == {()}


def test_an_external_vocabulary_whose_path_no_url_can_hold(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be linked.*%"):
        write_templates(load_codebook("crying"), tmp_path / "50%", external_cv=True)
    write_templates(load_codebook("crying"), tmp_path / "50%")


def test_an_edited_template_needs_force(tmp_path: Path) -> None:
    book = load_codebook("crying")
    manual = write_templates(book, tmp_path)[3]
    manual.write_text("mine", encoding="utf-8")
    with pytest.raises(
        OutputRefused, match=r"manual\.html already exists, and elancry did not write it or it was changed since"
    ):
        write_templates(book, tmp_path)
    assert manual.read_text(encoding="utf-8") == "mine"
    write_templates(book, tmp_path, force=True)
    assert manual.read_text(encoding="utf-8") != "mine"


def test_our_own_unedited_files_follow_the_codebook_without_force(tmp_path: Path, everything: Codebook) -> None:
    write_templates(everything, tmp_path)
    write_templates(load_codebook("crying"), tmp_path)
    assert "Weinens" in (tmp_path / "manual.de.html").read_text(encoding="utf-8")


def test_prepared_files_are_valid_and_hold_what_a_rater_needs(study: Path, eaf_schema: Validate) -> None:
    paths = prepare(study, sequences=study / "sequences.csv", language="de")
    names = [path.name for path in paths]
    assert names == [
        f"{session}__{rater}.{suffix}"
        for session in ("s 02 Müller's", "s01")
        for rater in ("R1", "R2")
        for suffix in ("eaf", "pfsx")
    ]
    for path in paths:
        if path.suffix == ".eaf":
            eaf_schema(path.read_bytes())
    document = read_eaf(study / "coded" / "s01__R2.eaf")
    assert document.findings == ()
    assert {tier.annotator for tier in document.tiers} == {"R2"}
    assert {tier.lang_ref for tier in document.tiers} == {"deu"}
    assert dict(document.properties)["elancry.codebook"] == "crying 2"
    assert [(item.start_ms, item.end_ms, item.value) for item in document.annotations("Sequence")] == [
        (1000, 61_000, "e1"),
        (70_000, 90_000, "e2"),
    ]
    assert [(item.relative_url, item.mime_type) for item in document.media] == [
        ("../video/s01.mp4", "video/mp4"),
        ("../video/s01.wav", "audio/x-wav"),
    ]
    assert document.media[0].url == f"file://{(study / 'video' / 's01.mp4').resolve().as_posix()}"
    other = read_eaf(study / "coded" / "s 02 Müller's__R1.eaf")
    assert other.annotations("Sequence") == ()
    assert (other.media[0].relative_url, other.name) == ("../video/s 02 Müller's.mp4", "s 02 Müller's__R1.eaf")


def test_the_preferences_lie_beside_each_prepared_file(study: Path) -> None:
    prepare(study)
    beside = (study / "coded" / "s01__R1.pfsx").read_bytes()
    assert beside == template_files(load_codebook("crying"))["crying.pfsx"]


def test_folders_per_rater_and_relative_urls_from_there(study: Path) -> None:
    prepare(study, pattern="{rater}/{session}")
    assert read_eaf(study / "coded" / "R1" / "s01.eaf").media[0].relative_url == "../../video/s01.mp4"


@pytest.mark.parametrize("pattern", ["{session}", "{session}_{rater}_{round}", "{session", "{session}__{rater}{rater}"])
def test_patterns_that_name_too_little_or_too_much(study: Path, pattern: str) -> None:
    with pytest.raises(UsageError, match="the pattern"):
        prepare(study, pattern=pattern)


@pytest.mark.parametrize(
    "pattern",
    ["../{session}__{rater}", "/{session}__{rater}", "C:/{session}__{rater}", "{session}/../{rater}",
     "con/{session}{rater}", "{session}__{rater}:", "{session!r}__{rater}", "{session:>200}__{rater}"],
)  # fmt: skip
def test_patterns_that_leave_the_folder_or_name_no_file(study: Path, pattern: str) -> None:
    with pytest.raises(UsageError, match="the pattern"):
        prepare(study, pattern=pattern)
    assert not (study / "coded").exists()


def test_two_files_of_one_name_are_refused(study: Path) -> None:
    (study / "video" / "s011.mp4").write_bytes(b"")
    with pytest.raises(UsageError, match=r"gives the name s011R twice: for session 's01' .* and for session 's011'"):
        prepare(study, pattern="{session}{rater}", raters=["1R", "R"])
    assert not (study / "coded").exists()


@pytest.mark.parametrize("rater", ["CON", "lpt1", "a/b", "..", "R?", "R" * 101])
def test_raters_whom_no_file_can_be_called_after(study: Path, rater: str) -> None:
    with pytest.raises(UsageError, match="the rater name"):
        prepare(study, raters=[rater])


def test_a_coded_file_is_never_overwritten_and_nothing_else_is_written(study: Path) -> None:
    prepare(study, raters=["R1"])
    coded = study / "coded" / "s01__R1.eaf"
    code(coded)
    before = coded.read_bytes()
    for force in (False, True):
        with pytest.raises(
            OutputRefused, match=r"s01__R1\.eaf contains 1 annotation; a coded file is never overwritten"
        ):
            prepare(study, sequences=study / "sequences.csv", force=force)
    assert coded.read_bytes() == before
    assert not (study / "coded" / "s01__R2.eaf").exists()


def test_a_file_that_is_locked_is_left_alone(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(study, raters=["R1"])
    locked = study / "coded" / "s01__R1.eaf"
    code(locked)
    before, read = locked.read_bytes(), Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(OutputRefused, match="exists and cannot be read: Permission denied"):
        prepare(study, raters=["R1"], force=True)
    monkeypatch.undo()
    assert locked.read_bytes() == before


def test_what_a_migration_wrote_is_a_raters_work_too(study: Path) -> None:
    prepare(study, raters=["R1"])
    coded = study / "coded" / "s01__R1.eaf"
    code(coded)
    book = load_codebook("crying")
    migrate_files(book, replace(book, version="3", changes=Changes("2")), [(coded, coded.name)], study / "migrated")
    migrated = study / "migrated" / coded.name
    before = migrated.read_bytes()
    with pytest.raises(OutputRefused, match="contains 1 annotation"):
        write_prepared(book, study / "migrated", media=[study / "video"], raters=["R1"], force=True)
    assert migrated.read_bytes() == before


def test_a_link_to_a_place_outside_is_not_followed(study: Path) -> None:
    outside = study / "elsewhere.eaf"
    (study / "coded").mkdir()
    (study / "coded" / "s01__R1.eaf").symlink_to(outside)
    for _ in ("dangling", "a file of somebody"):
        with pytest.raises(OutputRefused, match="reached through one, to another place"):
            prepare(study, force=True)
        outside.write_bytes(b"")
    assert outside.read_bytes() == b""


def test_a_file_where_a_folder_should_be(study: Path) -> None:
    (study / "coded").mkdir()
    (study / "coded" / "R1").write_bytes(b"")
    with pytest.raises(OutputRefused, match="cannot be created"):
        prepare(study, pattern="{rater}/{session}")
    assert not (study / "coded" / "R2" / "s01.eaf").exists()


def test_new_sequences_reach_files_that_nobody_touched(study: Path) -> None:
    prepare(study, sequences=study / "sequences.csv")
    (study / "sequences.csv").write_text(SEQUENCES.replace("61000", "62000"), encoding="utf-8")
    prepare(study, sequences=study / "sequences.csv")
    assert read_eaf(study / "coded" / "s01__R1.eaf").annotations("Sequence")[0].end_ms == 62_000


def test_sequences_that_a_rater_corrected_are_work_too(study: Path) -> None:
    prepare(study, sequences=study / "sequences.csv")
    path = study / "coded" / "s01__R1.eaf"
    document = read_eaf(path)
    editor = document.edit()
    first = document.annotations("Sequence")[0]
    editor.annotations.remove(first.id)
    editor.annotations.add("Sequence", 1500, 61_000, first.value)
    write_eaf(editor.document(), path)
    with pytest.raises(OutputRefused, match="contains 2 annotations"):
        prepare(study, sequences=study / "sequences.csv", force=True)


def test_an_opened_but_empty_file_needs_force(study: Path) -> None:
    prepare(study)
    path = study / "coded" / "s01__R1.eaf"
    editor = read_eaf(path).edit()
    editor.header.set_author("R1")
    write_eaf(editor.document(), path)
    with pytest.raises(OutputRefused, match="elancry did not write it or it was changed since"):
        prepare(study)
    prepare(study, force=True)


def test_a_file_that_cannot_be_read_may_be_work(study: Path) -> None:
    prepare(study)
    (study / "coded" / "s01__R1.eaf").write_bytes(b"")
    with pytest.raises(OutputRefused, match="cannot be read, so it may contain a rater's work"):
        prepare(study, force=True)


def test_a_preferences_file_that_elan_rewrote_is_left_alone(study: Path) -> None:
    prepare(study)
    mine = study / "coded" / "s01__R1.pfsx"
    mine.write_text("<preferences/>", encoding="utf-8")
    prepare(study)
    assert mine.read_text(encoding="utf-8") == "<preferences/>"


def test_more_media_later_leave_the_first_files_alone(study: Path) -> None:
    prepare(study, media=[study / "video" / "s01.mp4"])
    first = study / "coded" / "s01__R1.eaf"
    (study / "video" / "s03.mp4").write_bytes(b"")
    code(first)
    before = first.read_bytes()
    prepare(study, media=[study / "video" / "s03.mp4"])
    assert first.read_bytes() == before
    assert (study / "coded" / "s03__R2.eaf").exists()


def test_the_overlap_is_written_down(study: Path) -> None:
    paths = prepare(study, overlap=0.5)
    assert paths[-1].name == "assignment.csv"
    rows = paths[-1].read_text(encoding="utf-8").splitlines()
    assert rows[0] == "session,rater"
    assert sorted(row.replace(",", "__") + ".eaf" for row in rows[1:]) == sorted(
        path.name for path in paths if path.suffix == ".eaf"
    )
    assert len(rows) == 1 + 2 + 1  # one session by both, one by one of the two
    again = prepare(study, assign=paths[-1])
    assert {path.name for path in again} == {path.name for path in paths[:-1]}


def test_a_design_that_was_handed_out_is_not_dealt_anew(study: Path) -> None:
    prepare(study, overlap=0.0)
    before = {path.name: path.read_bytes() for path in (study / "coded").iterdir()}
    for number in range(3, 9):
        (study / "video" / f"s{number:02}.mp4").write_bytes(b"")
    with pytest.raises(OutputRefused, match=r"assignment\.csv assigns .* to raters other") as caught:
        prepare(study, overlap=0.5)
    assert "--assign" in str(caught.value.hint)
    assert {path.name: path.read_bytes() for path in (study / "coded").iterdir()} == before
    assert prepare(study, overlap=0.5, force=True)


def test_contradictory_choices(study: Path) -> None:
    with pytest.raises(UsageError, match="both say who codes what"):
        prepare(study, overlap=0.5, assign=study / "x.csv")
    with pytest.raises(UsageError, match="is not between 0 and 1"):
        prepare(study, overlap=1.5)


def test_sequences_need_a_tier(study: Path, everything: Codebook) -> None:
    book = Codebook("b", "b", (), sequence_tier=None)
    with pytest.raises(UsageError, match="has no sequence tier"):
        write_prepared(book, study / "x", media=[study / "video"], raters=["R"], sequences=study / "sequences.csv")


def test_a_codebook_to_own_is_copied_byte_for_byte(tmp_path: Path) -> None:
    path = copy_codebook("crying", tmp_path / "mine")
    assert path == tmp_path / "mine" / "crying.yaml"
    assert path.read_bytes() == builtin_path("crying").read_bytes()
    named = copy_codebook("crying", tmp_path / "other.yaml")
    assert named.is_file()
    named.write_text("edited", encoding="utf-8")
    with pytest.raises(OutputRefused, match="exists"):
        copy_codebook("crying", named)
    copy_codebook("crying", named, force=True)
    assert named.read_bytes() == path.read_bytes()


def test_an_output_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputRefused, match="cannot be created"):
        write_templates(load_codebook("crying"), tmp_path / "file" / "out")
