from __future__ import annotations

import json

import pytest

from elancry.check.roster import BACKUP, HIDDEN, OWN_OUTPUT, find_files
from elancry.errors import UsageError


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


def names(found):
    return [name for _, name in found.files]


def test_folders_are_searched_and_what_is_passed_over_is_counted(tmp_path):
    touch(
        tmp_path, "R2/s10.eaf", "R2/s2.EAF", "R1/s2.eaf", "R1/s2.eaf.001", "._s2.eaf", "~$s2.eaf", "notes.txt", "a.etf"
    )
    found = find_files([tmp_path])
    assert names(found) == ["R1/s2.eaf", "R2/s2.EAF", "R2/s10.eaf"]
    assert found.passed_over == {BACKUP: 1, HIDDEN: 2}


def test_several_paths_are_named_from_their_common_folder_and_counted_once(tmp_path):
    touch(tmp_path, "R1/s1.eaf", "R2/s1.eaf")
    found = find_files([tmp_path / "R1", tmp_path / "R2", tmp_path / "R1" / "s1.eaf"])
    assert names(found) == ["R1/s1.eaf", "R2/s1.eaf"]


def test_globs_and_named_files_are_taken_whatever_their_suffix(tmp_path):
    touch(tmp_path, "a.eaf", "b.eaf", "c.xml")
    assert names(find_files([str(tmp_path / "*.eaf")])) == ["a.eaf", "b.eaf"]
    assert names(find_files([tmp_path / "c.xml"])) == ["c.xml"]


def test_unicode_names_are_composed(tmp_path):
    touch(tmp_path, "Mu\u0308ller__R1.eaf")
    assert names(find_files([tmp_path])) == ["M\u00fcller__R1.eaf"]


def test_outputs_of_earlier_commands_below_the_folder_are_passed_over(tmp_path):
    touch(tmp_path, "s1__R1.eaf", "migrated/s1__R1.eaf", "migrated/new__R1.eaf")
    manifest = {"migrate": {"s1__R1.eaf": "0" * 64}}
    (tmp_path / "migrated" / ".elancry-files.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = find_files([tmp_path])
    assert names(found) == ["migrated/new__R1.eaf", "s1__R1.eaf"]
    assert found.passed_over == {OWN_OUTPUT: 1}
    # Named itself, the folder is what is meant.
    assert len(find_files([tmp_path / "migrated"]).files) == 2


def test_a_loop_of_links_ends(tmp_path):
    touch(tmp_path, "a/s1.eaf")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(find_files([tmp_path])) == ["a/s1.eaf"]


def test_nothing_found_is_said_in_words(tmp_path):
    touch(tmp_path, "s1.eaf.001")
    with pytest.raises(UsageError) as raised:
        find_files([tmp_path])
    assert f"no .eaf files found in {tmp_path} (skipped: 1 backup made by ELAN (.eaf.001 and the like))" in str(
        raised.value
    )
    with pytest.raises(UsageError, match="there is no file or folder"):
        find_files([tmp_path / "codde"])
    with pytest.raises(UsageError, match="no file matches"):
        find_files([str(tmp_path / "*.eaf")])
