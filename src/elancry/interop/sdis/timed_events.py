"""GSEQ's SDIS, timed event data (.sds), as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words
from elancry.interop.sdis.read import read_sdis
from elancry.interop.sdis.write import KEPT, LOST, gather_sdis, write_sdis

FORMAT = Format(
    name="sdis",
    title="GSEQ timed event data (SDIS)",
    suffixes=(".sds",),
    read=read_sdis,
    write=write_sdis,
    gather=gather_sdis,
    loses=(
        *lost_in_words(KEPT),
        "Times finer than a hundredth of a second.",
        "Values that are no short words: a code that resembles them stands in the data, and the value in a comment "
        "where elancry finds it again.",
        *further_in_words(LOST),
    ),
    not_understood=(
        "Event, State, Interval and Multievent data: they have no onset and offset times.",
        "The start of a session; its end serves for codes without an offset.",
        "Time units other than seconds and milliseconds.",
    ),
)
