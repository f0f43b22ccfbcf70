"""From the codebook to the files in the output folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from elancry.choices import DEFAULT_PATTERN
from elancry.codebook.load import find_codebook
from elancry.codebook.model import Codebook
from elancry.codebook.show import require_language
from elancry.eaf.media_length import length_ms
from elancry.errors import OutputRefused, UsageError
from elancry.files import make_folder, write_keeping
from elancry.findings import Finding
from elancry.paths import real_path
from elancry.seeds import DEFAULT_SEED
from elancry.template.assignment import Assignment, check_raters, everybody, overlapping, read_assignment
from elancry.template.build import build_template
from elancry.template.manual import manual_pages
from elancry.template.media import SessionMedia, file_url, find_media, group_by_session, refuse_unlinkable
from elancry.template.preferences import build_preferences
from elancry.template.prepare import check_pattern, file_name, prepare_file
from elancry.template.safekeeping import write_files
from elancry.template.sequences import PlannedSequence, read_sequences
from elancry.template.vocabularies import build_ecv
from elancry.texts import some, text

ASSIGNMENT_FILE = "assignment.csv"


def template_files(
    codebook: Codebook, *, language: str | None = None, external_cv: str | None = None
) -> dict[str, bytes]:
    """Name -> content of the files that a study leader hands out; the same codebook gives the same bytes always.

    `ID.etf`, `ID.ecv`, `ID.pfsx`, `manual.html` in `language` (default: the codebook's first) and `manual.CODE.html` in
    each of its other languages. `external_cv` is the URL of the `.ecv` that the template is to refer to.
    """
    chosen = require_language(codebook, language)
    return {
        f"{codebook.id}.etf": build_template(codebook, language=chosen, external_cv=external_cv).to_bytes(),
        f"{codebook.id}.ecv": build_ecv(codebook).to_bytes(),
        f"{codebook.id}.pfsx": build_preferences(codebook).to_bytes(),
        **manual_pages(codebook, language=chosen),
    }


def write_templates(
    codebook: Codebook,
    out_dir: Path,
    *,
    language: str | None = None,
    external_cv: bool = False,
    prepared: Mapping[str, bytes] | None = None,
    force: bool = False,
) -> list[Path]:
    """Write the files of `template_files`, and those of `prepared_files` if given, to `out_dir`; returns their paths.

    With `external_cv` the template refers to the `.ecv` in `out_dir` by its absolute URL instead of holding the
    vocabularies. OutputRefused for files that would be overwritten without `force`; UsageError for a language that the
    codebook does not have.
    """
    url = vocabulary_url(codebook, out_dir) if external_cv else None
    files = template_files(codebook, language=language, external_cv=url)
    return write_files(out_dir, {**files, **(prepared or {})}, force=force)


def prepared_files(
    codebook: Codebook,
    out_dir: Path,
    *,
    media: Sequence[Path],
    raters: Sequence[str],
    sequences: Path | None = None,
    language: str | None = None,
    pattern: str = DEFAULT_PATTERN,
    force: bool = False,
    overlap: float | None = None,
    assign: Path | None = None,
    seed: int = DEFAULT_SEED,
    external_cv: bool = False,
    tell: Callable[[Finding], object] = lambda _: None,
) -> dict[str, bytes]:
    """Name -> content of an `.eaf` with its `.pfsx` for every session and the raters who code it, made for `out_dir`.

    `media` are files, folders or globs; those of one session are linked in one file (see `group_by_session`).
    `sequences` is the table to pre-fill from, `assign` a table of who codes what, `overlap` the share of sessions that
    all raters code, drawn from `seed` and written to `assignment.csv`; without either, everybody codes everything.
    With `external_cv` the files refer to the `.ecv` that `write_templates` puts into `out_dir`. `tell` gets every
    warning about `sequences`.
    Raises UsageError, InvalidInput, UnreadableInput and OutputRefused, each in words.
    """
    roster = check_raters(raters)
    check_pattern(pattern)
    require_language(codebook, language)
    if assign is not None and overlap is not None:
        raise UsageError(text("template.assign-or-overlap"), hint=text("template.assign-or-overlap-hint"))
    by_session = {item.session: item for item in group_by_session(find_media(media), codebook.media_patterns)}
    names = tuple(by_session)
    if assign is not None:
        assignment = read_assignment(assign, names, roster)
    elif overlap is not None:
        assignment = overlapping(names, roster, overlap, seed=seed)
    else:
        assignment = everybody(names, roster)
    lengths = _lengths(by_session.values())
    planned, warnings = read_sequences(sequences, names, lengths) if sequences is not None else ({}, ())
    for item in warnings:
        tell(item)
    url = vocabulary_url(codebook, out_dir) if external_cv else None
    files = _prepared_files(
        codebook, out_dir, by_session, assignment, planned, language=language, pattern=pattern, external_cv=url
    )
    if overlap is not None:
        files[ASSIGNMENT_FILE] = _assignment_table(assignment)
        if not force:
            _refuse_other_assignment(out_dir / ASSIGNMENT_FILE, assignment)
    return files


def write_prepared(codebook: Codebook, out_dir: Path, *, force: bool = False, **choices: Any) -> list[Path]:
    """Write the files of `prepared_files`, which takes the same `choices`; returns the paths.

    A file that holds annotations is never overwritten, nor is anything written then. Raises what `prepared_files` does.
    """
    return write_files(out_dir, prepared_files(codebook, out_dir, force=force, **choices), force=force)


def copy_codebook(source: str | Path, output: Path, *, force: bool = False) -> Path:
    """Copy the YAML file of a built-in codebook (or any other) byte for byte, comments included, to own and change.

    `output` is a folder, or the name of a `.yaml` file. OutputRefused where a file stands there and `force` is not
    given.
    """
    path = find_codebook(source)
    target = output if output.suffix.lower() in (".yaml", ".yml") else output / path.name
    content = path.read_bytes()
    if target.exists() and not force and target.read_bytes() != content:
        raise OutputRefused(text("template.exists", path=str(target)), hint=text("template.exists-hint"))
    try:
        make_folder(target.parent)
    except OSError as error:
        raise OutputRefused(
            text("template.folder-not-made", path=str(target.parent), reason=error.strerror or str(error)),
            hint=text("template.folder-not-made-hint"),
        ) from error
    write_keeping(target, content)
    return target


def vocabulary_url(codebook: Codebook, out_dir: Path) -> str:
    """The absolute URL of the `.ecv` file in `out_dir`; UsageError where none can lead there."""
    path = real_path(out_dir / f"{codebook.id}.ecv")
    refuse_unlinkable(path)
    return file_url(path)


def _prepared_files(
    codebook: Codebook,
    out_dir: Path,
    media: Mapping[str, SessionMedia],
    assignment: Assignment,
    sequences: Mapping[str, tuple[PlannedSequence, ...]],
    *,
    language: str | None,
    pattern: str,
    external_cv: str | None,
) -> dict[str, bytes]:
    preferences = build_preferences(codebook).to_bytes()
    files: dict[str, bytes] = {}
    owners: dict[str, tuple[str, str]] = {}
    for session, raters in assignment.items():
        for rater in raters:
            name = file_name(pattern, session, rater)
            other = owners.setdefault(name.casefold(), (session, rater))
            if other != (session, rater):
                raise UsageError(
                    text(
                        "template.pattern-same-name",
                        pattern=pattern,
                        name=name,
                        first=other[0],
                        first_rater=other[1],
                        second=session,
                        second_rater=rater,
                    ),
                    hint=text("template.pattern-same-name-hint"),
                )
            document = prepare_file(
                codebook,
                rater=rater,
                media=media[session].files,
                folder=(out_dir / name).parent,
                sequences=sequences.get(session, ()),
                language=language,
                external_cv=external_cv,
            )
            files[f"{name}.eaf"] = document.to_bytes()
            files[f"{name}.pfsx"] = preferences
    return files


def _lengths(media: Iterable[SessionMedia]) -> dict[str, int]:
    """Session -> length of its longest medium in ms, where the header of one says."""
    found: dict[str, int] = {}
    for item in media:
        known = [length for length in map(length_ms, item.files) if length is not None]
        if known:
            found[item.session] = max(known)
    return found


def _refuse_other_assignment(path: Path, assignment: Assignment) -> None:
    """OutputRefused where sessions that were dealt out before would go to others, who may have begun to code."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return
    before: dict[str, set[str]] = {}
    for row in rows:
        before.setdefault(row.get("session") or "", set()).add(row.get("rater") or "")
    moved = [name for name, raters in assignment.items() if name in before and before[name] != set(raters)]
    if moved:
        raise OutputRefused(
            text("template.other-assignment", path=str(path), sessions=some(moved, 5)),
            hint=text("template.other-assignment-hint"),
        )


def _assignment_table(assignment: Assignment) -> bytes:
    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(("session", "rater"))
    rows.writerows((session, rater) for session, raters in assignment.items() for rater in raters)
    return table.getvalue().encode("utf-8")
