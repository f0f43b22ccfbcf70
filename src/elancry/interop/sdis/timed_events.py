"""GSEQ's SDIS, timed event data (.sds), as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words
from elancry.interop.sdis.read import read_sdis
from elancry.interop.sdis.write import KEPT, LOST, gather_sdis, write_sdis
from elancry.texts import text

FORMAT = Format(
    name="sdis",
    title=text("format.title.sdis"),
    suffixes=(".sds",),
    read=read_sdis,
    write=write_sdis,
    gather=gather_sdis,
    loses=(
        *lost_in_words(KEPT),
        text("format.loses.sdis-hundredths"),
        text("format.loses.sdis-words"),
        *further_in_words(LOST),
    ),
    not_understood=(
        text("format.ignores.sdis-kinds"),
        text("format.ignores.sdis-start"),
        text("format.ignores.sdis-units"),
    ),
)
