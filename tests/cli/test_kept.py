"""What `--force` replaces is kept as NAME.kept-1, whatever command it is, and the last line says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.template.write import copy_codebook

SAMPLE = Path(__file__).parents[2] / "sample_eaf"
FILE = SAMPLE / "S01__R1.eaf"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (("convert", FILE, "{out}/coded.csv"), "coded.csv"),
        (("codebook", "extract", FILE, "-o", "{out}/book.yaml"), "book.yaml"),
        (("template", "--copy", "crying", "-o", "{out}"), "crying.yaml"),
        (("template", "crying", "-o", "{out}"), "crying.etf"),
        (("init", "{out}", "--codebook", "crying"), "study.yaml"),
        (("batch", "statistics", FILE, "-o", "{out}"), "statistics.csv"),
    ],
)
def test_what_force_replaces_is_kept(elancry, tmp_path: Path, call: tuple[str, ...], name: str):
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine", encoding="utf-8")
    call = tuple(str(part).replace("{out}", str(out)) for part in call)
    assert elancry(*call).code == 2
    assert (out / name).read_text(encoding="utf-8") == "mine"
    said = elancry(*call, "--force")
    assert said.code == 0, said.err
    assert (out / f"{name}.kept-1").read_text(encoding="utf-8") == "mine"
    assert said.err.splitlines()[-1] == f"What was replaced is kept: {out / name}.kept-1"
    # What elancry wrote is no work of people's.
    elancry(*call, "--force")
    assert not (out / f"{name}.kept-2").exists()


def test_a_copy_that_was_kept_is_passed_over_on_reading(elancry, tmp_path: Path):
    (tmp_path / "S01__R1.eaf").write_bytes(FILE.read_bytes())
    (tmp_path / "S01__R2.eaf.kept-1").write_bytes(FILE.read_bytes())
    said = elancry("check", tmp_path, "--codebook", "crying")
    assert "S01__R2" not in said.out + said.err


def test_the_same_content_is_not_kept(tmp_path: Path):
    for _ in range(2):
        copy_codebook("crying", tmp_path / "book.yaml", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["book.yaml"]
