"""The codebooks that *Check coding* offers, and which part of one a tier is.

There are the built-in ones and those given at the installation. ELAN does not say the name of a tier, so its values
have to say what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elancry.check.values import IntervalValues, RatingValues, Reading
from elancry.codebook.load import builtin_names, builtin_path, find_codebook, load_codebook
from elancry.codebook.model import Codebook, System
from elancry.errors import UsageError
from elancry.texts import text

AUTOMATIC = "automatic"
FOLDER = "codebooks"


def codebooks_in(folder: Path) -> dict[str, Path]:
    """Name -> YAML file: those that an installation put into `folder`, then the built-in ones."""
    # A Mac leaves a file ._x.yaml beside x.yaml on disks that are not its own.
    own = {path.stem: path for path in sorted((folder / FOLDER).glob("*.yaml")) if not path.name.startswith(".")}
    return {**own, **{name: builtin_path(name) for name in builtin_names() if name not in own}}


def to_install(given: Sequence[str]) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """The names that the form offers, the preset one first, and the files to put into the extension's folder.

    `given` are files and names of built-in codebooks. Raises UnreadableInput or InvalidInput for one that cannot be
    used, UsageError for two of one name.
    """
    names: list[str] = []
    files: dict[str, bytes] = {}
    for source in given:
        load_codebook(source)
        path = find_codebook(source)
        # ELAN splits its list of choices on blanks.
        name = re.sub(r"[^\w.-]+", "_", path.stem).strip("_") or "codebook"
        if name in names or name == AUTOMATIC:
            raise UsageError(text("plugin.two-codebooks", name=name), hint=text("plugin.two-codebooks-hint"))
        names.append(name)
        if path not in [builtin_path(known) for known in builtin_names()]:
            files[f"{FOLDER}/{name}.yaml"] = path.read_bytes()
    others = [name for name in builtin_names() if name not in names]
    return (*names, AUTOMATIC, *others) if names else (AUTOMATIC, *others), files


@dataclass(frozen=True)
class Meaning:
    """A tier is taken for intervals or ratings of `system`; `known` of its values mean something there."""

    system: System
    is_rating: bool
    known: int

    def reader(self) -> Callable[[str], Reading]:
        """What a value means."""
        read = RatingValues(self.system).read if self.is_rating else IntervalValues(self.system).read
        return lambda value: read(value, None)


def best_meaning(codebook: Codebook, values: Sequence[str]) -> Meaning | None:
    """What most of the values fit, the earlier of equals; `None` where nothing fits.

    Where the codebook has one system and no ratings there is no choice, so every value is held against it.
    """
    found = max(meanings(codebook, values), key=lambda item: item.known, default=None)
    if found is not None and (found.known or (len(codebook.systems) == 1 and not found.system.has_ratings)):
        return found
    return None


def best_codebook(codebooks: Sequence[Codebook], values: Sequence[str]) -> Codebook | None:
    """The codebook that most of the values fit, the earlier of equals; `None` where no value is in any."""

    def fit(codebook: Codebook) -> int:
        kinds = list(meanings(codebook, values))
        return sum(item.known for item in kinds if not item.is_rating) or max((item.known for item in kinds), default=0)

    fits = [fit(codebook) for codebook in codebooks]
    return codebooks[fits.index(max(fits))] if any(fits) else None


def meanings(codebook: Codebook, values: Sequence[str]) -> Iterator[Meaning]:
    """Everything that a tier with these values could be, with how many of them fit."""
    for system in codebook.systems:
        if system.has_intervals:
            codes = IntervalValues(system)
            yield Meaning(system, False, sum(codes.read(value, None).category is not None for value in values))
        if system.has_ratings:
            scale = RatingValues(system)
            yield Meaning(system, True, sum(scale.read(value, None).category is not None for value in values))
