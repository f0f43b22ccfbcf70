"""A study as files under pseudonyms, in a folder that is there as long as it is needed.

Whatever is computed or written comes from these files, by the same way as from the originals: nothing behind this door
has seen a name, a hash, a date or an order of the originals.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elancry.check.coding import RESERVED_RATERS, natural_key
from elancry.check.disk_store import DiskStore
from elancry.check.naming import UNNAMED, FileName, FilePattern, TierPattern, literals_changed
from elancry.check.originals import RECORD, all_of, session_records
from elancry.check.places import locate, owners
from elancry.check.reading import base_name, holds_all_raters, open_document
from elancry.check.roster import is_merged
from elancry.check.study import Roster, roster_of
from elancry.choices import PLAN_FILE
from elancry.codebook.load import load_codebook
from elancry.csv_input import read_csv_input
from elancry.eaf import Document, Preferences, write_pfsx
from elancry.eaf.media_length import length_ms, linked_path
from elancry.eaf.pfsx import read_entries
from elancry.files import write_text
from elancry.names import require
from elancry.pseudonyms.document import Hiding
from elancry.pseudonyms.key import REMOVED, Key, nfc
from elancry.pseudonyms.names import Names
from elancry.pseudonyms.recordings import write_stand_in
from elancry.study.nesting import LEVELS
from elancry.study.plan import Plan
from elancry.study.run import check_study
from elancry.study.sessions import SESSION
from elancry.temporary import TemporaryFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from elancry.codebook.model import Codebook


@dataclass(frozen=True)
class HiddenStudy:
    """The study under pseudonyms: `paths` and `plan` are to be used in place of the originals'."""

    paths: tuple[Path, ...]
    plan: Plan
    hiding: Hiding
    files: tuple[Path, ...] = ()
    """Its .eaf files."""

    @property
    def names(self) -> Names:
        """The pseudonyms."""
        return self.hiding.names

    def document(self, document: Document, session: str) -> Document:
        """A merged file that was made under pseudonyms, without what people and their programs wrote into it since."""
        key = self.names.key
        original = next((name for name, known in key.names["session"].items() if known == session), session)
        numbers = self.names.sequences.get(original, {}).values()
        sequences = {session: dict(zip(numbers, numbers, strict=True))}
        names = Names(key.done(), self.names.codebook, (), sequences, self.names.left, again=True)
        return replace(self.hiding, names=names).document(document, FileName(session), merged=True)


@contextmanager
def hidden_study(
    paths: Sequence[Path],
    plan: Plan,
    key: Path,
    *,
    output: Path | None,
    keep_tiers: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[HiddenStudy]:
    """Make the study under pseudonyms; it goes with the end of the block. `key` gets the new names.

    The originals are read in this process only: what they hold goes to no cluster.

    Raises UsageError for a key in `output` and a tier to keep that no file has, UnreadableInput for a file that is no
    key, and what `check_study` and `CheckedCoding.require_usable` raise: mistakes are told by the names that the files
    really have.
    """
    pseudonyms = Key.read(key, outputs=output)
    with DiskStore() as store:
        coding = check_study(paths, plan, progress=progress, store=store)
        coding.require_usable()
        require("tier", keep_tiers, coding.tier_names)
        codebooks = [coding.codebook]
        if plan.tiers is not None:
            codebooks.append(_whole_codebook(paths, plan))
    pattern = FilePattern(plan.pattern)
    files = _Files(roster_of(paths, pattern, plan.use_merged), plan, codebooks)
    found = files.names(Names(pseudonyms, codebooks[0]).roles)
    if plan.sessions is not None:
        for kind, originals in _of_sessions(Path(plan.sessions)).items():
            found.taken.setdefault(kind, set()).update(originals)
    with Key.changed(key, outputs=output) as pseudonyms:
        for kind, originals in found.taken.items():
            pseudonyms.take(kind, originals)
    names = Names(pseudonyms, coding.codebook, found.authors)
    names.sequences.update(_numbered(found.sequences, pseudonyms))
    with TemporaryFolder() as temporary:
        folder = temporary / "study"
        hidden = _plan(plan, names, temporary)
        after = None if hidden.tier_pattern is None else TierPattern(hidden.tier_pattern)
        hiding = Hiding(names, tuple(codebooks), frozenset(keep_tiers), files.tier_pattern, after)
        mixed = files.write(folder, hiding, FilePattern(hidden.pattern))
        written = tuple(sorted(folder.rglob("*.eaf")))
        yield HiddenStudy((folder,), replace(hidden, use_merged=hidden.use_merged or mixed), hiding, written)


def _whole_codebook(paths: Sequence[Path], plan: Plan) -> Codebook:
    """The codebook with what is not asked for too: it is coding, not comment."""
    if plan.codebook is not None:
        return load_codebook(plan.codebook)
    return check_study(paths, replace(plan, tiers=None)).codebook


@dataclass(frozen=True)
class _Found:
    authors: frozenset[str]
    taken: dict[str, set[str]]
    """Kind of name -> the names."""
    sequences: Mapping[str, Mapping[str, tuple[int, int]]]
    """Session -> value -> begin and end of its first annotation."""


class _Files:
    """The files of the study, read one after the other."""

    def __init__(self, roster: Roster, plan: Plan, codebooks: Sequence[Codebook]) -> None:
        self._roster = roster
        self._codebooks = codebooks
        self.tier_pattern = None if plan.tier_pattern is None else TierPattern(plan.tier_pattern)

    def names(self, roles: Collection[str]) -> _Found:
        """Every name in the files that is to have a pseudonym; `roles` are PARTICIPANTs that are nobody's names."""
        authors: set[str] = set()
        taken: dict[str, set[str]] = {"session": set(), "rater": set(), "participant": set(), "medium": set()}
        sequences: dict[str, dict[str, tuple[int, int]]] = {}
        for name, document in self._documents():
            named = self._roster.named[name]
            taken["session"].add(named.session)
            if document is None:
                taken["rater"].add(named.rater or "")
                continue
            own = owners(document, named.rater, pattern=self.tier_pattern, merged=holds_all_raters(name, document))
            taken["rater"] |= {rater for rater in own if rater != UNNAMED and rater not in RESERVED_RATERS}
            taken["rater"] |= {named.rater or "", *((tier.annotator or "").strip() for tier in document.tiers)}
            taken["participant"] |= {(tier.participant or "").strip() for tier in document.tiers}.difference(roles)
            taken["medium"] |= {base_name(medium.url) for medium in document.media}
            authors.add(document.author)
            of_session = sequences.setdefault(named.session, {})
            for theirs in own.values():
                for place in locate(document, theirs, self._codebooks[0]):
                    if place.wanted.kind == "sequence" and place.tier is not None:
                        for item in document.annotations(place.tier.id):
                            span = (item.start_ms, item.end_ms)
                            if item.value.strip():
                                of_session[nfc(item.value)] = min(of_session.get(nfc(item.value), span), span)
        for folder in {path.parent for name, path in self._roster.paths.items() if is_merged(name)}:
            for record in _records(folder):
                taken["rater"] |= {str(item["rater"]) for item in record["inputs"]}
        taken["rater"] -= RESERVED_RATERS
        return _Found(frozenset(authors), taken, sequences)

    def write(self, folder: Path, hiding: Hiding, pattern: FilePattern) -> bool:
        """Write every file under its pseudonym; whether merged files stand beside raters' own."""
        records: dict[Path, dict[str, Mapping[str, Any]]] = {}
        written: dict[str, None] = {}
        kept: list[dict[str, Any]] = []
        for name, document in self._documents():
            named = self._roster.named[name]
            merged = is_merged(name)
            target = _free_name(_file_name(pattern, named, hiding.names, merged=merged), written)
            written[target] = None
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            if document is None:
                path.write_bytes(b"")
                continue
            veiled = hiding.document(document, named, merged=holds_all_raters(name, document))
            path.write_bytes(veiled.to_bytes())
            original = self._roster.paths[name]
            _write_preferences(original, path, hiding.names)
            for medium in document.media:
                there = linked_path(medium, original.parent)
                length = None if there is None else length_ms(there)
                stand_in = path.parent / hiding.names.medium(base_name(medium.url))
                if length is not None and not stand_in.exists():
                    write_stand_in(stand_in, length)
            if merged:
                if original.parent not in records:
                    records[original.parent] = {str(item["file"]): item for item in _records(original.parent)}
                record = records[original.parent].get(original.name)
                if record is not None:
                    left = hiding.left_out(record.get("left_out", ()), document, named)
                    points = hiding.points(record.get("points", ()), document, str(record["session"]))
                    kept.append(_record(record, hiding.names, path) | {"left_out": left, "points": points})
        if kept:
            write_text(folder / RECORD, json.dumps({"sessions": kept}, ensure_ascii=False))
        return 0 < sum(map(is_merged, written)) < len(written)

    def _documents(self) -> Iterator[tuple[str, Document | None]]:
        for name, path in self._roster.paths.items():
            opened = open_document(path, name)
            yield name, opened if isinstance(opened, Document) else None


def _write_preferences(original: Path, copy: Path, names: Names) -> None:
    """Colours and keys of codes, as the rater has them in ELAN; nothing else of the preferences."""
    entries = read_entries(original.with_suffix(".pfsx"))
    kept = {
        names.thing(vocabulary): {names.thing(entry): said for entry, said in held.items()}
        for vocabulary, held in entries.items()
    }
    if any(kept.values()):
        write_pfsx(Preferences(entries=kept), copy.with_suffix(".pfsx"))


def _file_name(pattern: FilePattern, named: FileName, names: Names, *, merged: bool) -> str:
    rater = None if named.rater is None else names.rater(named.rater)
    round = None if named.round is None else names.text(named.round, "round")
    stem = pattern.name_of(FileName(names.session(named.session), rater, round))
    return f"{stem}.merged.eaf" if merged else f"{stem}.eaf"


def _free_name(name: str, taken: Collection[str]) -> str:
    """The name, in a folder of its own where it is taken: two files of one name lie in two folders."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{number}/{name}"
    return free


def _numbered(found: Mapping[str, Mapping[str, tuple[int, int]]], key: Key) -> Iterator[tuple[str, dict[str, str]]]:
    """seq01, seq02, ... for the sequence values of each session, by first begin; what begins together, by chance."""
    for session, values in found.items():
        ordered = sorted(values, key=lambda value: (values[value], key.identifier(f"{session}\0{value}").int))
        digits = max(2, len(str(len(ordered))))
        yield session, {value: f"seq{number:0{digits}d}" for number, value in enumerate(ordered, start=1)}


def _of_sessions(path: Path) -> dict[str, set[str]]:
    """Kind of name -> the names in the sessions table."""
    table = read_csv_input(path, required=(SESSION,), optional=LEVELS[:-1], others=True)
    return {level: {row.values.get(level, "") for row in table.rows} for level in LEVELS}


def _plan(plan: Plan, names: Names, folder: Path) -> Plan:
    """The plan with pseudonyms; its tables lie in `folder`."""

    def rater(name: str | None) -> str | None:
        return names.rater(name) if name is not None and nfc(name) in names.key.names["rater"] else name

    def literal(text: str) -> str:
        return names.label(text, "pattern")

    def tier(name: str) -> str:
        return names.label(name, "tier")

    raters = None if plan.raters is None else tuple(sorted(map(names.rater, plan.raters), key=natural_key))
    return replace(
        plan,
        codebook=None if plan.codebook is None else _codebook(plan.codebook, folder),
        pattern=literals_changed(plan.pattern, literal),
        tier_pattern=None if plan.tier_pattern is None else literals_changed(plan.tier_pattern, literal),
        raters=raters,
        tiers=None if plan.tiers is None else tuple(map(tier, plan.tiers)),
        ratings=None if plan.ratings is None else tuple(map(tier, plan.ratings)),
        sequence_tier=None if plan.sequence_tier is None else tier(plan.sequence_tier),
        round=None if plan.round is None else names.text(plan.round, "round"),
        consensus=rater(plan.consensus) or plan.consensus,
        aggregate=rater(plan.aggregate) or plan.aggregate,
        against=rater(plan.against),
        sessions=None if plan.sessions is None else _sessions(Path(plan.sessions), plan, names, folder),
        file=None if plan.file is None else PLAN_FILE,
    )


def _codebook(source: str, folder: Path) -> str:
    """The codebook; one of a study's own in a file whose name says nothing."""
    path = Path(source)
    if not path.is_file():
        return source
    copy = folder / "codebook.yaml"
    copy.write_bytes(path.read_bytes())
    return str(copy)


def _sessions(path: Path, plan: Plan, names: Names, folder: Path) -> str:
    """The sessions table with pseudonyms, sorted by them; columns that the plan does not use are left out."""
    table = read_csv_input(path, required=(SESSION,), optional=LEVELS[:-1], others=True)
    columns = [name for name in table.columns if name in LEVELS or name in (plan.covariates or ())]
    rows: list[dict[str, str]] = []
    for row in table.rows:
        cells = {name: row.values.get(name, "") for name in columns}
        people = {name: names.key.of(name, cell) for name, cell in cells.items() if name in LEVELS and cell}
        rows.append(cells | people)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: natural_key(row[SESSION])))
    copy = folder / "sessions.csv"
    copy.write_text(stream.getvalue(), encoding="utf-8")
    return str(copy)


def _records(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What `merge.json` in a folder says of each session; nothing where there is none that can be read."""
    try:
        yield from session_records(folder / RECORD)
    except (OSError, ValueError, KeyError, TypeError):
        return


def _record(record: Mapping[str, Any], names: Names, path: Path) -> dict[str, Any]:
    """What merge.json says of a session whose merged file is now `path`."""
    session = str(record["session"])
    files = {
        str(item["file"]): f"{names.session(session)}__{names.rater(str(item['rater']))}.eaf"
        for item in record["inputs"]
    }
    return {
        "session": names.session(session),
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "inputs": [
            {**item, "file": files[str(item["file"])], "rater": names.rater(str(item["rater"])), "sha256": ""}
            for item in record["inputs"]
        ],
        "renumbered": {
            files.get(name, REMOVED): {
                names.identity(old): [names.identity(new) for new in all_of(now)] for old, now in renamed.items()
            }
            for name, renamed in record["renumbered"].items()
        },
        "adjudicated": bool(record.get("adjudicated")),
    }
