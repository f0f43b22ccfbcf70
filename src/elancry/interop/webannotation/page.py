"""W3C Web Annotations (JSON-LD) as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words
from elancry.interop.webannotation.read import read_annotations
from elancry.interop.webannotation.write import KEPT, LOST, write_annotations
from elancry.texts import text

FORMAT = Format(
    name="webannotation",
    title=text("format.title.webannotation"),
    suffixes=(".jsonld", ".anno.json"),
    read=read_annotations,
    write=write_annotations,
    keeps_offsets=True,
    loses=(
        *lost_in_words(KEPT),
        text("format.loses.media-folder"),
        *further_in_words(LOST),
    ),
    not_understood=(
        text("format.ignores.web-no-time"),
        text("format.ignores.web-smpte"),
        text("format.ignores.web-bodies"),
        text("format.ignores.web-pages"),
    ),
)
