"""BORIS projects (.boris, .boris.gz) as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.boris.read import read_project
from elancry.interop.boris.write import KEPT, LOST, gather_project
from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words

FORMAT = Format(
    name="boris",
    title="BORIS project",
    suffixes=(".boris", ".boris.gz"),
    read=read_project,
    gather=gather_project,
    loses=(
        *lost_in_words(KEPT),
        *further_in_words(LOST),
    ),
    not_understood=(
        "State events that have no stop; each is a finding with its time.",
        "Events without a time, as observations of images have them.",
        "Events before the start of the medium.",
        "Media after the first of a player, and the shift of one player against another.",
        "Keys, colours, exclusions, coding maps, converters, and modifiers that no event has.",
    ),
)
