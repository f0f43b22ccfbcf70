"""Reading a codebook out of a folder of coded files, into a YAML file that a researcher can edit and own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from elancry.errors import OutputRefused, UnreadableInput, UsageError
from elancry.files import write_keeping
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.codebook.model import Codebook
    from elancry.eaf import Document


def extract_to_file(
    paths: Sequence[Path],
    output: Path,
    *,
    tiers: Sequence[str] | None,
    ratings: Sequence[str] | None = None,
    sequence_tier: str | None,
    force: bool = False,
) -> tuple[Codebook, list[Text], list[Text | str]]:
    """Write the codebook found in `paths` to `output`; returns it, a line for every file that cannot
    be read, and what is to be said of external vocabularies. An .ecv file among `paths` is read itself.

    Raises OutputRefused for an existing file without `force`; UsageError where there are no files, or no coded tier.
    """
    from elancry.check.external import external_vocabularies
    from elancry.check.roster import find_files
    from elancry.codebook.dump import dump_codebook
    from elancry.codebook.extract import extract_codebook
    from elancry.codebook.from_ecv import is_ecv, vocabulary_document
    from elancry.eaf import read_ecv
    from elancry.eaf.ecv import read_coded, search_folders

    if output.exists() and not force:
        raise OutputRefused(text("codebook.output-there", path=str(output)), hint=text("codebook.output-there-hint"))
    unreadable: list[Text] = []

    notes: dict[Text | str, None] = {}
    coded = [path for path in paths if not is_ecv(path)]

    def documents() -> Iterator[Document]:
        for path in paths:
            if is_ecv(path):
                yield vocabulary_document(read_ecv(path))
        for path, name in find_files(coded).files if coded else ():
            try:
                document = read_coded(path, name)
            except UnreadableInput as error:
                unreadable.append(text("codebook.left-out", name=name, problem=error.message))
                continue
            found = external_vocabularies(document, search_folders(path, name))
            notes.update(dict.fromkeys(item.said for item in found))
            yield document

    try:
        book = extract_codebook(documents(), tiers=tiers, ratings=ratings, sequence_tier=sequence_tier)
    except UsageError:
        if unreadable:  # what is asked for may be in one of them
            raise UnreadableInput("\n".join(map(str, unreadable))) from None
        raise
    if not book.systems and unreadable:
        raise UnreadableInput("\n".join(map(str, unreadable)))
    if not book.systems:
        raise UsageError(text("codebook.nothing-coded"), hint=text("codebook.nothing-coded-hint"))
    write_keeping(output, dump_codebook(book).encode("utf-8"))
    return book, unreadable, list(notes)
