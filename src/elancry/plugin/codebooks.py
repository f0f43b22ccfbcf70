"""The codebooks that *Check coding* offers: the built-in ones and those given at the installation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from elancry.codebook.load import builtin_names, builtin_path, find_codebook, load_codebook
from elancry.errors import UsageError

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
            raise UsageError(f"two codebooks would be called {name}", hint="Rename one of the files.")
        names.append(name)
        if path not in [builtin_path(known) for known in builtin_names()]:
            files[f"{FOLDER}/{name}.yaml"] = path.read_bytes()
    others = [name for name in builtin_names() if name not in names]
    return (*names, AUTOMATIC, *others) if names else (AUTOMATIC, *others), files
