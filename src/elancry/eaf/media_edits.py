"""Edits of links to media that are there already: another place, everything else about the medium as it was."""

from __future__ import annotations

from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import set_attribute
from elancry.errors import UsageError


class MediaEdits(EditState):
    """The part of the editor that changes links to media."""

    def set_media(self, place: int, *, url: str, relative_url: str | None = None, mime_type: str | None = None) -> None:
        """Let the `place`-th medium (0 is the first) lie at `url`.

        A relative URL or MIME type that is `None` stays as it is; TIME_ORIGIN and all else stay.
        """
        media = list(self._root.iterfind("HEADER/MEDIA_DESCRIPTOR"))
        if not 0 <= place < len(media):
            raise UsageError(f"{self._label}there is no medium {place + 1}: the file links {len(media)}")
        set_attribute(media[place], "MEDIA_URL", url)
        for name, value in (("RELATIVE_MEDIA_URL", relative_url), ("MIME_TYPE", mime_type)):
            if value is not None:
                set_attribute(media[place], name, value)
