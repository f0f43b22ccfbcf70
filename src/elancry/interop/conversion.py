"""One file from one format to another: bytes in, named bytes and findings out. No look at the disk.

Every way leads through documents, `.eaf` itself included. Names that stand in a file become names of files only after
`stem_for` made them harmless.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from elancry.eaf.document import Document
from elancry.eaf.read import parse_eaf
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding
from elancry.interop.format import Choices, Format, Read
from elancry.interop.formats import EAF, format_names, load_format
from elancry.interop.losses import choice_findings, chosen_tiers
from elancry.interop.medium_times import on_medium
from elancry.interop.stems import stem_for
from elancry.texts import some, text

Complete = Callable[[Document], Document]
EAF_SUFFIXES = (".eaf", ".etf")
_HEAD = 1000


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one file: `files` by name relative to where it is written, and how much there is in them."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    documents: int
    tiers: int
    annotations: int


def names_for(what: str) -> tuple[str, ...]:
    """Names of the formats that can be `read`, `written` or `gathered` (many recordings in one file)."""
    formats = {name: load_format(name) for name in format_names()}
    if what == "read":
        return (EAF, *(name for name, form in formats.items() if form.read is not None))
    if what == "written":
        return (EAF, *(name for name, form in formats.items() if form.write is not None or form.gather is not None))
    return tuple(name for name, form in formats.items() if form.gather is not None)


def format_of_name(name: str, what: str) -> str | None:
    """The format that a file name's suffix stands for among those that can be `read` or `written`; `None` for none.

    Raises UsageError where several formats share the suffix.
    """
    lower = name.lower()
    if lower.endswith(EAF_SUFFIXES if what == "read" else EAF_SUFFIXES[:1]):
        return EAF
    found: dict[str, list[str]] = {}
    for candidate in names_for(what)[1:]:
        for suffix in load_format(candidate).suffixes:
            if lower.endswith(suffix.lower()):
                found.setdefault(suffix.lower(), []).append(candidate)
    if not found:
        return None
    names = found[max(found, key=len)]
    if len(names) > 1:
        option = "--from" if what == "read" else "--to"
        raise UsageError(
            text("convert.several-formats", name=name),
            hint=text("convert.several-formats-hint", option=option, names=names),
        )
    return names[0]


def stem_of(name: str, source: str) -> str:
    """A file name without the suffix of its format, `x.boris.tsv` -> `x`, or else without its last one."""
    suffixes = EAF_SUFFIXES if source == EAF else load_format(source).suffixes
    fitting = [suffix for suffix in suffixes if name.lower().endswith(suffix.lower())]
    return name[: -len(max(fitting, key=len))] if fitting else name.rpartition(".")[0] or name


def read_documents(
    data: bytes, name: str, source: str, choices: Choices, complete: Complete = lambda document: document
) -> Read:
    """The documents of a file, by stem; `complete` gives an .eaf what lies outside it, its external vocabularies.

    Where the reader refuses a file that begins like one of another format, the hint names that format.
    """
    if source == EAF:
        return Read({stem_of(name, EAF): complete(parse_eaf(data, name))})
    reader = load_format(source).read
    if reader is None:
        raise UsageError(text("convert.cannot-read", title=load_format(source).title))
    try:
        return reader(data, name, choices)
    except UnreadableInput as error:
        if (other := _begins_like(data, source)) is None:
            raise
        hint = text("convert.looks-like", title=other.title, option=f"--from {other.name}")
        raise UnreadableInput(error.said, hint=hint) from None


def _begins_like(data: bytes, source: str) -> Format | None:
    """The format other than `source` that a file begins like."""
    head = data[:_HEAD]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(codecs.BOM_UTF8)
    others = (load_format(name) for name in names_for("read")[1:] if name != source)
    return next((form for form in others if form.begins is not None and form.begins.match(head)), None)


def convert(
    data: bytes,
    name: str,
    source: str,
    target: str,
    choices: Choices,
    *,
    stem: str,
    together: bool = False,
    complete: Complete = lambda document: document,
) -> Converted:
    """Convert one file called `name`.

    `stem` names the result of a file with one recording; several recordings become files in a folder of that name, or,
    where it is `""`, beside each other; with `together` they stay in one file of a format that holds many.
    `complete` as in `read_documents`.
    """
    read = read_documents(data, name, source, choices, complete)
    findings = list(read.findings)
    files: dict[str, bytes] = {}
    several = len(read.documents) != 1
    taken: set[str] = set()
    if several and together and read.documents:
        contents, more = gather(read.documents, target, choices)
        files = {f"{stem}{suffix}": content for suffix, content in contents.items()}
        made = sizes(read.documents.values(), choices)
        return Converted(files, (*findings, *more), len(read.documents), *made)
    for own, document in read.documents.items():
        base = stem or stem_of(name, source)
        if several:
            safe = stem_for(own, taken)
            taken.add(safe.casefold())
            base = f"{stem}/{safe}" if stem else safe
        if target == EAF:
            files[f"{base}.eaf"] = document.to_bytes()
            findings += choice_findings(document, choices)
            continue
        written = _write(load_format(target), document, choices)
        files.update({f"{base}{suffix}": content for suffix, content in written[0].items()})
        findings += written[1]
    return Converted(files, tuple(findings), len(read.documents), *sizes(read.documents.values(), choices))


def gather(
    documents: Mapping[str, Document], target: str, choices: Choices
) -> tuple[Mapping[str, bytes], list[Finding]]:
    """Many documents as the files of one name, by suffix; raises UsageError where the format holds one recording."""
    function = load_format(target).gather if target != EAF else None
    if function is None:
        title = text("format.title.eaf") if target == EAF else load_format(target).title
        raise UsageError(
            text("convert.one-recording", title=title),
            hint=text("convert.one-recording-hint", names=some(names_for("gathered"))),
        )
    findings: list[Finding] = []
    moved = {}
    for stem, document in documents.items():
        moved[stem], more = on_medium(document, choices)
        findings += more
    written = function(moved, choices)
    return written.files, [*findings, *written.findings]


def sizes(documents: Iterable[Document], choices: Choices) -> tuple[int, int]:
    """How many tiers and annotations there are, of the tiers that are asked for."""
    tiers = annotations = 0
    for document in documents:
        chosen = chosen_tiers(document, choices)
        tiers += len(chosen)
        annotations += sum(len(document.annotations(tier.id)) for tier in chosen)
    return tiers, annotations


def _write(target: Format, document: Document, choices: Choices) -> tuple[Mapping[str, bytes], tuple[Finding, ...]]:
    findings: tuple[Finding, ...] = ()
    if not target.keeps_offsets:
        document, findings = on_medium(document, choices)
    if target.write is not None:
        written = target.write(document, choices)
    elif target.gather is not None:
        written = target.gather({(document.name or "recording").rsplit(".", 1)[0]: document}, choices)
    else:
        raise UsageError(text("convert.cannot-write", title=target.title))
    return written.files, (*findings, *written.findings)
