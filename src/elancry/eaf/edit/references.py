"""Editing what tiers, annotations and vocabularies refer to: languages, locales, external references."""

from __future__ import annotations

from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import external_ref_element, language_element, make, set_attribute
from elancry.eaf.languages import label_of
from elancry.errors import UsageError
from elancry.texts import some, text

_EXTERNAL_KINDS = ("cve_id", "ecv", "iso12620", "lexen_id", "resource_url")


class LanguageEditor:
    """Adds content languages (LANGUAGE), and the input methods' LOCALE elements."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def add(self, language_id: str, label: str | None = None, definition: str | None = None) -> None:
        """Add a content language; `label` and `definition` (the URL of the language meant) default to ELAN's own.

        Languages came with EAF 2.8 (see `Editor.document` for older files). Raises UsageError for an id that is taken.
        """
        self._tree.insert_with_id(language_element(language_id, label or label_of(language_id), definition))
        self._tree.raise_format()

    def set_definition(self, language_id: str, definition: str) -> None:
        """Set the URL (LANG_DEF) that says which language of the file is meant. UsageError for an unknown language."""
        set_attribute(self._tree.require("LANGUAGE", language_id), "LANG_DEF", definition)

    def add_locale(self, language_code: str, country_code: str | None = None, variant: str | None = None) -> None:
        """Add a locale, which tiers name as DEFAULT_LOCALE. Raises UsageError for a code that is taken."""
        attributes = {"LANGUAGE_CODE": language_code, "COUNTRY_CODE": country_code, "VARIANT": variant}
        self._tree.insert_with_id(make("LOCALE", attributes))


class ExternalRefEditor:
    """Adds EXTERNAL_REF elements and changes where they lead."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def add(self, reference_id: str, kind: str, value: str) -> None:
        """Add an external reference; `kind` is `ecv`, `iso12620`, `cve_id`, `lexen_id` or `resource_url`.

        Raises UsageError for another kind and for an id that is taken.
        """
        if kind not in _EXTERNAL_KINDS:
            raise UsageError(
                text("eaf.reference-kind", kind=kind), hint=text("eaf.there-are", names=some(list(_EXTERNAL_KINDS)))
            )
        self._tree.insert_with_id(external_ref_element(reference_id, kind, value))

    def set_value(self, reference_id: str, value: str) -> None:
        """Let an external reference lead somewhere else. UsageError for one that is not in the file."""
        set_attribute(self._tree.require("EXTERNAL_REF", reference_id), "VALUE", value)
