"""Shift all times of a file: of the annotations, or of where their time 0 lies in the recording.

0        1 s       2 s                     0        1 s       2 s
|         |---A----|         by +500:      |             |---A----|
|         |--------|         by -1500:  before 0: refused, or with clip:
                                           |--A-|
"""

from __future__ import annotations

from dataclasses import dataclass

from elancry.eaf import Annotation, Document, Editor
from elancry.edit.change import Change, Row, about, at
from elancry.edit.operation import option
from elancry.errors import InvalidInput, UsageError
from elancry.spans import format_ms
from elancry.texts import text
from elancry.times import parse_ms


def signed_ms(typed: str) -> int:
    """Milliseconds from milliseconds or h:mm:ss.mmm, with or without a sign; ValueError for anything else."""
    plain = typed.strip().replace("\N{MINUS SIGN}", "-")
    sign = -1 if plain.startswith("-") else 1
    return sign * parse_ms(plain.removeprefix("-").removeprefix("+"))


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many ms, positive is later. With `clip`, what would lie before 0 is cut or removed."""

    by_ms: int = option("--by", text("batch.shift-times.by"), metavar="TIME", read=signed_ms)
    clip: bool = option("--clip", text("batch.shift-times.clip"), default=False)
    origin: bool = option("--media", text("batch.shift-times.media"), default=False)

    def __post_init__(self) -> None:
        """Raise UsageError for choices that contradict each other."""
        if self.clip and self.origin:
            raise UsageError(text("edit.clip-and-media"), hint=text("edit.hint-one-of-two"))


def shift_times(document: Document, choices: Shift) -> Change:
    """Move all annotations by the same time.

    A file in which an annotation would begin before 0 is refused, with every such annotation, unless --clip is given.

    Examples:  elancry batch shift-times coded -o shifted --by 1500   (1.5 s later)

               elancry batch shift-times coded -o shifted --by -0:01:10.000 --clip
    """
    if choices.by_ms == 0:
        return Change(document)
    if choices.origin:
        return _shift_origins(document, choices.by_ms)
    own = [item for tier in document.tiers for item in document.annotations(tier.id) if _has_times(item)]
    early = [item for item in own if item.start_ms + choices.by_ms < 0]
    if early and not choices.clip:
        findings = [
            at(
                item,
                "batch-before-start",
                text(
                    "finding.batch-before-start.message",
                    value=item.value,
                    start_ms=format_ms(item.start_ms + choices.by_ms),
                ),
                text("finding.batch-before-start.hint"),
            )
            for item in early
        ]
        raise InvalidInput(text("edit.before-start", n=len(early)), findings)
    return _shift_slots(document, own, choices.by_ms)


def _shift_slots(document: Document, own: list[Annotation], by_ms: int) -> Change:
    # Unaligned annotations lie between their neighbours, wherever these go.
    leaving = [item for item in own if item.aligned and item.end_ms + by_ms <= 0 and item.start_ms + by_ms < 0]
    editor = document.edit()
    _remove(editor, leaving)
    editor.annotations.shift(by_ms)
    after = editor.document()
    rows: list[Row] = []
    for tier in document.tiers:
        old, new = document.annotations(tier.id), after.annotations(tier.id)
        if len(old) == len(new):
            pairs: list[tuple[Annotation, Annotation | None]] = list(zip(old, new, strict=True))
        else:
            left = {item.id: item for item in new}
            pairs = [(item, left.get(item.id)) for item in old]
        rows += [row for item, now in pairs if (row := _row(item, now, by_ms)) is not None]
    return Change(after, tuple(rows)) if rows else Change(document)


def _row(item: Annotation, now: Annotation | None, by_ms: int) -> Row | None:
    if now is None:
        return about(item, text("change.annotation-before-start-removed"), before=item.value)
    if item.parent is not None or (item.start_ms, item.end_ms) == (now.start_ms, now.end_ms):
        return None
    what = text("change.times-cut") if item.start_ms + by_ms < 0 else text("change.times-shifted")
    before, after = (f"{format_ms(it.start_ms)} - {format_ms(it.end_ms)}" for it in (item, now))
    return about(now, what, before=before, after=after)


def _remove(editor: Editor, leaving: list[Annotation]) -> None:
    """Remove annotations with what refers to them or lies in them."""
    nameless = next((item for item in leaving if not item.id), None)
    if nameless is not None:
        raise UsageError(text("edit.before-start-nameless", tier=nameless.tier), hint=text("edit.hint-remove-in-elan"))
    editor.annotations.remove(*[item.id for item in leaving])


def _shift_origins(document: Document, by_ms: int) -> Change:
    if not document.media:
        return Change(document)
    editor = document.edit()
    editor.media.shift_origins(by_ms)
    after = editor.document()
    rows = tuple(
        Row(text("change.origin-shifted"), before=_origin(old.time_origin_ms), after=_origin(new.time_origin_ms))
        for old, new in zip(document.media, after.media, strict=True)
    )
    return Change(after, rows)


def _has_times(item: Annotation) -> bool:
    """Whether an annotation has times of its own: no reference, and not one that leads nowhere, read as empty at 0."""
    return item.parent is None and item.previous is None and (item.aligned or item.end_ms > 0)


def _origin(ms: int | None) -> str:
    return format_ms(ms or 0)
