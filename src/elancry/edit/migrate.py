"""Completed files onto a revised codebook: `elancry migrate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elancry.codebook.model import Codebook
from elancry.codebook.revision import Revision, build_revision
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


@dataclass(frozen=True)
class MigrateFile:
    """The work on one file; picklable. Each copy gets the new codebook's colours and keys beside it."""

    revision: Revision
    preferences: bytes
    out_dir: Path

    @classmethod
    def between(cls, old: Codebook, new: Codebook, out_dir: Path) -> MigrateFile:
        """From `old` to `new`; InvalidInput where the changes do not fit the two codebooks."""
        return cls(build_revision(old, new), build_preferences(new).to_bytes(), out_dir)

    def __call__(self, path: Path, name: str) -> tuple[dict[str, bytes], tuple[MigratedAnnotation, ...]]:
        """The copy of a file (`name` relative to the output folder), and what became of its annotations.

        OutputRefused where the copy would lie on its original.
        """
        target = self.out_dir / name
        if target.resolve() == path.resolve():
            raise OutputRefused(
                f"{path} would be overwritten by its migrated copy", hint="Choose another output folder with -o."
            )
        document, rows = migrate_document(read_eaf(path), self.revision, file=name)
        copy = _media_from(document, path.parent, target.parent).to_bytes()
        return {name: copy, name[: -len(path.suffix)] + ".pfsx": self.preferences}, tuple(rows)


def write_migration(
    out_dir: Path, files: Mapping[str, bytes], rows: Sequence[MigratedAnnotation], *, force: bool = False
) -> Migration:
    """Write the copies and `migration.csv`, all or none.

    OutputRefused where a copy would lie on a file with annotations that is not ours.
    """
    contents = {**files, TABLE: to_csv(rows).encode("utf-8")}
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
