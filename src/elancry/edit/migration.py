"""Completed files onto a revised codebook: `elancry migrate`.

Values follow what became of their category; tiers follow their names; what only a person can decide stays and is
marked: a value whose category was split or removed becomes `NAME (old)`, an entry that is added to the vocabulary of
that file. No annotation is made, moved or removed: `migration.csv` has a row for every one, so that none can get lost
unnoticed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from elancry.codebook.languages import codebook_language, elan_language
from elancry.codebook.model import Category, Codebook, Layout, System
from elancry.codebook.observed import base_name
from elancry.codebook.revision import LEFT_OVER, Change, Revision, SystemRevision, build_revision
from elancry.eaf import Annotation, Document, Editor, Tier, Vocabulary, VocabularyEntry
from elancry.eaf.ecv import read_coded
from elancry.eaf.languages import definition_of
from elancry.edit.preferences_names import preferences_name
from elancry.edit.renames import in_turn
from elancry.errors import OutputRefused, UsageError
from elancry.paths import real_path
from elancry.template.build import CODEBOOK_PROPERTY
from elancry.template.media import relative_url
from elancry.template.preferences import build_preferences
from elancry.template.safekeeping import write_files
from elancry.template.structure import plan_structure
from elancry.template.vocabularies import system_vocabularies
from elancry.template.vocabularies import vocabularies as vocabularies_of
from elancry.texts import text

TABLE = "migration.csv"
COLUMNS = (
    "file", "tier", "new_tier", "annotation_id", "start_ms", "end_ms", "old_value", "new_value", "change", "decide",
    "note",
)  # fmt: skip
"""The columns of `migration.csv`."""


class Fate(StrEnum):
    """What became of an annotation. The last five leave it as it is, and a person has to decide."""

    KEPT = "kept"
    REWORDED = "reworded"
    RENAMED = "renamed"
    MERGED = "merged"
    OTHER = "other tier"
    SPLIT = "split"
    REMOVED = "removed"
    CONFLICT = "conflict"
    UNKNOWN = "not in the old codebook"
    OFF_SCALE = "not on the new scale"

    @classmethod
    def of(cls, change: Change) -> Fate:
        """What becomes of the annotations of a category that changed like this."""
        return cls(change.value)

    @property
    def needs_a_person(self) -> bool:
        """Whether only a person can say which category it is now."""
        return self in (Fate.SPLIT, Fate.REMOVED, Fate.CONFLICT, Fate.UNKNOWN, Fate.OFF_SCALE)


@dataclass(frozen=True, slots=True)
class MigratedAnnotation:
    """One annotation before and after; `tier` and `new_tier` differ where the tier was renamed."""

    file: str
    tier: str
    new_tier: str
    annotation_id: str
    start_ms: int
    end_ms: int
    old_value: str
    new_value: str
    fate: Fate
    note: str = ""


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

        OutputRefused where the copy would replace its original.
        """
        target = self.out_dir / name
        if real_path(target) == real_path(path):
            raise OutputRefused(text("edit.own-copy", path=str(path)), hint=text("edit.hint-other-folder"))
        document, rows = migrate_document(read_coded(path, name), self.revision, file=name)
        copy = _media_from(document, path.parent, target.parent).to_bytes()
        return {name: copy, preferences_name(name): self.preferences}, tuple(rows)


def write_migration(
    out_dir: Path, files: Mapping[str, bytes], rows: Sequence[MigratedAnnotation], *, force: bool = False
) -> Migration:
    """Write the copies and `migration.csv`, all or none.

    OutputRefused where a copy would replace a file with annotations that is not ours.
    """
    contents = {**files, TABLE: to_csv(rows).encode("utf-8")}
    return Migration(tuple(write_files(out_dir, contents, force=force, command="migrate")), tuple(rows))


def migrate_document(
    document: Document, revision: Revision, *, file: str = ""
) -> tuple[Document, tuple[MigratedAnnotation, ...]]:
    """The document on the new codebook, and a row for every annotation.

    `file` names the document in the rows. UsageError where a system's layout changed, which no rule can migrate.
    """
    for item in revision.systems:
        if item.old is not None and item.new is not None and item.old.layout is not item.new.layout:
            layouts = {"old": str(item.old.layout), "new": str(item.new.layout)}
            said = text("edit.layout-changed", system=item.new.id, **layouts)
            raise UsageError(said, hint=text("edit.hint-layout-changed"))
    document = _modern(document)
    _refuse_other_codebook(document, revision, file)
    work = _Work(document, revision, document.edit(), {})
    work.add_languages()
    for item in revision.systems:
        work.migrate_values(item)
    work.fates.update(move_tiers(document, revision, work.editor))
    work.mark_numbers_off_the_scale()
    work.editor.header.set_property(CODEBOOK_PROPERTY, revision.new.stamp)
    after = _with_missing_tiers(work.editor.document(), revision)
    return after, tuple(account(document, after, work.fates, file))


def account(
    before: Document, after: Document, fates: Mapping[str, tuple[Fate, str]], file: str
) -> list[MigratedAnnotation]:
    """A row for every annotation of `before`, with what stands in `after`; annotations without a fate are `other tier`.

    Raises AssertionError if an annotation is gone, new, or has other times: then the migration itself is at fault and
    its result must not be written.
    """
    new = {item.id: item for tier in after.tiers for item in after.annotations(tier.id)}
    rows = []
    for tier in before.tiers:
        for old in before.annotations(tier.id):
            now = new.pop(old.id, None)
            if now is None or (now.start_ms, now.end_ms) != (old.start_ms, old.end_ms):
                raise AssertionError(f"{file}: the migration lost or moved the annotation {old.id} of tier {tier.id}")
            fate, note = fates.get(old.id, (Fate.OTHER, ""))
            rows.append(
                MigratedAnnotation(
                    file, tier.id, now.tier, old.id, old.start_ms, old.end_ms, old.value, now.value, fate, note
                )
            )
    if new:
        raise AssertionError(f"{file}: the migration made up annotations: {', '.join(sorted(new))}")
    return rows


def to_csv(rows: Iterable[MigratedAnnotation]) -> str:
    """The rows as CSV: comma, line ends `\\n`; `decide` is `yes` where a person has to."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        decide = "yes" if row.fate.needs_a_person else ""
        table.writerow(
            (
                row.file, row.tier, row.new_tier, row.annotation_id, row.start_ms, row.end_ms, row.old_value,
                row.new_value, row.fate.value, decide, row.note,
            )
        )  # fmt: skip
    return stream.getvalue()


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


def _modern(document: Document) -> Document:
    """Before EAF 2.8 a vocabulary has one language without a name and entries without ids: as ELAN would save it."""
    if not any("" in entry.values for vocabulary in document.vocabularies for entry in vocabulary.entries):
        return document
    editor = document.edit()
    editor.modernise()
    return editor.document()


def _refuse_other_codebook(document: Document, revision: Revision, file: str) -> None:
    """A file that says it was made with another codebook: its values may mean something else under the same names."""
    stamp = next((value for name, value in document.properties if name == CODEBOOK_PROPERTY), None)
    if stamp is None or stamp.strip() == revision.old.stamp:
        return
    where = {"file": file or document.name or text("edit.the-file"), "expected": revision.old.stamp}
    said = (
        text("edit.migrated-already", stamp=stamp.strip(), **where)
        if stamp.strip() == revision.new.stamp
        else text("edit.made-with-other-codebook", stamp=stamp.strip(), **where)
    )
    raise UsageError(said, hint=text("edit.hint-codebook-first"))


def tiers_of(document: Document, names: Mapping[str, object]) -> Iterator[tuple[Tier, str, str]]:
    """Tiers named in `names`, also as `NAME@RATER`: the tier, the name and the suffix (`@RATER` or empty)."""
    for tier in document.tiers:
        base = tier.id if tier.id in names else base_name(tier.id)
        if base in names:
            yield tier, base, tier.id[len(base) :]


@dataclass
class _Work:
    document: Document
    revision: Revision
    editor: Editor
    fates: dict[str, tuple[Fate, str]]

    def add_languages(self) -> None:
        for code in self.revision.new.languages:
            name = elan_language(code)
            if name not in self.document.languages:
                self.editor.languages.add(name)
            elif not self.document.language_definitions[name]:
                self.editor.languages.set_definition(name, definition_of(name))

    def migrate_values(self, item: SystemRevision) -> None:
        """Values on the tiers of one system, and the vocabularies they come from."""
        old = item.old
        if old is None:
            return
        intervals = list(tiers_of(self.document, dict.fromkeys(old.interval_tier_names)))
        left: dict[str, Category] = {}
        external = False
        for tier, _, _ in intervals:
            kind = self.document.type_of(tier.id)
            vocabulary = self.document.vocabulary(kind.vocabulary) if kind and kind.vocabulary else None
            external = external or (vocabulary is not None and vocabulary.ext_ref is not None)
            for annotation in self.document.annotations(tier.id):
                self._migrate_value(annotation, item, vocabulary, left)
        if item.new is None or external:
            return
        vocabularies = {vocabulary.id: vocabulary for vocabulary in system_vocabularies(item.new, self.revision.new)}
        if item.new.has_intervals:
            tiers = [tier for tier, _, _ in intervals]
            self._put_vocabulary(tiers, self._with_left(vocabularies[item.new.id], item.new, left, tiers))
        ratings = [tier for tier, _, _ in tiers_of(self.document, dict.fromkeys(old.rating_tier_names))]
        if item.new.has_ratings:
            self._put_vocabulary(ratings, self._with_used_numbers(vocabularies[item.new.rating_vocabulary], ratings))

    def _migrate_value(
        self, annotation: Annotation, item: SystemRevision, vocabulary: Vocabulary | None, left: dict[str, Category]
    ) -> None:
        assert item.old is not None
        category = _category(annotation, item.old, vocabulary)
        if category is None:
            self.fates[annotation.id] = (Fate.UNKNOWN, "the value is not a category of the old codebook")
            return
        change, _ = item.fate[category.id]
        target = item.target(category.id)
        if item.new is not None and not item.new.has_intervals:
            self.fates[annotation.id] = (Fate.REMOVED, "the new codebook has no stretches of time in this system")
            return
        if item.new is None or (vocabulary is not None and vocabulary.ext_ref is not None and target is None):
            self.fates[annotation.id] = (Fate.of(change), _note(item, category))
            return
        if target is None:
            left[category.id] = category
            self.fates[annotation.id] = (Fate.of(change), _note(item, category))
            value = _like(annotation.value, category, category) + LEFT_OVER
            reference = _old_id(category.id, item.new)
        else:
            value, reference = _like(annotation.value, category, target), target.id
            reworded = change is Change.KEPT and value != annotation.value
            self.fates[annotation.id] = (Fate.REWORDED if reworded else Fate.of(change), "")
        if value != annotation.value or reference != annotation.cve_ref:
            self.editor.annotations.set_value(annotation.id, value, cve_ref=reference)

    def mark_numbers_off_the_scale(self) -> None:
        """A number that the new scale does not have is left; what it would be on the new one, a person says."""
        for item in self.revision.systems:
            if item.old is None or item.new is None or item.new.scale is None or not item.new.has_ratings:
                continue
            scale = {str(number) for number in item.new.scale.values}
            for tier, _, _ in tiers_of(self.document, dict.fromkeys(item.old.rating_tier_names)):
                for annotation in self.document.annotations(tier.id):
                    fate, _ = self.fates.get(annotation.id, (Fate.OTHER, ""))
                    if annotation.value.strip() not in scale | {""} and not fate.needs_a_person:
                        note = f"the new scale is {item.new.scale.minimum} to {item.new.scale.maximum}"
                        self.fates[annotation.id] = (Fate.OFF_SCALE, note)

    def _with_left(
        self, wanted: Vocabulary, system: System, left: Mapping[str, Category], tiers: list[Tier]
    ) -> Vocabulary:
        """`wanted`, an entry for each category left over now, and the entries left over from an earlier migration."""
        entries = [*wanted.entries]
        for category in left.values():
            values = {elan_language(code): category.label(code) + LEFT_OVER for code in self.revision.new.languages}
            entries.append(VocabularyEntry(_old_id(category.id, system), values))
        taken = {entry.id for entry in entries}
        used = {item.cve_ref for tier in tiers for item in self.document.annotations(tier.id)}
        for vocabulary in self._vocabularies_of(tiers):
            for entry in vocabulary.entries:
                earlier = any(value.endswith(LEFT_OVER) for value in entry.values.values())
                if earlier and entry.id in used and entry.id not in taken:
                    entries.append(entry)
                    taken.add(entry.id)
        return replace(wanted, entries=tuple(entries))

    def _vocabularies_of(self, tiers: list[Tier]) -> list[Vocabulary]:
        kinds = (self.document.type_of(tier.id) for tier in tiers)
        names = dict.fromkeys(kind.vocabulary for kind in kinds if kind is not None and kind.vocabulary is not None)
        found = (self.document.vocabulary(name) for name in names)
        return [item for item in found if item is not None]

    def _put_vocabulary(self, tiers: list[Tier], wanted: Vocabulary) -> None:
        """Replace the vocabularies that `tiers` are bound to by `wanted`."""
        ids = {kind.vocabulary for tier in tiers if (kind := self.document.type_of(tier.id)) is not None}
        for name in sorted(name for name in ids if name is not None):
            self.editor.vocabularies.replace(replace(wanted, id=name))

    def _with_used_numbers(self, vocabulary: Vocabulary, tiers: list[Tier]) -> Vocabulary:
        """The scale, and every number that is used in this file but not on the new scale."""
        known = {entry.id for entry in vocabulary.entries}
        used = {item.value for tier in tiers for item in self.document.annotations(tier.id)} - known - {""}
        extra = tuple(
            VocabularyEntry(
                number, dict.fromkeys((elan_language(code) for code in self.revision.new.languages), number)
            )
            for number in sorted(used)
        )
        return replace(vocabulary, entries=vocabulary.entries + extra)


def _with_missing_tiers(document: Document, revision: Revision) -> Document:
    """The document with the tiers that the new codebook has and it has not: those of added categories and systems."""
    structure = plan_structure(revision.new)
    planned_types = {item.id: item for item in structure.types}
    present = {tier.id for tier in document.tiers}
    types = {kind.id for kind in document.types}
    vocabularies = {item.id for item in document.vocabularies}
    wanted = {item.id: item for item in vocabularies_of(revision.new)}
    editor = document.edit()
    for suffix, example in _raters(document, {tier.id for tier in structure.tiers}).items():
        for tier in structure.tiers:
            parent = None if tier.parent is None else tier.parent + suffix
            if tier.id + suffix in present or (parent is not None and parent not in present):
                continue
            kind = planned_types[tier.type_id]
            if kind.vocabulary is not None and kind.vocabulary not in vocabularies:
                editor.vocabularies.add(wanted[kind.vocabulary])
                vocabularies.add(kind.vocabulary)
            if kind.id not in types:
                editor.types.add(kind.id, constraint=kind.constraint, vocabulary=kind.vocabulary)
                types.add(kind.id)
            editor.tiers.add(
                tier.id + suffix,
                tier.type_id,
                parent=parent,
                participant=tier.participant,
                annotator=example.annotator,
                lang_ref=example.lang_ref,
            )
            present.add(tier.id + suffix)
    return editor.document()


def _raters(document: Document, planned: set[str]) -> dict[str, Tier]:
    """Suffix (`@R1`, or empty) -> one of the tiers with it, of those that the codebook knows; none for a consensus."""
    found: dict[str, Tier] = {}
    for tier, _, suffix in tiers_of(document, dict.fromkeys(planned)):
        if suffix not in ("@consensus", "@disagreement"):
            found.setdefault(suffix, tier)
    return found


def _category(annotation: Annotation, system: System, vocabulary: Vocabulary | None) -> Category | None:
    """The old category: the value's, in any language; else that of the CVE_REF, by id or by the entry's values."""
    found = system.category_of(annotation.value.strip())
    if found is not None or annotation.cve_ref is None:
        return found
    entry = next((item for item in vocabulary.entries if item.id == annotation.cve_ref), None) if vocabulary else None
    values = list(entry.values.values()) if entry is not None else []
    named = (system.category_of(value) for value in values)
    return system.category(annotation.cve_ref) or next((item for item in named if item is not None), None)


def _like(value: str, old: Category, new: Category) -> str:
    """The label of `new` in the language that `value` is of, as a label of `old`; an id stays an id."""
    language = next((code for code, label in old.labels.items() if label == value.strip()), None)
    if language is None:
        return new.id if value.strip() == old.id else new.label(next(iter(new.labels), ""))
    return new.label(codebook_language(elan_language(language)))


def _old_id(category_id: str, system: System) -> str:
    """The CVE_ID of what is left of a category, one that the new system does not have."""
    name = f"{category_id}_old"
    while system.category(name) is not None:
        name += "_old"
    return name


def _note(item: SystemRevision, category: Category) -> str:
    change, targets = item.fate[category.id]
    if item.new is None:
        return "the new codebook does not have this system"
    if change is Change.SPLIT:
        return "now one of: " + ", ".join(target.id for target in targets)
    return "the new codebook does not have this category"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to become of an old tier: its new name (`None`: it has none), and why."""

    name: str | None
    change: Change
    rating: bool


def move_tiers(document: Document, revision: Revision, editor: Editor) -> dict[str, tuple[Fate, str]]:
    """Rename, and where they are empty and no longer wanted remove, the tiers of `document` in `editor`.

    Tiers of several old categories that would become one tier are joined only where at most one of them holds
    annotations; else all stay under their old names. Returns the fates of annotations on rating tiers, and of those on
    category tiers that had to stay.
    """
    wishes = _wishes(revision)
    fates: dict[str, tuple[Fate, str]] = {}
    renames: dict[str, str] = {}
    taken: dict[str, list[tuple[str, _Wish]]] = {}
    for tier in document.tiers:
        base = tier.id if tier.id in wishes else base_name(tier.id)
        wish = wishes.get(base)
        if wish is None:
            continue
        suffix = tier.id[len(base) :]
        target = tier.id if wish.name is None else wish.name + suffix
        taken.setdefault(target, []).append((tier.id, wish))
    for target, tiers in taken.items():
        full = [(name, wish) for name, wish in tiers if document.annotations(name)]
        if len(full) > 1:
            for name, _ in full:
                _mark(document, name, fates, Fate.CONFLICT, f"{len(full)} tiers would become {target}")
            continue
        stays = full[0] if full else next((item for item in tiers if item[1].name is not None), tiers[0])
        for name, wish in tiers:
            if name != stays[0] or (wish.name is None and not full):
                _remove_if_free(document, editor, name)
        name, wish = stays
        if wish.name is None:
            fate = Fate.of(wish.change) if Fate.of(wish.change).needs_a_person else Fate.REMOVED
            _mark(document, name, fates, fate, "the new codebook has no tier for it")
        else:
            if wish.rating:
                _mark(document, name, fates, Fate.of(wish.change), "")
            if name != target:
                renames[name] = target
    in_turn(renames, editor.tiers.rename)
    return fates


def _wishes(revision: Revision) -> Mapping[str, _Wish]:
    wishes: dict[str, _Wish] = {}
    old, new = revision.old.sequence_tier, revision.new.sequence_tier
    if old is not None and new is not None and old != new:
        wishes[old] = _Wish(new, Change.KEPT, False)
    for item in revision.systems:
        if item.old is None:
            continue
        both = item.new is not None and item.old.has_intervals and item.new.has_intervals
        if item.new is not None and both and item.old.layout is Layout.ONE_TIER:
            wishes[item.old.tier_name] = _Wish(item.new.tier_name, Change.KEPT, False)
        for category in item.old.categories:
            change = item.fate[category.id][0]
            if item.old.has_intervals and item.old.layout is Layout.TIER_PER_CATEGORY:
                name = _name(item, category.id, System.category_tier_name)
                wishes[item.old.category_tier_name(category.id)] = _Wish(name, change, False)
            if item.old.has_ratings:
                name = _name(item, category.id, System.rating_tier_name)
                wishes[item.old.rating_tier_name(category.id)] = _Wish(name, change, True)
    return wishes


def _name(item: SystemRevision, category_id: str, naming: object) -> str | None:
    target = item.target(category_id)
    if item.new is None or target is None:
        return None
    if not (item.new.has_ratings if naming is System.rating_tier_name else item.new.has_intervals):
        return None
    assert callable(naming)
    return str(naming(item.new, target.id))


def _mark(document: Document, tier: str, fates: dict[str, tuple[Fate, str]], fate: Fate, note: str) -> None:
    for annotation in document.annotations(tier):
        fates[annotation.id] = (fate, note)


def _remove_if_free(document: Document, editor: Editor, name: str) -> None:
    if not document.annotations(name) and not document.children(name):
        editor.tiers.remove(name)
