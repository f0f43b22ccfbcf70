"""Completed files onto a revised codebook: `elancry migrate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elancry.codebook.model import Codebook
from elancry.codebook.revision import build_revision
from elancry.eaf import Document, read_eaf
from elancry.edit.migration import migrate_document
from elancry.edit.migration_rows import MigratedAnnotation, to_csv
from elancry.errors import OutputRefused
from elancry.template.media import relative_url
from elancry.template.preferences import build_preferences
from elancry.template.safekeeping import write_files

TABLE = "migration.csv"


@dataclass(frozen=True)
class Migration:
    """What was written, and what became of every annotation."""

    paths: tuple[Path, ...]
    rows: tuple[MigratedAnnotation, ...]

    @property
    def to_decide(self) -> tuple[MigratedAnnotation, ...]:
        """Annotations that a person has to look at."""
        return tuple(row for row in self.rows if row.fate.needs_a_person)


def migrate_files(
    old: Codebook, new: Codebook, files: Sequence[tuple[Path, str]], out_dir: Path, *, force: bool = False
) -> Migration:
    """Write a copy of each file (path, name relative to `out_dir`) on the new codebook, and `migration.csv`.

    Each copy gets the new codebook's colours and keys beside it. InvalidInput where the changes do not fit the two
    codebooks; OutputRefused where a copy would lie on its original, or on a file with annotations that is not ours.
    Either all is written or, after one of these, nothing.
    """
    revision = build_revision(old, new)
    preferences = build_preferences(new).to_bytes()
    contents: dict[str, bytes] = {}
    rows: list[MigratedAnnotation] = []
    for path, name in files:
        if (out_dir / name).resolve() == path.resolve():
            raise OutputRefused(
                f"{path} would be overwritten by its migrated copy", hint="Choose another output folder with -o."
            )
        document, changed = migrate_document(read_eaf(path), revision, file=name)
        contents[name] = _media_from(document, path.parent, (out_dir / name).parent).to_bytes()
        contents[name[: -len(path.suffix)] + ".pfsx"] = preferences
        rows += changed
    contents[TABLE] = to_csv(rows).encode("utf-8")
    return Migration(tuple(write_files(out_dir, contents, force=force, command="migrate")), tuple(rows))


def _media_from(document: Document, before: Path, after: Path) -> Document:
    """The document with relative URLs that lead from the folder `after` where they led from the folder `before`."""
    moved = []
    for medium in document.media:
        url = medium.relative_url
        if url and url.startswith(("./", "../")):
            url = relative_url(before / url, after) or url
        moved.append(replace(medium, relative_url=url))
    if tuple(moved) == document.media:
        return document
    editor = document.edit()
    editor.media.clear()
    for item in moved:
        editor.media.add(item.url, item.mime_type, item.relative_url, item.time_origin_ms, item.extracted_from)
    return editor.document()
