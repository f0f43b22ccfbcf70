"""Put a vocabulary into files, or in the place of the one they have, and let the annotations refer to it.

Each annotation on a tier with that vocabulary is looked up again: by its reference (CVE_REF), then by its value. A
value whose entry was reworded follows it. A value that no entry has stays as it is, with a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from elancry.eaf import Annotation, Document, Editor, Vocabulary, VocabularyEntry
from elancry.edit.change import Change, Row, about, at, nothing_named
from elancry.edit.name_patterns import matching
from elancry.edit.operation import option
from elancry.edit.template_source import Adoption, Source, load_source, same_vocabulary
from elancry.errors import UsageError
from elancry.findings import Finding
from elancry.names import there_are
from elancry.texts import some, text


@dataclass(frozen=True)
class VocabularyChoice:
    """Vocabularies `names` of the source (all of them where empty), for the types that `types` mean too.

    `types` are names or patterns of types that are bound to the vocabulary, which must then be one.
    """

    source: Source = option("--from", text("batch.labels-from"), metavar="SOURCE", read=load_source)
    names: tuple[str, ...] = option("--vocabulary", text("batch.set-vocabulary.vocabulary"), metavar="NAME", default=())
    types: tuple[str, ...] = option("--type", text("batch.set-vocabulary.type"), metavar="TYPE", default=())

    def __post_init__(self) -> None:
        """Raise UsageError for a wrong name: it is one mistake, not one in every file."""
        chosen_vocabularies(self)


def chosen_vocabularies(choices: VocabularyChoice) -> tuple[Vocabulary, ...]:
    """The vocabularies to be set; UsageError where the source has none of that name, or `types` need a single one."""
    present = {item.id: item for item in choices.source.vocabularies}
    if not present:
        raise UsageError(text("edit.no-vocabularies", name=choices.source.name))
    for name in choices.names:
        if name not in present:
            said = text("edit.no-such-vocabulary", source=choices.source.name, name=name)
            raise UsageError(said, hint=there_are(name, list(present)))
    chosen = tuple(present[name] for name in choices.names) if choices.names else choices.source.vocabularies
    if choices.types and len(chosen) != 1:
        hint = text("edit.hint-which-vocabulary", names=some([item.id for item in chosen]))
        raise UsageError(text("edit.several-vocabularies", number=len(chosen)), hint=hint)
    return chosen


def set_vocabulary(document: Document, choices: VocabularyChoice) -> Change:
    """Add a controlled vocabulary, or replace the one of that name.

    Annotations on its tiers are looked up again, by their entry, then by their value: a reworded entry rewords its
    annotations, a value without an entry stays and is a finding.

    Example:  elancry batch set-vocabulary coded -o updated --from codebook.yaml --vocabulary crying_form
    """
    editor = document.edit()
    adoption = Adoption(document, choices.source, editor)
    rows: list[Row] = []
    findings: list[Finding] = []
    for wanted in chosen_vocabularies(choices):
        old = document.vocabulary(wanted.id)
        new = adoption.vocabulary(wanted)
        if old is None:
            editor.vocabularies.add(new)
            rows.append(Row(text("change.vocabulary-added"), after=new.id))
        elif not same_vocabulary(old, new):
            editor.vocabularies.replace(new)
            rows.append(Row(text("change.vocabulary-replaced"), before=old.id, after=new.id))
        if old is None or not same_vocabulary(old, new):
            rows += _entry_rows(old, new)
        types = {kind.id for kind in document.types if kind.vocabulary == new.id}
        bound, problems = _bind(document, editor, choices.types, new.id)
        rows += bound
        findings += problems
        types.update(matching([kind.id for kind in document.types], choices.types) if choices.types else ())
        if new.ext_ref is None:
            looked_up, problems = _look_up(document, editor, types, old, new)
            rows += looked_up
            findings += problems
    rows = [*adoption.rows, *rows]
    return Change(editor.document() if rows else document, tuple(rows), tuple(findings))


def _bind(document: Document, editor: Editor, patterns: tuple[str, ...], name: str) -> tuple[list[Row], list[Finding]]:
    rows = []
    findings = []
    names = [kind.id for kind in document.types]
    for kind in document.types:
        if kind.id in matching(names, patterns) and kind.vocabulary != name:
            editor.types.set_vocabulary(kind.id, name)
            rows.append(Row(text("change.type-bound"), before=kind.vocabulary or "", after=f"{kind.id}: {name}"))
    for pattern in patterns:
        if not matching(names, [pattern]):
            findings.append(nothing_named("type", pattern, names))
    return rows, findings


def _entry_rows(old: Vocabulary | None, new: Vocabulary) -> Iterator[Row]:
    before = {} if old is None else {entry.id or _label(entry): entry for entry in old.entries}
    for entry in new.entries:
        earlier = before.pop(str(entry.id), None) or before.pop(_label(entry), None)
        if earlier is None:
            yield Row(text("change.entry-added"), after=f"{new.id}: {_label(entry)}")
        elif list(earlier.values.values()) != list(entry.values.values()):
            yield Row(
                text("change.entry-reworded"), before=f"{new.id}: {_label(earlier)}", after=f"{new.id}: {_label(entry)}"
            )
    for entry in before.values():
        yield Row(text("change.entry-removed"), before=f"{new.id}: {_label(entry)}")


def _label(entry: VocabularyEntry) -> str:
    return " / ".join(dict.fromkeys(entry.values.values()))


def _look_up(
    document: Document, editor: Editor, types: set[str], old: Vocabulary | None, new: Vocabulary
) -> tuple[list[Row], list[Finding]]:
    rows: list[Row] = []
    findings: list[Finding] = []
    by_id = {str(entry.id): entry for entry in new.entries}
    for tier in document.tiers:
        if tier.type_id not in types:
            continue
        by_value = _by_value(new, tier.lang_ref)
        for item in document.annotations(tier.id):
            value, reference, problem = _resolved(item, old, by_id, by_value, tier.lang_ref)
            if problem is not None:
                findings.append(problem)
            if (value, reference) == (item.value, item.cve_ref):
                continue
            editor.annotations.set_value(item.id, value, cve_ref=reference)
            if value != item.value:
                rows.append(about(item, text("change.value-reworded"), before=item.value, after=value))
            if reference != item.cve_ref:
                rows.append(about(item, text("change.entry-set"), before=item.cve_ref or "", after=reference or ""))
    return rows, findings


def _by_value(vocabulary: Vocabulary, language: str | None) -> dict[str, VocabularyEntry]:
    """Value -> entry; where two entries share a value, that of the tier's language counts, then the first."""
    found: dict[str, VocabularyEntry] = {}
    for entry in vocabulary.entries:
        if language is not None and language in entry.values:
            found.setdefault(entry.values[language], entry)
    for entry in vocabulary.entries:
        for value in entry.values.values():
            found.setdefault(value, entry)
    return found


def _resolved(
    item: Annotation,
    old: Vocabulary | None,
    by_id: Mapping[str, VocabularyEntry],
    by_value: Mapping[str, VocabularyEntry],
    language: str | None,
) -> tuple[str, str | None, Finding | None]:
    """The value and reference an annotation should have, and what is wrong with those it has."""
    meant = by_id.get(item.cve_ref or "")
    if meant is not None and item.value in meant.values.values():
        return item.value, item.cve_ref, None
    said = by_value.get(item.value)
    earlier = next((entry for entry in old.entries if entry.id == item.cve_ref), None) if old and meant else None
    # Text and reference agreed, so the entry was reworded; where nobody knows what it was before, a known text counts.
    agreed = said is None if earlier is None else item.value in earlier.values.values()
    if meant is not None and item.value and agreed:
        return _reworded(item.value, earlier, meant, language), item.cve_ref, None
    if said is not None:
        problem = None
        if meant is not None:
            message = text("finding.batch-value-and-entry-differ.message", value=item.value, meant=_label(meant))
            problem = at(
                item, "batch-value-and-entry-differ", message, text("finding.batch-value-and-entry-differ.hint")
            )
        return item.value, said.id, problem
    if not item.value.strip():
        return item.value, item.cve_ref, None
    message = text("finding.batch-value-unknown.message", value=item.value)
    return item.value, item.cve_ref, at(item, "batch-value-unknown", message, text("finding.batch-value-unknown.hint"))


def _reworded(value: str, earlier: VocabularyEntry | None, entry: VocabularyEntry, language: str | None) -> str:
    """The entry's text in the language of the value as it was, else in the tier's, else in the first."""
    spoken = [code for code, text in (earlier.values.items() if earlier else ()) if text == value]
    for code in (*([language] if language in spoken else []), *spoken, language):
        if code is not None and code in entry.values:
            return entry.values[code]
    return next(iter(entry.values.values()), value)
