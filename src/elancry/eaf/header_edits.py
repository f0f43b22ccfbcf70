"""Edits of what a file says of itself: author, date, media, properties, languages, external references."""

from __future__ import annotations

from lxml import etree

from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import external_ref_element, language_element, make, media_element, set_attribute, set_text
from elancry.eaf.languages import label_of
from elancry.eaf.parts import Media
from elancry.eaf.tree_edits import HEADER_ORDER, insert_ordered, remove_element
from elancry.errors import UsageError


class HeaderEdits(EditState):
    """The part of the editor for the header and the languages."""

    def set_author(self, text: str) -> None:
        """Set AUTHOR."""
        set_attribute(self._root, "AUTHOR", text)

    def set_date(self, text: str) -> None:
        """Set DATE, an xsd:dateTime such as `2024-04-17T12:00:00+02:00`."""
        set_attribute(self._root, "DATE", text)

    def set_property(self, name: str, value: str | None) -> None:
        """Set the first HEADER property of that name, or add one; `None` removes all of that name."""
        present = [element for element in self._root.iterfind("HEADER/PROPERTY") if element.get("NAME") == name]
        if value is None:
            for element in present:
                remove_element(element)
        elif present:
            set_text(present[0], value)
        else:
            insert_ordered(self._header, make("PROPERTY", {"NAME": name}, value), HEADER_ORDER)

    def add_media(
        self,
        url: str,
        mime_type: str | None,
        relative_url: str | None = None,
        time_origin_ms: int | None = None,
        extracted_from: str | None = None,
    ) -> None:
        """Link a media file behind those already linked; `url` is absolute (`file:///...`)."""
        media = Media(url, relative_url, mime_type, time_origin_ms, extracted_from)
        insert_ordered(self._header, media_element(media), HEADER_ORDER)

    def clear_media(self) -> None:
        """Unlink all media files; other linked files stay."""
        for element in list(self._root.iterfind("HEADER/MEDIA_DESCRIPTOR")):
            remove_element(element)

    def add_language(self, language_id: str, label: str | None = None, definition: str | None = None) -> None:
        """Add a content language; `label` and `definition` (the URL of the language meant) default to ELAN's own.

        A file older than EAF 2.8 cannot hold languages: it becomes one of EAF 3.0 (see `Editor.document`).
        """
        self._refuse_taken("LANGUAGE", "LANG_ID", language_id, "language")
        self._refuse_taken_id(language_id)
        element = language_element(language_id, label or label_of(language_id), definition)
        self._raise_format()
        self._insert(element)
        self._used_ids.add(language_id)

    def set_language_definition(self, language_id: str, definition: str) -> None:
        """Set the URL (LANG_DEF) that says which language of the file is meant."""
        element = self._require("LANGUAGE", "LANG_ID", language_id, "language")
        set_attribute(element, "LANG_DEF", definition)

    def add_external_ref(self, reference_id: str, kind: str, value: str) -> None:
        """Add an EXTERNAL_REF; `kind` is `ecv`, `iso12620`, `cve_id`, `lexen_id` or `resource_url`."""
        kinds = ("cve_id", "ecv", "iso12620", "lexen_id", "resource_url")
        if kind not in kinds:
            raise UsageError(f"{kind!r} is no kind of external reference", hint=f"There are: {', '.join(kinds)}.")
        self._refuse_taken("EXTERNAL_REF", "EXT_REF_ID", reference_id, "external reference")
        self._refuse_taken_id(reference_id)
        self._insert(external_ref_element(reference_id, kind, value))
        self._used_ids.add(reference_id)

    def _refuse_taken_id(self, name: str) -> None:
        if name in self._used_ids:
            raise UsageError(
                f"{self._label}the id {name!r} is taken: languages, annotations, time slots and external references "
                "share one set of ids",
                hint="Choose another id.",
            )

    @property
    def _header(self) -> etree._Element:
        found = self._root.find("HEADER")
        if found is None:
            found = make("HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
            self._insert(found)
        return found
