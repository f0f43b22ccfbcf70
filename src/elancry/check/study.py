"""All files of a study: found, named, read one by one, checked against each other.

Files are read one at a time and only the coding of each is kept, so memory does not grow with the size of the files.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elancry.check import file_names, languages, media
from elancry.check import raters as about_raters
from elancry.check.asked_for import AskedFor, tier_names
from elancry.check.coding import RESERVED_RATERS, Aside, CheckedCoding, CodedFile, CodedTier, natural_key
from elancry.check.disk_store import DiskStore, stored_like
from elancry.check.left_out import Why
from elancry.check.naming import FileName, FilePattern, TierPattern
from elancry.check.places import owners
from elancry.check.reading import Options, ReadFile, file_changed, open_document, read_file
from elancry.check.roster import MERGED, REPLACED, find_files, is_merged
from elancry.choices import DEFAULT_PATTERN
from elancry.codebook.extract import extract_codebook
from elancry.codebook.model import Codebook
from elancry.codebook.observed import are_a_scale
from elancry.codebook.recognise import with_known_sources
from elancry.eaf import Document
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding, finding
from elancry.names import there_are
from elancry.processes import parallel_map
from elancry.texts import some, text

OTHER_RATER, OTHER_ROUND = "other-rater", "other-round"
"""Further reasons to pass files over (see `roster`)."""
KEEP_IN_MEMORY = 6 * 1024 * 1024
"""Bytes of files up to which documents are kept between extracting the codebook and reading the coding.

A document takes about ten times its file; a larger study is read twice rather than held.
"""

Progress = Callable[[int, int], None]
"""Called with (files read, files in all)."""


@dataclass(frozen=True)
class Roster:
    """The files to read: name -> path and what the name says."""

    paths: Mapping[str, Path]
    named: Mapping[str, FileName]
    passed_over: Mapping[str, int]
    findings: tuple[Finding, ...]


def check_files(
    paths: Sequence[str | Path],
    *,
    codebook: Codebook | None = None,
    pattern: str | None = DEFAULT_PATTERN,
    raters: Sequence[str] | None = None,
    assigned: Mapping[str, Sequence[str]] | None = None,
    tiers: Sequence[str] | None = None,
    ratings: Sequence[str] | None = None,
    sequence_tier: str | None = None,
    tier_pattern: str | None = None,
    use_merged: bool = False,
    round: str | None = None,
    gold: str | None = None,
    empty_is_none: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
    store: DiskStore | None = None,
) -> CheckedCoding:
    """Read and check every .eaf file of `paths`.

    `codebook`: `None` reads it from the files' vocabularies, from `tiers` only where named; `ratings`: tiers that hold
    ratings. `raters`: only these, in this order. `assigned`: session -> who was to code it; `None`: everybody. `round`:
    of several rounds of one session this one, else the last; of the rater `gold` always the last. `empty_is_none`: a
    tier that is there and empty counts as nothing coded. `jobs`: processes that read files (-1: one per core). `store`:
    where the coding is put aside, for studies of any size; the result can be used as long as it is open.

    Raises UsageError where there are no files, a pattern is wrong, or a name that is asked for is in no file. Files
    that cannot be read are findings.
    """
    by_name = FilePattern(pattern or DEFAULT_PATTERN)
    raters, tiers = (None if names is None else tuple(map(_nfc, names)) for names in (raters, tiers))
    if assigned is not None:
        assigned = {_nfc(session): tuple(map(_nfc, names)) for session, names in assigned.items()}
    sequence_tier, round, gold = (None if name is None else _nfc(name) for name in (sequence_tier, round, gold))
    roster = roster_of(paths, by_name, use_merged)
    by_tier = None if tier_pattern is None else TierPattern(tier_pattern)
    kept: dict[str, Document] = {}
    seen: dict[str, str] = {}
    unreadable: list[Finding] = []
    whole: Codebook | None = None
    if codebook is None:
        total = sum(map(_size, roster.paths.values()))
        views = _documents(roster, by_tier, seen, unreadable, kept if total <= KEEP_IN_MEMORY else None)
        try:
            codebook = extract_codebook(views, tiers=tiers, ratings=ratings, sequence_tier=sequence_tier)
        except UsageError as error:
            # What is asked for may be in a file that cannot be read.
            raise _unreadable(unreadable) or error from None
        if tiers is not None:
            views = _documents(roster, by_tier, seen, [])
            whole = extract_codebook(views, ratings=ratings, sequence_tier=sequence_tier)
    else:
        whole = codebook
        _require_ratings(whole, ratings or ())
        codebook = _narrowed(whole, tiers, sequence_tier)
    options = Options(codebook, by_tier, empty_is_none, None if tiers is None else whole)
    read: list[ReadFile] = []
    for item in _read_all(roster, options, kept, jobs):
        item = _unless_changed(item, seen.get(item.name))
        if store is not None and item.coded is not None:
            coded = replace(item.coded, tiers=store.put(item.coded.tiers))
            item = replace(item, coded=coded, not_asked=store.put(item.not_asked))
        read.append(item)
        if progress is not None:
            progress(len(read), len(roster.paths))
    # Without a codebook the sequence tier was looked for when one was extracted; its own one need not be there.
    own = whole is None or codebook.extracted or sequence_tier == whole.sequence_tier
    asked = AskedFor(raters, round, None if own else sequence_tier, pattern or DEFAULT_PATTERN, tier_pattern)
    asked.refuse_absent(read, assigned)
    if by_name.names_rater:
        names = tuple(file_names.other_pattern(read))
        if by_tier is None:
            names += tuple(file_names.raters_as_tiers(read))
        roster = replace(roster, findings=(*roster.findings, *names))
    coding = _together(read, roster, codebook, raters, assigned, round, gold)
    return replace(
        coding,
        tier_pattern=tier_pattern,
        whole_codebook=None if tiers is None else whole,
        tier_names=tuple(tier_names(read)),
    )


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _read_all(roster: Roster, options: Options, kept: dict[str, Document], jobs: int) -> Iterator[ReadFile]:
    """Every file in order; documents that are in memory already need no process."""
    if jobs == 1 or kept:
        for name, path in roster.paths.items():
            yield read_file(path, name, roster.named[name], options, kept.pop(name, None))
        return
    files = ((path, name, roster.named[name], options) for name, path in roster.paths.items())
    yield from parallel_map(read_file, files, jobs=jobs)


def roster_of(paths: Sequence[str | Path], pattern: FilePattern, use_merged: bool) -> Roster:
    """The files of a study among `paths`; raises what `find_files` does."""
    found = find_files(paths)
    named = {name: pattern.match(unicodedata.normalize("NFC", name), path.as_posix()) for path, name in found.files}
    where = {name: path for path, name in found.files}
    passed = Counter(found.passed_over)
    copies = about_raters.conflict_copies({name: item for name, item in named.items() if not is_merged(name)})
    merged = {name for name in named if is_merged(name)}
    if merged and len(merged) < len(named):
        chosen = merged if use_merged else {name for name in merged if where[name] in found.named}
        sessions = {named[name].session for name in chosen}
        replaced = {name for name in named if name not in merged and named[name].session in sessions}
        passed[MERGED] += len(merged - chosen)
        passed[REPLACED] += len(replaced)
        named = {name: item for name, item in named.items() if name not in replaced | (merged - chosen)}
    named = {name: item for name, item in named.items() if name not in copies}
    passed = +passed
    return Roster({name: where[name] for name in named}, named, dict(sorted(passed.items())), tuple(copies.values()))


def _unreadable(files: Sequence[Finding]) -> UnreadableInput | None:
    """The error that names files that cannot be read; `None` where there are none."""
    if not files:
        return None
    return UnreadableInput("\n".join(item.placed for item in files), hint=files[0].advice)


def _size(path: Path) -> int:
    """How large a file is; 0 where that cannot be said, which reading will say better."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _unless_changed(item: ReadFile, before: str | None) -> ReadFile:
    """A file as read; not its coding where it is another one than what the codebook was read out of (its SHA-256)."""
    if item.coded is None or before in (None, item.coded.sha256):
        return item
    return ReadFile(item.name, item.named, None, (file_changed(item.name, item.named.session),))


def _documents(
    roster: Roster,
    pattern: TierPattern | None,
    seen: dict[str, str],
    unreadable: list[Finding],
    kept: dict[str, Document] | None = None,
) -> Iterator[Document]:
    """What the codebook is extracted from: every readable file, files of several raters once per rater.

    `seen` gets the SHA-256 of each, "" where two readings differ; `unreadable` why others cannot be read.
    """
    for name, path in roster.paths.items():
        document = open_document(path, name)
        if isinstance(document, Finding):
            unreadable.append(document)
            continue
        if seen.setdefault(name, document.sha256) != document.sha256:
            seen[name] = ""
        if kept is not None:
            kept[name] = document
        if pattern is None and not is_merged(name):
            yield document
            continue
        own = owners(document, roster.named[name].rater, pattern=pattern, merged=is_merged(name))
        for tiers in own.values():
            editor = document.edit()
            wanted = {tier.id: base for base, tier in tiers.items()}
            for tier in reversed(document.tiers):
                if tier.id not in wanted:
                    editor.tiers.remove(tier.id)
            for identity, base in wanted.items():
                if identity != base:
                    editor.tiers.rename(identity, base)
            yield editor.document()


def _require_ratings(codebook: Codebook, ratings: Sequence[str]) -> None:
    """A codebook that somebody wrote says itself what is rated: UsageError for another tier."""
    known = list(dict.fromkeys(name for system in codebook.systems for name in system.rating_tier_names))
    for name in ratings:
        if name not in known:
            said = text("check.no-rating-tier", codebook=codebook.id, name=name)
            raise UsageError(said, hint=there_are(name, known))


def _narrowed(codebook: Codebook, tiers: Sequence[str] | None, sequence_tier: str | None) -> Codebook:
    """The codebook with only the systems that `tiers` name (by system or tier); UsageError for a name it has not."""
    if sequence_tier is not None:
        codebook = replace(codebook, sequence_tier=sequence_tier)
    if tiers is None:
        return codebook
    names = {
        system.id: {system.id, system.tier_name, *system.interval_tier_names, *system.rating_tier_names}
        for system in codebook.systems
    }
    known = set().union(*names.values())
    for tier in tiers:
        if tier not in known:
            said = text("check.no-tier-or-system", codebook=codebook.id, name=tier)
            raise UsageError(said, hint=there_are(tier, list(dict.fromkeys([*names, *sorted(known)]))))
    return replace(codebook, systems=tuple(item for item in codebook.systems if names[item.id] & set(tiers)))


def _together(
    read: Sequence[ReadFile],
    roster: Roster,
    codebook: Codebook,
    chosen: Sequence[str] | None,
    assigned: Mapping[str, Sequence[str]] | None,
    round: str | None,
    gold: str | None,
) -> CheckedCoding:
    passed = Counter(roster.passed_over)
    findings: list[Finding] = [*roster.findings]
    aside: list[Aside] = [*_not_read(read)]
    whole = _of_raters(read, chosen, passed, aside)
    read, notes = _one_round(whole, round, gold, passed, aside)
    aside += (_aside(Why.TIER_NOT_ASKED, item.coded, item.not_asked) for item in read if item.coded and item.not_asked)
    rounds = _every_round(whole) if round is None else ()
    files = [item.coded for item in read if item.coded is not None]
    findings += (item for one in read for item in one.findings)
    findings += notes
    findings += about_raters.reserved_names(files)
    findings += file_names.unnamed(read)
    findings += file_names.letter_case(files)
    findings += about_raters.annotators(read)
    findings += about_raters.coded_twice(files)
    if chosen is not None:
        findings += about_raters.left_out(aside)
    findings += about_raters.identical_files(files)
    findings += about_raters.identical_coding(files)
    # Where the names were read wrongly, who lacks what and which videos sessions share says nothing.
    misread = any(item.code == "file-names-other-pattern" for item in roster.findings)
    if assigned is not None:
        findings += about_raters.unlike_assigned(read, assigned, chosen, gold)
    elif not misread or chosen is not None:
        findings += about_raters.absent_files(files, chosen)
    if not any(item.code == "tier-names-raters" for item in roster.findings):
        findings += about_raters.unfinished(read)
    findings += (item for item in media.linked_media(files) if not misread or item.code != "media-two-sessions")
    findings += media.lengths(read)
    shifts, shifted = media.offsets(read)
    findings += shifted
    findings += languages.lost({item.name: (item.stated_codebook, item.languages) for item in read}, codebook)
    findings += languages.contradicting({item.name: item.languages for item in read})
    findings += _about_codebook(read, codebook)
    findings += _not_taken(read, codebook)
    findings += _ratings_or_not(read)
    codebook = with_known_sources(codebook, {item.stated_codebook for item in read if item.stated_codebook})
    files = [media.shifted(file, shifts[file.name]) if file.name in shifts else file for file in files]
    order = tuple(chosen) if chosen is not None else ()
    passed_over = dict(sorted(passed.items()))
    return CheckedCoding(codebook, tuple(files), _ordered(findings), passed_over, order, None, rounds, tuple(aside))


def _not_read(read: Sequence[ReadFile]) -> Iterator[Aside]:
    for item in read:
        if item.coded is None:
            yield Aside(Why.FILE_UNREADABLE, item.name, item.named.session, item.named.rater or "")


def _aside(why: Why, file: CodedFile, tiers: Iterable[CodedTier]) -> Aside:
    """Tiers of a file, without those that are not raters' coding."""
    own = stored_like(file.tiers, (tier for tier in tiers if tier.rater not in RESERVED_RATERS))
    return Aside(why, file.name, file.session, file.rater, own)


def _of_raters(
    read: Sequence[ReadFile], chosen: Sequence[str] | None, passed: Counter[str], aside: list[Aside]
) -> list[ReadFile]:
    if chosen is None:
        return list(read)
    wanted = set(chosen)
    kept: list[ReadFile] = []
    for item in read:
        if item.coded is None:
            kept.append(item)
            continue
        own = set(item.coded.raters)
        if not own & wanted:
            passed[OTHER_RATER] += 1
            aside.append(_aside(Why.RATER_NOT_ASKED, item.coded, item.coded.tiers))
            continue
        tiers = item.coded.tiers
        if not own <= wanted:
            left = (tier for tier in tiers if tier.rater not in wanted and tier.rater in own)
            aside.append(_aside(Why.RATER_NOT_ASKED, item.coded, left))
            tiers = stored_like(tiers, (tier for tier in tiers if tier.rater in wanted or tier.rater not in own))
        kept.append(replace(item, coded=replace(item.coded, tiers=tiers)))
    return kept


def _one_round(
    read: Sequence[ReadFile], round: str | None, gold: str | None, passed: Counter[str], aside: list[Aside]
) -> tuple[list[ReadFile], list[Finding]]:
    """Of several rounds of one session by one rater, the one asked for, else the last in natural order.

    A file without a round comes before all rounds; where a rater has no other of the session, it serves every round.
    """
    rounds: dict[tuple[str, str], set[str]] = {}
    for item in read:
        if item.coded is not None:
            rounds.setdefault((item.coded.session, item.coded.rater), set()).add(item.coded.round or "")
    kept: list[ReadFile] = []
    findings: list[Finding] = []
    for item in read:
        file = item.coded
        if file is None or rounds[file.session, file.rater] == {""}:
            kept.append(item)
            continue
        of_rater = sorted(rounds[file.session, file.rater], key=natural_key)
        last = round is None or file.rater == gold
        if (file.round or "") != (of_rater[-1] if last else round):
            passed[OTHER_ROUND] += 1
            aside.append(_aside(Why.OTHER_ROUND, file, file.tiers))
            continue
        kept.append(item)
        if round is None and len(of_rater) > 1:
            shown = [name or text("list.none") for name in of_rater]
            message = text(
                "finding.round-last-used.message", rater=file.rater, session=file.session, shown=shown, round=file.round
            )
            where = {"file": item.name, "session": file.session, "rater": file.rater}
            findings.append(finding("round-last-used", message, hint=text("finding.round-last-used.hint"), **where))
    return kept, findings


def _every_round(read: Sequence[ReadFile]) -> tuple[CodedFile, ...]:
    """All files, if a rater coded in more than one round."""
    files = [item.coded for item in read if item.coded is not None]
    rounds = {(rater, file.round) for file in files for rater in file.raters}
    if len(rounds) == len({rater for rater, _ in rounds}):
        return ()
    shifts, _ = media.offsets(read)
    return tuple(media.shifted(file, shifts[file.name]) if file.name in shifts else file for file in files)


def _about_codebook(read: Sequence[ReadFile], codebook: Codebook) -> Iterator[Finding]:
    if not codebook.systems and any(item.coded is not None for item in read):
        hint = text("finding.codebook-nothing-to-code.hint")
        yield finding("codebook-nothing-to-code", text("finding.codebook-nothing-to-code.message"), hint=hint)
    silent = [item for item in read if item.coded is not None and not item.stated_codebook]
    if silent and not codebook.extracted:
        shown = some([item.name for item in silent], 1)
        message = text("finding.codebook-version-unknown.message", shown=shown)
        yield finding("codebook-version-unknown", message, hint=text("finding.codebook-version-unknown.hint"))


def _not_taken(read: Sequence[ReadFile], codebook: Codebook) -> Iterator[Finding]:
    """Once for the study: which tiers does a codebook that was read out of the files leave aside?"""
    if not codebook.extracted:
        return
    count = Counter(name for item in read for name in item.outside)
    if count:
        each = [
            text("list.with-count", name=name, count=text("count.files", n=number))
            for name, number in count.most_common()
        ]
        shown = some(each, 10)
        hint = text("finding.tiers-not-taken.hint", option=_tiers_option(codebook, count))
        yield finding("tiers-not-taken", text("finding.tiers-not-taken.message", shown=shown), hint=hint)


def _ratings_or_not(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Once for each tier that was left aside: are its whole numbers ratings?"""
    count = Counter(name for item in read for name in item.outside)
    for name in dict.fromkeys(name for item in read for name in item.numbers):
        held = [item.numbers[name] for item in read if name in item.numbers]
        if len(held) == count[name] and are_a_scale(set().union(*(values for _, values in held))):
            message = text("finding.rating-or-category.message-left", tier=name, files=text("count.files", n=len(held)))
            option = f"'{name}'" if " " in name else name
            hint = text("finding.rating-or-category.hint-left", parent=held[0][0], tier=option)
            yield finding("rating-or-category", message, hint=hint, tier=name)


def _tiers_option(codebook: Codebook, left: Counter[str]) -> str:
    own = [name for system in codebook.systems for name in system.interval_tier_names]
    names = ",".join([*own, left.most_common(1)[0][0]])
    return f"'{names}'" if " " in names else names


def _ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """By file in natural order, then by time; what concerns no file comes first. Equal findings appear once."""

    def key(item: Finding) -> tuple[object, ...]:
        return (
            natural_key(item.file or ""),
            -1 if item.start_ms is None else item.start_ms,
            item.tier or "",
            item.code,
            item.message,
        )

    return tuple(sorted(dict.fromkeys(findings), key=key))
