"""Editing the links to media files."""

from __future__ import annotations

from elancry.eaf.columns import query
from elancry.eaf.edit.header import header_of
from elancry.eaf.edit.placing import HEADER_ORDER, insert_ordered, remove_element
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import media_element, set_attribute
from elancry.eaf.parts import Media
from elancry.errors import UsageError
from elancry.texts import text


class MediaEditor:
    """Adds, changes and removes MEDIA_DESCRIPTOR elements."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def add(
        self,
        url: str,
        mime_type: str | None,
        relative_url: str | None = None,
        time_origin_ms: int | None = None,
        extracted_from: str | None = None,
    ) -> None:
        """Link a media file behind those already linked.

        `url` is absolute (`file:///...`); annotations' time 0 lies `time_origin_ms` behind the begin of the medium.
        """
        media = Media(url, relative_url, mime_type, time_origin_ms, extracted_from)
        insert_ordered(header_of(self._tree), media_element(media), HEADER_ORDER)

    def set(self, place: int, *, url: str, relative_url: str | None = None, mime_type: str | None = None) -> None:
        """Let the `place`-th medium (0 is the first) lie at `url`.

        A relative URL or MIME type that is `None` stays as it is; TIME_ORIGIN and all else stay. Raises UsageError
        where the file links no such medium.
        """
        media = list(self._tree.root.iterfind("HEADER/MEDIA_DESCRIPTOR"))
        if not 0 <= place < len(media):
            raise UsageError(text("eaf.no-medium", label=self._tree.label, number=place + 1, linked=len(media)))
        set_attribute(media[place], "MEDIA_URL", url)
        for name, value in (("RELATIVE_MEDIA_URL", relative_url), ("MIME_TYPE", mime_type)):
            if value is not None:
                set_attribute(media[place], name, value)

    def clear(self) -> None:
        """Unlink all media files; other linked files stay."""
        for element in list(self._tree.root.iterfind("HEADER/MEDIA_DESCRIPTOR")):
            remove_element(element)

    def shift_origins(self, by_ms: int) -> None:
        """Move the place in the media where the annotations' time 0 lies (TIME_ORIGIN), for media and linked files.

        Annotations then show what lies `by_ms` later in the recording, and their times stay. Raises UsageError where
        an origin would lie before the begin of its file, or is not a whole number.
        """
        elements = query("HEADER/MEDIA_DESCRIPTOR | HEADER/LINKED_FILE_DESCRIPTOR")(self._tree.root)
        origins = []
        for element in elements:
            written = (element.get("TIME_ORIGIN") or "0").strip()
            name = element.get("MEDIA_URL") or element.get("LINK_URL") or text("eaf.a-medium")
            where = {"label": self._tree.label, "medium": name}
            if not (written.isascii() and written.removeprefix("-").isdigit() and len(written) <= 15):
                raise UsageError(text("eaf.origin-not-a-number", written=written, **where))
            if int(written) + by_ms < 0:
                raise UsageError(
                    text("eaf.origin-before-begin", ms=-int(written) - by_ms, **where), hint=text("eaf.hint-shift-less")
                )
            origins.append(int(written) + by_ms)
        for element, origin in zip(elements, origins, strict=True):
            set_attribute(element, "TIME_ORIGIN", str(origin))
