"""Compiles the catalogues of texts (`src/elancry/locale`) when elancry is built or installed, editable installs too.

`python hatch_build.py` does it by hand after a catalogue was edited, and writes the catalogue's entries in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, where the build tool is not installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

LOCALES = Path(__file__).parent / "src" / "elancry" / "locale"


class CompileTexts(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch calls this before it builds a wheel, an sdist or an editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the compiled catalogues beside their sources."""
        compile_texts()


def compile_texts(locales: Path = LOCALES) -> None:
    """Compile every `.po` below `locales` whose `.mo` is missing or older."""
    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        part = made.with_suffix(".part")
        with part.open("wb") as stream:
            write_mo(stream, catalogue)
        part.replace(made)


def sort_texts(locales: Path = LOCALES) -> None:
    """Write every catalogue with its entries in the order of their codes, one line a text."""
    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        part = source.with_suffix(".part")
        with part.open("wb") as stream:
            write_po(stream, catalogue, width=0, sort_output=True, omit_header=True)
        header = source.read_text(encoding="utf-8").split("\n\n", 1)[0]
        entries = part.read_text(encoding="utf-8").strip("\n")
        part.unlink()
        made = f"{header}\n\n{entries}\n"
        if made != source.read_text(encoding="utf-8"):
            source.write_text(made, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sort_texts()
    compile_texts()
