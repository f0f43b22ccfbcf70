"""Put back what ELAN dropped: the labels of a language that it did not accept, and the definition that it accepts.

Only what the damage can have changed is touched: the definitions of languages, texts of vocabularies that are missing
in a language, descriptions, and values of annotations that are the text of their own entry (CVE_REF) in another
language than that of their tier. Texts that are there stay, however they are worded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from elancry.eaf import Document, Vocabulary, VocabularyEntry
from elancry.eaf.languages import definition_of, elan_accepts, known_definition
from elancry.edit.change import Change, Row, about, at
from elancry.edit.operation import option
from elancry.edit.template_source import Adoption, Source, load_source
from elancry.findings import Finding, finding
from elancry.template.build import CODEBOOK_PROPERTY
from elancry.texts import text


@dataclass(frozen=True)
class LanguageChoice:
    """Where labels and definitions are taken from."""

    source: Source = option("--from", text("batch.labels-from"), metavar="SOURCE", read=load_source)


def repair_languages(document: Document, choices: LanguageChoice) -> Change:
    """Put labels back that ELAN dropped with their language, and define languages as ELAN knows them.

    Values that ELAN replaced by those of another language follow their entry (CVE_REF). Nothing else is changed.

    Examples:  elancry batch repair-languages coded --from codebook.yaml --dry-run

               elancry batch repair-languages coded -o repaired --from codebook.yaml
    """
    # A file that states another codebook than the source gets definitions only, with a finding.
    editor = document.edit()
    rows: list[Row] = []
    findings: list[Finding] = []
    for name, given in document.language_definitions.items():
        if not elan_accepts(name):
            said = text("finding.batch-not-possible.message-language-id", language=name)
            findings.append(
                finding("batch-not-possible", said, hint=text("finding.batch-not-possible.hint-language-id"))
            )
            continue
        right = known_definition(name) or choices.source.languages.get(name, ("", None))[1] or given
        right = right or definition_of(name)
        if right != given:
            editor.languages.set_definition(name, right)
            rows.append(Row(text("change.language-defined"), before=f"{name}: {given}", after=f"{name}: {right}"))
    other = _other_codebook(document, choices.source)
    if other is not None:
        return Change(editor.document() if rows else document, tuple(rows), (*findings, other))
    adoption = Adoption(document, choices.source, editor)
    wanted = {vocabulary.id: vocabulary for vocabulary in choices.source.vocabularies}
    entries: dict[str, Mapping[str, VocabularyEntry]] = {}
    for vocabulary in document.vocabularies:
        whole = wanted.get(vocabulary.id) or wanted.get(vocabulary.id.rpartition("@")[0])
        if whole is None or any("" in entry.values for entry in (*whole.entries, *vocabulary.entries)):
            continue
        repaired = whole
        if vocabulary.ext_ref is None:
            repaired = _repaired(vocabulary, whole)
            changes = list(_entry_rows(vocabulary, repaired))
            if changes:
                spoken = {code for entry in repaired.entries for code in entry.values} | set(repaired.descriptions)
                adoption.languages([code for code in choices.source.languages if code in spoken])
                editor.vocabularies.replace(repaired)
                rows += changes
        entries[vocabulary.id] = {str(entry.id): entry for entry in repaired.entries}
    rows = [*(row for row in adoption.rows if row.what == text("change.language-added")), *rows]
    for tier in document.tiers:
        kind = document.type_of(tier.id)
        known = entries.get(kind.vocabulary or "", {}) if kind is not None else {}
        for item in document.annotations(tier.id) if known and tier.lang_ref else ():
            entry = known.get(item.cve_ref or "")
            value = None if entry is None else entry.values.get(str(tier.lang_ref))
            if entry is None or value is None or value == item.value:
                continue
            own = item.value in entry.values.values() or not item.value.strip()
            if own and not any(other.values.get(str(tier.lang_ref)) == item.value for other in known.values()):
                editor.annotations.set_value(item.id, value, cve_ref=item.cve_ref)
                rows.append(about(item, text("change.value-restored"), before=item.value, after=value))
            else:
                said = text("finding.batch-value-and-entry-differ.message-stays", value=item.value, entry=value)
                findings.append(
                    at(
                        item,
                        "batch-value-and-entry-differ",
                        said,
                        text("finding.batch-value-and-entry-differ.hint-stays"),
                    )
                )
    return Change(editor.document() if rows else document, tuple(rows), tuple(findings))


def _other_codebook(document: Document, source: Source) -> Finding | None:
    stated = document.header_property(CODEBOOK_PROPERTY)
    given = None if source.document is None else source.document.header_property(CODEBOOK_PROPERTY)
    if stated is None or given is None or stated.strip() == given.strip():
        return None
    said = text("finding.batch-other-codebook.message-labels", stated=stated.strip(), given=given.strip())
    return finding("batch-other-codebook", said, hint=text("finding.batch-other-codebook.hint-labels"))


def _repaired(vocabulary: Vocabulary, whole: Vocabulary) -> Vocabulary:
    """The vocabulary with what it lacks of `whole`; entries that are lost altogether come at their place there."""
    present = {entry.id: entry for entry in vocabulary.entries}
    entries = [_with_labels(present.pop(entry.id, None), entry) for entry in whole.entries]
    own = {code: described for code, described in vocabulary.descriptions.items() if code not in whole.descriptions}
    return replace(vocabulary, entries=(*entries, *present.values()), descriptions={**whole.descriptions, **own})


def _with_labels(entry: VocabularyEntry | None, whole: VocabularyEntry) -> VocabularyEntry:
    if entry is None:
        return replace(whole, ext_ref=None)
    values = {code: entry.values.get(code) or label for code, label in whole.values.items()}
    values |= {code: label for code, label in entry.values.items() if code not in values}
    return replace(entry, values=values, descriptions={**entry.descriptions, **whole.descriptions})


def _entry_rows(old: Vocabulary, new: Vocabulary) -> Iterator[Row]:
    before = {entry.id: entry for entry in old.entries}
    for entry in new.entries:
        had = before.get(entry.id)
        for code, label in entry.values.items():
            if had is None or not had.values.get(code):
                yield Row(text("change.label-restored"), after=f"{new.id}, {entry.id}, {code}: {label}")
        for code, described in entry.descriptions.items():
            if had is None or had.descriptions.get(code, "") != described:
                earlier = "" if had is None else had.descriptions.get(code, "")
                yield Row(
                    text("change.description-restored"),
                    before=earlier,
                    after=f"{new.id}, {entry.id}, {code}: {described}",
                )
    for code, described in new.descriptions.items():
        if old.descriptions.get(code, "") != described:
            yield Row(
                text("change.description-restored"),
                before=old.descriptions.get(code, ""),
                after=f"{new.id}, {code}: {described}",
            )
