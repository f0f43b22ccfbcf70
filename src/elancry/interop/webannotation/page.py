"""W3C Web Annotations (JSON-LD) as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words
from elancry.interop.webannotation.read import read_annotations
from elancry.interop.webannotation.write import KEPT, LOST, write_annotations

FORMAT = Format(
    name="webannotation",
    title="W3C Web Annotation (JSON-LD)",
    suffixes=(".jsonld", ".anno.json"),
    read=read_annotations,
    write=write_annotations,
    loses=(
        *lost_in_words(KEPT),
        "The folder of media.",
        *further_in_words(LOST),
    ),
    not_understood=(
        "Annotations without a time: on images, on text, on a whole medium.",
        "Times as SMPTE or wall clock; areas of the picture.",
        "Bodies that are no text; all but the first target of an annotation.",
        "Further pages of a collection, which lie elsewhere: nothing is fetched.",
    ),
)
