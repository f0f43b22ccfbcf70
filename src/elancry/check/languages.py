"""Will ELAN keep the languages of these files, and did it keep them?

ELAN drops a language that it cannot read, or that it knows by another LANG_DEF, with all texts of the vocabularies in
that language (see `elancry.eaf.languages`); once the file is saved they are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from elancry.codebook.languages import elan_language, nearest_language
from elancry.codebook.load import builtin_with_stamp
from elancry.codebook.model import Codebook
from elancry.eaf import Document
from elancry.eaf.languages import elan_accepts, known_definition, label_of
from elancry.findings import Finding, finding
from elancry.texts import text


@dataclass(frozen=True, slots=True)
class FileLanguages:
    """The languages of a file: LANG_ID -> LANG_DEF (`""` for none), and those of the texts of each vocabulary."""

    definitions: Mapping[str, str] = field(default_factory=dict)
    spoken: Mapping[str, frozenset[str]] = field(default_factory=dict)


def languages_of(document: Document) -> FileLanguages:
    """The languages of a document; vocabularies that lie outside it, and those before EAF 2.8, have none."""
    spoken = {
        vocabulary.id: frozenset(
            language for entry in vocabulary.entries for language, value in entry.values.items() if language and value
        )
        for vocabulary in document.vocabularies
        if vocabulary.ext_ref is None and not any("" in entry.values for entry in vocabulary.entries)
    }
    return FileLanguages(dict(document.language_definitions), spoken)


def refused(languages: FileLanguages) -> Iterator[Finding]:
    """Is a vocabulary written in a language that ELAN refuses?"""
    for name in sorted(frozenset().union(*languages.spoken.values())):
        definition, known = languages.definitions.get(name, ""), known_definition(name)
        hint = text("finding.language-lost.hint")
        if not elan_accepts(name):
            close = nearest_language(name)
            said = text("finding.language-refused.message-id", language=name)
            hint = text("finding.language-refused.hint-id", language=None if close is None else elan_language(close))
        elif not definition:
            said = text("finding.language-refused.message-undefined", language=label_of(name))
        elif known is not None and definition != known:
            said = text(
                "finding.language-refused.message-otherwise", language=label_of(name), given=definition, known=known
            )
        else:
            continue
        yield finding("language-refused", said, hint=hint)


def contradicting(files: Mapping[str, FileLanguages]) -> Iterator[Finding]:
    """Do two files of a study define one language differently? `files` go by name."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, languages in files.items():
        for language, definition in languages.definitions.items():
            if definition:
                found.setdefault(language, {}).setdefault(definition, []).append(name)
    for language, definitions in sorted(found.items()):
        if len(definitions) > 1:
            each = [
                text("finding.languages-differ.definition-in", definition=definition, files=_shortened(names))
                for definition, names in definitions.items()
            ]
            said = text("finding.languages-differ.message", language=label_of(language), definitions=each)
            yield finding("languages-differ", said, hint=text("finding.language-lost.hint"))


def _shortened(names: Sequence[str]) -> list[str]:
    return [*names[:3], "..."] if len(names) > 3 else list(names)


def lost(files: Mapping[str, tuple[str | None, FileLanguages]], codebook: Codebook) -> Iterator[Finding]:
    """Did a vocabulary lose a language since the file was made?

    `files` go by name, with the codebook that each states. What a vocabulary had is known from that codebook, where it
    is `codebook` or a built-in one, and from the other files that state the same.
    """
    had: dict[str, dict[str, set[str]]] = {}
    for stated, languages in files.values():
        if stated:
            known = had.setdefault(stated, {name: set(spoken) for name, spoken in _made_with(stated, codebook).items()})
            for name, spoken in languages.spoken.items():
                known.setdefault(name, set()).update(spoken)
    for file, (stated, languages) in files.items():
        missing: dict[str, list[str]] = {}
        for name, spoken in languages.spoken.items():
            for language in sorted(had.get(stated or "", {}).get(name, set()) - spoken):
                missing.setdefault(language, []).append(name)
        for language, names in missing.items():
            said = text("finding.language-lost.message", language=label_of(language), vocabularies=names)
            yield finding("language-lost", said, hint=text("finding.language-lost.hint"), file=file)


def _made_with(stated: str, codebook: Codebook) -> Mapping[str, Sequence[str]]:
    """Vocabulary -> languages in files made with the codebook that a file states; empty where it is not known."""
    if not codebook.extracted and stated.strip() == codebook.stamp:
        return _vocabularies(codebook)
    built_in = builtin_with_stamp(stated)
    return {} if built_in is None else _vocabularies(built_in[1])


def _vocabularies(codebook: Codebook) -> dict[str, Sequence[str]]:
    spoken = [elan_language(code) for code in codebook.languages]
    names = [name for system in codebook.systems for name in (system.id, system.rating_vocabulary)]
    return dict.fromkeys(names, spoken)
