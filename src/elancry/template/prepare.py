"""The prepared file: a rater opens it and codes."""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path

from elancry.codebook.model import Codebook
from elancry.codebook.names import file_name_problem
from elancry.eaf import Document
from elancry.errors import UsageError
from elancry.paths import real_path
from elancry.template.build import build_template
from elancry.template.media import file_url, mime_type, relative_url
from elancry.template.sequences import PlannedSequence
from elancry.texts import text

FIELDS = ("session", "rater")


def prepare_file(
    codebook: Codebook,
    *,
    rater: str,
    media: Sequence[Path],
    folder: Path,
    sequences: Sequence[PlannedSequence] = (),
    language: str | None = None,
    external_cv: str | None = None,
) -> Document:
    """The document that `rater` codes a session in: template, media linked, rater on every tier, sequences in place.

    `folder` is where the file will lie; the relative URLs start there. `external_cv` is the URL of an `.ecv` to refer
    to instead of holding the vocabularies. UsageError where there are sequences but the
    codebook has no tier for them.
    """
    editor = build_template(codebook, language=language, external_cv=external_cv, annotator=rater).edit()
    for path in media:
        editor.media.add(file_url(real_path(path)), mime_type(path), relative_url(path, folder))
    if sequences and codebook.sequence_tier is None:
        raise UsageError(
            text("template.sequences-without-tier", codebook=codebook.id),
            hint=text("template.sequences-without-tier-hint"),
        )
    for sequence in sorted(sequences):
        editor.annotations.add(str(codebook.sequence_tier), sequence.start_ms, sequence.end_ms, sequence.id)
    return editor.document()


def check_pattern(pattern: str) -> None:
    """Raise UsageError unless `pattern` names both `{session}` and `{rater}`, nothing else, and stays in the folder."""
    try:
        parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
        fields = [str(name) for _, name, _, _ in parts]
    except ValueError as error:
        raise UsageError(text("template.pattern-unreadable", pattern=pattern)) from error
    if sorted(fields) != sorted(FIELDS) or any(form or conversion for _, _, form, conversion in parts):
        raise UsageError(text("template.pattern-fields", pattern=pattern), hint=text("template.pattern-fields-hint"))
    # What the fields will hold is looked at where it comes from; here only the text around them.
    names = pattern.format(session="s", rater="r").split("/")
    for name in names:
        problem = file_name_problem(name)
        if problem is not None:
            raise UsageError(
                text("template.pattern-names", pattern=pattern, name=name, problem=problem),
                hint=text("template.pattern-names-hint"),
            )


def file_name(pattern: str, session: str, rater: str) -> str:
    """The name without suffix that `pattern` gives the file of `session` and `rater`; may hold folders."""
    return pattern.format(session=session, rater=rater)
