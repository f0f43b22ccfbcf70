"""One coded file onto a revised codebook.

Values follow what became of their category; tiers follow their names; what only a person can decide stays and is
marked: a value whose category was split or removed becomes `NAME (old)`, an entry that is added to the vocabulary of
that file. No annotation is made, moved or removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from elancry.codebook.languages import codebook_language, elan_language
from elancry.codebook.model import Category, System
from elancry.codebook.observed import base_name
from elancry.codebook.revision import LEFT_OVER, Change, Revision, SystemRevision
from elancry.eaf import Annotation, Document, Editor, Tier, Vocabulary, VocabularyEntry
from elancry.eaf.languages import definition_of
from elancry.edit.migration_rows import Fate, MigratedAnnotation, account
from elancry.edit.tier_moves import move_tiers
from elancry.errors import UsageError
from elancry.template.build import CODEBOOK_PROPERTY
from elancry.template.structure import plan_structure
from elancry.template.vocabularies import system_vocabularies
from elancry.template.vocabularies import vocabularies as vocabularies_of

_FATES = {Change.KEPT: Fate.KEPT, Change.RENAMED: Fate.RENAMED, Change.MERGED: Fate.MERGED}
_PERSON = {Change.SPLIT: Fate.SPLIT, Change.REMOVED: Fate.REMOVED}


def migrate_document(
    document: Document, revision: Revision, *, file: str = ""
) -> tuple[Document, tuple[MigratedAnnotation, ...]]:
    """The document on the new codebook, and a row for every annotation.

    `file` names the document in the rows. UsageError where a system's layout changed, which no rule can migrate.
    """
    for item in revision.systems:
        if item.old is not None and item.new is not None and item.old.layout is not item.new.layout:
            raise UsageError(
                f"system '{item.new.id}': the layout changed from {item.old.layout} to {item.new.layout}",
                hint="Migrate the categories first, with the layout as it was.",
            )
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
    what = "is already on" if stamp.strip() == revision.new.stamp else "was made with"
    raise UsageError(
        f"{file or document.name or 'the file'} {what} the codebook {stamp.strip()}; files on "
        f"{revision.old.stamp} were expected",
        hint="Give the codebook that the files were coded with first, or leave these files out.",
    )


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
            self.fates[annotation.id] = (Fate.UNKNOWN, "the value is no category of the old codebook")
            return
        change, _ = item.fate[category.id]
        target = item.target(category.id)
        if item.new is not None and not item.new.has_intervals:
            self.fates[annotation.id] = (Fate.REMOVED, "the new codebook has no stretches of time in this system")
            return
        if item.new is None or (vocabulary is not None and vocabulary.ext_ref is not None and target is None):
            self.fates[annotation.id] = (_PERSON[change], _note(item, category))
            return
        if target is None:
            left[category.id] = category
            self.fates[annotation.id] = (_PERSON[change], _note(item, category))
            value = _like(annotation.value, category, category) + LEFT_OVER
            reference = _old_id(category.id, item.new)
        else:
            value, reference = _like(annotation.value, category, target), target.id
            reworded = change is Change.KEPT and value != annotation.value
            self.fates[annotation.id] = (Fate.REWORDED if reworded else _FATES[change], "")
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
    language = next((code for code, text in old.labels.items() if text == value.strip()), None)
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
