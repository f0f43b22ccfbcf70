"""The template document: what ELAN makes a new file from."""

from __future__ import annotations

from elancry.codebook.languages import elan_language
from elancry.codebook.model import Codebook
from elancry.codebook.show import require_language
from elancry.eaf import Document, Editor, Vocabulary, new_document
from elancry.template.structure import plan_structure
from elancry.template.vocabularies import WRITTEN, vocabularies

CODEBOOK_PROPERTY = "elancry.codebook"
_EXTERNAL_REF = "er1"


def build_template(
    codebook: Codebook, *, language: str | None = None, external_cv: str | None = None, annotator: str | None = None
) -> Document:
    """A document with the codebook's tiers, types and vocabularies, and no annotations: the content of an `.etf`.

    `language` is that of the tiers, so of the values raters see (default: the codebook's first; UsageError for one
    that it has not). With `external_cv`, the URL of an `.ecv` file, the vocabularies are only referred to. `annotator`
    is set on every tier of a file that belongs to one rater.
    """
    tier_language = elan_language(require_language(codebook, language))
    structure = plan_structure(codebook)
    editor = new_document(date=WRITTEN).edit()
    editor.header.set_property(CODEBOOK_PROPERTY, codebook.stamp)
    _add_vocabularies(editor, codebook, external_cv)
    for planned_type in structure.types:
        editor.types.add(planned_type.id, constraint=planned_type.constraint, vocabulary=planned_type.vocabulary)
    for tier in structure.tiers:
        editor.tiers.add(
            tier.id,
            tier.type_id,
            parent=tier.parent,
            participant=tier.participant,
            annotator=annotator,
            lang_ref=tier_language,
        )
    return editor.document()


def _add_vocabularies(editor: Editor, codebook: Codebook, external_cv: str | None) -> None:
    for code in codebook.languages:
        editor.languages.add(elan_language(code))
    if external_cv is not None:
        editor.external_refs.add(_EXTERNAL_REF, "ecv", external_cv)
    for vocabulary in vocabularies(codebook):
        if external_cv is not None:
            vocabulary = Vocabulary(vocabulary.id, ext_ref=_EXTERNAL_REF)
        editor.vocabularies.add(vocabulary)
