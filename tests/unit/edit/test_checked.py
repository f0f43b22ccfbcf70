"""Prepared, coded and migrated files go through the check without an error: the way round that a study takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from elancry.check.study import check_files
from elancry.codebook.load import load_codebook, parse_codebook
from elancry.codebook.model import Changes, Codebook, SystemChanges
from elancry.eaf import read_eaf, write_eaf
from elancry.edit.migration import MigrateFile, write_migration
from elancry.findings import Severity
from elancry.template.write import copy_codebook, write_prepared


def migrate_files(old, new, files, out_dir, *, force=False):
    """The files one after the other, then written together, as `elancry migrate` does."""
    work = MigrateFile.between(old, new, out_dir)
    done = [work(path, name) for path, name in files]
    contents = {name: data for made, _ in done for name, data in made.items()}
    return write_migration(out_dir, contents, [row for _, rows in done for row in rows], force=force)


def errors(folder: Path, codebook: Codebook | None) -> list[tuple[str, str]]:
    found = check_files([folder], codebook=codebook).findings
    return [(item.code, item.message) for item in found if item.severity is Severity.ERROR]


def coded_study(folder: Path) -> list[tuple[Path, str]]:
    """One session, coded by R1 and R2 in prepared files, each in its own way."""
    (folder / "s01.mp4").write_bytes(b"")
    (folder / "sequences.csv").write_text("session,sequence,start_ms,end_ms\ns01,1,0,60000\n", encoding="utf-8")
    write_prepared(
        load_codebook("crying"),
        folder / "coded",
        media=[folder / "s01.mp4"],
        raters=["R1", "R2"],
        sequences=folder / "sequences.csv",
    )
    files = []
    for offset, rater in enumerate(("R1", "R2")):
        path = folder / "coded" / f"s01__{rater}.eaf"
        document = read_eaf(path)
        editor = document.edit()
        sequence = document.annotations("Sequence")[0].id
        for number, category in enumerate(("protest", "despair", "inhibited")):
            begin = 10_000 * number + 137 * offset
            editor.annotations.add(
                "crying_form", begin, begin + 8000 + 31 * number * offset, category, cve_ref=category
            )
        editor.annotations.add("intervention", 500 + 97 * offset, 30_000 + 411 * offset, "pause", cve_ref="pause")
        for system in load_codebook("crying").systems:
            for number, item in enumerate(system.categories):
                tier = system.rating_tier_name(item.id)
                editor.annotations.add_reference(tier, sequence, str((number + offset) % 5))
        write_eaf(editor.document(), path)
        files.append((path, path.name))
    return files


def test_prepared_and_coded_files_pass_the_check(tmp_path: Path) -> None:
    coded_study(tmp_path)
    assert errors(tmp_path / "coded", load_codebook("crying")) == []
    assert errors(tmp_path / "coded", None) == []


def test_migrated_files_pass_the_check_on_the_new_codebook(tmp_path: Path) -> None:
    files = coded_study(tmp_path)
    text = copy_codebook("crying", tmp_path / "new.yaml").read_text(encoding="utf-8")
    text = (
        text.replace("version: 2\n", "version: 3\n", 1)
        .replace("id: inhibited", "id: held_back")
        .replace("{en: inhibited, de: gehemmt}", "{en: held back, de: zurückgehalten}")
        .replace("  from: 1\n", "  from: 2\n  systems:\n    crying_form: {renamed: {inhibited: held_back}}\n", 1)
    )
    new = parse_codebook(text)
    migration = migrate_files(load_codebook("crying"), new, files, tmp_path / "migrated")
    assert migration.to_decide == ()
    assert errors(tmp_path / "migrated", new) == []
    checked = check_files([tmp_path / "migrated"], codebook=new)
    assert len(checked.files) == 2
    categories = {item.category for file in checked.files for tier in file.tiers for item in tier.annotations}
    assert {"held_back", "pause", "protest"} <= categories
    assert "inhibited" not in categories


def test_what_is_left_for_a_person_is_a_warning_not_an_error(tmp_path: Path) -> None:
    files = coded_study(tmp_path)
    old = load_codebook("crying")
    system = old.systems[0]
    kept = tuple(item for item in system.categories if item.id != "inhibited")
    new = replace(
        old,
        version="3",
        systems=(replace(system, categories=kept), *old.systems[1:]),
        changes=Changes("2", {system.id: SystemChanges(removed=("inhibited",))}),
    )
    migration = migrate_files(old, new, files, tmp_path / "migrated")
    assert {(row.tier, row.new_value) for row in migration.to_decide} >= {("crying_form", "inhibited (old)")}
    assert errors(tmp_path / "migrated", new) == []
    codes = [item.code for item in check_files([tmp_path / "migrated"], codebook=new).findings]
    assert codes.count("value-left-over") == 2  # one in each file
