"""What raters open in ELAN, written from Python: the counterpart of the command `elancry template`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from pathlib import Path

from elancry.codebook.load import load_codebook
from elancry.codebook.model import Codebook
from elancry.errors import UsageError
from elancry.findings import Finding
from elancry.template import write
from elancry.texts import text


def write_templates(
    codebook: str | os.PathLike[str] | Codebook,
    folder: str | os.PathLike[str],
    *,
    media: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    raters: str | Iterable[str] = (),
    sequences: str | os.PathLike[str] | None = None,
    language: str | None = None,
    force: bool = False,
) -> list[Path]:
    """Write template, vocabularies, colours and coding manual of `codebook` to `folder`; returns the paths.

    `codebook` is a built-in name, a YAML file or a loaded codebook. With `media` (videos, folders or globs) and
    `raters`, a prepared file for every session and rater follows, pre-filled from the CSV `sequences` (session,
    sequence, start_ms, end_ms). What is odd in that table, a session without a video for example, is a UserWarning.

    Raises UsageError where one of media and raters is missing, InvalidInput for mistakes in the codebook or the table,
    OutputRefused where a file would be overwritten without `force` (a coded one never is).
    """
    book = codebook if isinstance(codebook, Codebook) else load_codebook(Path(codebook))
    videos = [Path(item) for item in ([media] if isinstance(media, str | os.PathLike) else media)]
    names = (raters,) if isinstance(raters, str) else tuple(raters)
    if bool(videos) != bool(names):
        raise UsageError(text("notebook.media-and-raters"), hint=text("notebook.media-and-raters-hint"))
    odd: list[Finding] = []
    prepared = None
    if videos:
        prepared = write.prepared_files(
            book,
            Path(folder),
            media=videos,
            raters=names,
            sequences=None if sequences is None else Path(sequences),
            language=language,
            force=force,
            tell=odd.append,
        )
    written = write.write_templates(book, Path(folder), language=language, prepared=prepared, force=force)
    for item in odd:
        warnings.warn(item.placed, stacklevel=2)
    return written
