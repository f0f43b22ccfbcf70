"""The committed files of the built-in codebooks are exactly what the command writes today.

After a wanted change: `elancry template templates/NAME/NAME.yaml -o templates/NAME --force` for each of them; then
delete the copies of what was replaced (`*.kept-1`).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.codebook.load import load_codebook
from elancry.template.write import template_files

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(path.parent.name for path in TEMPLATES.glob("*/*.yaml"))


def test_there_are_three() -> None:
    assert NAMES == ["attachment-crying", "crying", "five-reasons-to-cry"]


@pytest.mark.parametrize("name", NAMES)
def test_built_files_are_up_to_date(name: str) -> None:
    folder = TEMPLATES / name
    wanted = template_files(load_codebook(folder / f"{name}.yaml"))
    found = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    }
    assert found.pop(f"{name}.yaml")
    assert sorted(found) == sorted(wanted)
    for file, content in wanted.items():
        assert found[file] == content, f"templates/{name}/{file} is not what the command writes"
