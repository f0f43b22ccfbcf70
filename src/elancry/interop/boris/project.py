"""BORIS projects (.boris, .boris.gz) as a format of `elancry convert`."""

from __future__ import annotations

from elancry.interop.boris.read import read_project
from elancry.interop.boris.write import KEPT, LOST, gather_project
from elancry.interop.format import Format
from elancry.interop.further_losses import further_in_words
from elancry.interop.losses import lost_in_words
from elancry.texts import text

FORMAT = Format(
    name="boris",
    title=text("format.title.boris"),
    suffixes=(".boris", ".boris.gz"),
    read=read_project,
    gather=gather_project,
    loses=(
        *lost_in_words(KEPT),
        *further_in_words(LOST),
    ),
    not_understood=(
        text("format.ignores.boris-unpaired"),
        text("format.ignores.boris-no-time"),
        text("format.ignores.boris-early"),
        text("format.ignores.boris-media"),
        text("format.ignores.boris-rest"),
    ),
)
