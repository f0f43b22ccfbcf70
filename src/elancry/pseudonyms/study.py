"""A study as files under pseudonyms, in a folder that is there as long as it is needed.

Whatever is computed or written comes from these files, by the same way as from the originals: nothing behind this door
has seen a name, a hash, a date or an order of the originals.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from elancry.check.coding import RESERVED_RATERS, natural_key
from elancry.check.disk_store import DiskStore
from elancry.check.naming import UNNAMED, FileName, FilePattern, TierPattern, literals_changed
from elancry.check.originals import RECORD
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
from elancry.errors import UsageError
from elancry.files import write_text
from elancry.names import require
from elancry.pseudonyms.document import Hiding
from elancry.pseudonyms.key import KINDS, Key, nfc
from elancry.pseudonyms.names import Names
from elancry.pseudonyms.record import Record
from elancry.pseudonyms.recordings import write_stand_in
from elancry.study.nesting import LEVELS
from elancry.study.plan import Plan
from elancry.study.run import check_study
from elancry.study.sessions import SESSION
from elancry.template.assignment import read_assignment
from elancry.temporary import TemporaryFolder
from elancry.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from elancry.codebook.model import Codebook

_NUMBER = re.compile(r"seq\d{2,}")


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
        return replace(self.hiding, names=names).document(document, FileName(session), merged=True).document


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
    found = files.names(Names(pseudonyms, codebooks[0]).roles, pseudonyms)
    if plan.sessions is not None:
        for kind, originals in _of_sessions(Path(plan.sessions)).items():
            found.taken.setdefault(kind, set()).update(originals)
    with Key.changed(key, outputs=output) as pseudonyms:
        for kind, originals in found.taken.items():
            pseudonyms.take(kind, originals - found.hidden.get(kind, set()))
    names = Names(pseudonyms.with_hidden(found.hidden), coding.codebook, found.authors)
    names.sequences.update(_numbered(found.sequences, pseudonyms))
    again = Names(pseudonyms.done(), coding.codebook, (), left=names.left, again=True)
    again.sequences.update(
        {session: {number: number for number in numbers} for session, numbers in found.numbers.items()}
    )
    with TemporaryFolder() as temporary:
        folder = temporary / "study"
        hidden = _plan(plan, names, temporary)
        after = None if hidden.tier_pattern is None else TierPattern(hidden.tier_pattern)
        hiding = Hiding(names, tuple(codebooks), frozenset(keep_tiers), files.tier_pattern, after)
        mixed = files.write(folder, hiding, replace(hiding, names=again), FilePattern(hidden.pattern))
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
    hidden: Mapping[str, set[str]]
    """Kind of name -> the names in files that are under pseudonyms already."""
    numbers: Mapping[str, set[str]]
    """Session of such files -> its sequence values."""


class _Files:
    """The files of the study, read one after the other."""

    def __init__(self, roster: Roster, plan: Plan, codebooks: Sequence[Codebook]) -> None:
        self._roster = roster
        self._codebooks = codebooks
        self._records: dict[Path, Record] = {}
        self._again: set[str] = set()
        """Files that are under pseudonyms of the key already."""
        self.tier_pattern = None if plan.tier_pattern is None else TierPattern(plan.tier_pattern)

    def names(self, roles: Collection[str], key: Key) -> _Found:
        """Every name in the files that is to have a pseudonym; `roles` are PARTICIPANTs that are nobody's names.

        Files that are under pseudonyms of the `key` already give none: what they call sessions and raters stays.
        """
        authors: set[str] = set()
        taken: dict[str, set[str]] = {kind: set() for kind in KINDS}
        hidden: dict[str, set[str]] = {kind: set() for kind in KINDS}
        sequences: dict[str, dict[str, tuple[int, int]]] = {}
        numbers: dict[str, set[str]] = {}
        for name, document in self._documents():
            named = self._roster.named[name]
            if document is None:
                taken["session"].add(named.session)
                taken["rater"].add(named.rater or "")
                continue
            own = owners(document, named.rater, pattern=self.tier_pattern, merged=holds_all_raters(name, document))
            raters = {rater for rater in own if rater != UNNAMED and rater not in RESERVED_RATERS}
            media = {base_name(medium.url) for medium in document.media}
            values = self._sequences(name, document, own)
            if _is_hidden(key, named.session, raters, media):
                self._again.add(name)
                hidden["session"].add(named.session)
                hidden["rater"] |= raters
                numbers.setdefault(named.session, set()).update(filter(_NUMBER.fullmatch, values))
                continue
            authors.add(document.author)
            taken["session"].add(named.session)
            taken["rater"] |= {named.rater or "", *raters, *((tier.annotator or "").strip() for tier in document.tiers)}
            taken["participant"] |= {(tier.participant or "").strip() for tier in document.tiers}.difference(roles)
            taken["medium"] |= media
            if is_merged(name):
                taken["rater"] |= self._record(name).raters(self._roster.paths[name].name)
            of_session = sequences.setdefault(named.session, {})
            for value, span in values.items():
                of_session[value] = min(of_session.get(value, span), span)
        taken["rater"] -= RESERVED_RATERS
        return _Found(frozenset(authors), taken, sequences, hidden, numbers)

    def _sequences(self, name: str, document: Document, own: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
        """Sequence value -> begin and end of its first annotation in a file, or beside it in merge.json."""
        found: dict[str, tuple[int, int]] = {}
        tiers: set[str] = set()
        for theirs in own.values():
            for place in locate(document, theirs, self._codebooks[0]):
                if place.wanted.kind == "sequence" and place.tier is not None:
                    tiers.add(place.tier.id)
        spans = [(item.value, item.start_ms, item.end_ms) for tier in tiers for item in document.annotations(tier)]
        if is_merged(name):
            left = self._record(name).left_out(self._roster.paths[name].name)
            spans += [(item["value"], item["start_ms"], item["end_ms"]) for item in left if item["tier"] in tiers]
        for said, begin, end in spans:
            if value := nfc(said):
                found[value] = min(found.get(value, (begin, end)), (begin, end))
        return found

    def _record(self, name: str) -> Record:
        """What merge.json beside a merged file says."""
        folder = self._roster.paths[name].parent
        if folder not in self._records:
            self._records[folder] = Record(folder)
        return self._records[folder]

    def write(self, folder: Path, hiding: Hiding, again: Hiding, pattern: FilePattern) -> bool:
        """Write every file under its pseudonym; whether merged files stand beside raters' own.

        `again` hides what people wrote since into files that are under pseudonyms already. Raises UsageError where such
        a file and another one are the same rater's of the same session.
        """
        written: dict[str, str] = {}
        kept: list[dict[str, Any]] = []
        for name, document in self._documents():
            named = self._roster.named[name]
            merged = is_merged(name)
            own = again if name in self._again else hiding
            target = _file_name(pattern, named, own.names, merged=merged)
            if target in written and self._again & {name, written[target]}:
                said = text("pseudonyms.twice", one=written[target], other=name, name=target)
                raise UsageError(said, hint=text("pseudonyms.twice-hint"))
            target = _free_name(target, written)
            written[target] = name
            path = folder / target
            path.parent.mkdir(parents=True, exist_ok=True)
            if document is None:
                path.write_bytes(b"")
                continue
            hidden = own.document(document, named, merged=holds_all_raters(name, document))
            path.write_bytes(hidden.document.to_bytes())
            original = self._roster.paths[name]
            _write_preferences(original, path, own.names)
            for medium in document.media:
                there = linked_path(medium, original.parent)
                length = None if there is None else length_ms(there)
                stand_in = path.parent / own.names.medium(base_name(medium.url))
                if length is not None and not stand_in.exists():
                    write_stand_in(stand_in, length)
            if merged:
                parts = own.parts(document, named, merged=True)
                said_of = self._record(name).of(original.name, document, parts, hidden, own)
                if said_of is not None:
                    kept.append(said_of | {"file": path.name})
        if kept:
            options = [record.options(hiding.names) for record in self._records.values()]
            kept.sort(key=lambda item: natural_key(item["session"]))
            head = {"options": options[0]} if options.count(options[0]) == len(options) and options[0] else {}
            write_text(folder / RECORD, json.dumps({**head, "sessions": kept}, ensure_ascii=False))
        return 0 < sum(map(is_merged, written)) < len(written)

    def _documents(self) -> Iterator[tuple[str, Document | None]]:
        for name, path in self._roster.paths.items():
            opened = open_document(path, name)
            yield name, opened if isinstance(opened, Document) else None


def _is_hidden(key: Key, session: str, raters: Collection[str], media: Collection[str]) -> bool:
    """Whether a file is under pseudonyms of the key already: session, raters and a recording are called by them.

    One of them alone could as well be the name of another session or rater that is new in the study.
    """

    def known(kind: str, names: Collection[str]) -> set[str]:
        return set(map(nfc, names)) & set(key.names[kind].values()) - set(key.names[kind])

    stems = [PurePosixPath(name).stem for name in media]
    own = known("session", [session]) and known("medium", stems)
    return bool(own) and len(known("rater", raters)) == len(raters) > 0


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

    raters = None if plan.raters is None else tuple(sorted(filter(None, map(rater, plan.raters)), key=natural_key))
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
        assign=None if plan.assign is None else _assignment(Path(plan.assign), names, folder),
        guest=rater(plan.guest),
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


def _assignment(path: Path, names: Names, folder: Path) -> str:
    """Who was to code what, under pseudonyms and in their order."""
    pairs = [
        (names.session(session), names.rater(rater))
        for session, raters in read_assignment(path).items()
        for rater in raters
    ]
    pairs.sort(key=lambda pair: tuple(map(natural_key, pair)))
    rows = "".join(f"{session},{rater}\n" for session, rater in pairs)
    copy = folder / "assignment.csv"
    copy.write_text(f"session,rater\n{rows}", encoding="utf-8")
    return str(copy)


def _sessions(path: Path, plan: Plan, names: Names, folder: Path) -> str:
    """The sessions table with pseudonyms, sorted by them; columns that the plan does not use are left out."""
    table = read_csv_input(path, required=(SESSION,), optional=LEVELS[:-1], others=True)
    used = (plan.compare, *(plan.covariates or ()))
    columns = [name for name in table.columns if name in LEVELS or name in used]
    rows: list[dict[str, str]] = []
    for row in table.rows:
        cells = {name: row.values.get(name, "") for name in columns}
        people = {name: names.key.of(name, cell) for name, cell in cells.items() if name in LEVELS and cell}
        groups = {name: names.text(cells[name], "sessions table") for name in columns if name == plan.compare}
        rows.append(cells | groups | people)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: natural_key(row[SESSION])))
    copy = folder / "sessions.csv"
    copy.write_text(stream.getvalue(), encoding="utf-8")
    return str(copy)
