"""Do the file names say what they should? Where they do not fit `--pattern`, which pattern would fit all of them?

A pattern fits if every name has a session and a rater by it, no pair comes twice, and most files are in sessions that
several raters coded; a rater must come in two sessions, or the names must be words for raters (`child_1` and `child_2`
are recordings), and the files of a session must link one medium. Of several that fit, words decide (`S01`, `session 3`,
`R1`, `coder2`), then digits, then that a study has more sessions than raters, then that the session is usually written
first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from elancry.check.coding import CodedFile, natural_key
from elancry.check.naming import UNNAMED, FilePattern, TierPattern
from elancry.check.reading import ReadFile
from elancry.choices import DEFAULT_PATTERN
from elancry.findings import Finding, finding
from elancry.texts import Text, some, text

MOST_RATERS = 12
PATTERNS = (
    DEFAULT_PATTERN,
    "{session}_{rater}",
    "{session}-{rater}",
    "{session} {rater}",
    "{session}.{rater}",
    "{session}/{rater}",
    "{rater}/{session}",
    "{rater}__{session}",
    "{rater}_{session}",
    "{rater}-{session}",
    "{rater} {session}",
    "{rater}.{session}",
)

TIER_PATTERNS = tuple(
    form.format(mark) for form in ("{{tier}}{}{{rater}}", "{{rater}}{}{{tier}}") for mark in ("@", "-", "_", ".", " ")
)

_SESSION = re.compile(
    r"(?:s|ses|sess|session|sitzung|stunde|hour|therapy|therapie|p|pat|patient|vp|video|film|case|fall)[\W_]*\d+", re.I
)
_RATER = re.compile(r"(?:r|rater|c|coder|kodierer|codierer|beurteiler|judge|k)[\W_]*\d+", re.I)
# "S01_" is half of a name that another separator was meant to cut.
_RAGGED = re.compile(r"^[\s_.-]|[\s_.-]$")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Fit:
    """A pattern and what the names say by it."""

    pattern: str
    sessions: tuple[str, ...]
    raters: tuple[str, ...]

    @property
    def text(self) -> Text:
        """`2 sessions (S01, S02) and 3 raters (R1, R2, R3)`."""
        return text(
            "check.sessions-and-raters",
            sessions=text("count.sessions", n=len(self.sessions)),
            session_names=_some(self.sessions),
            raters=text("count.raters", n=len(self.raters)),
            rater_names=_some(self.raters),
        )


@dataclass(frozen=True)
class TierFit:
    """A pattern of tiers and what their names say by it."""

    pattern: str
    tiers: tuple[str, ...]
    raters: tuple[str, ...]


def fitting_pattern(names: Sequence[str], media: Mapping[str, Collection[str]] | None = None) -> Fit | None:
    """The pattern that fits all file names (relative, with `/`) best; `None` where none fits.

    `media`: file name -> the media that the file links, where they are known.
    """
    best: tuple[tuple[int, bool, bool, int, int], Fit] | None = None
    for place, pattern in enumerate(PATTERNS):
        fit = _fit(pattern, names, media or {})
        if fit is None:
            continue
        rater_first = pattern.startswith("{rater}")
        key = (-_words(fit), len(fit.raters) > len(fit.sessions), rater_first, len(fit.raters), place)
        if best is None or key < best[0]:
            best = key, fit
    return None if best is None else best[1]


def fit_of_files(read: Sequence[ReadFile]) -> Fit | None:
    """The pattern that fits the names of files and what they link."""
    media = {item.name: item.coded.media for item in read if item.coded is not None}
    return fitting_pattern([item.name for item in read], media)


def _fit(pattern: str, names: Sequence[str], media: Mapping[str, Collection[str]]) -> Fit | None:
    compiled = FilePattern(pattern)
    read = [compiled.match(name) for name in names]
    pairs = {(item.session, item.rater) for item in read if item.rater is not None}
    if any(_RAGGED.search(name) for pair in pairs for name in pair):
        return None
    if len(pairs) < len(names) or not names:
        return None
    raters_of: dict[str, set[str | None]] = {}
    for session, rater in pairs:
        raters_of.setdefault(session, set()).add(rater)
    raters = sorted({rater for _, rater in pairs if rater is not None}, key=natural_key)
    shared = sum(len(found) for found in raters_of.values() if len(found) > 1)
    if not 1 < len(raters) <= MOST_RATERS or 2 * shared < len(names):
        return None
    recurs = len(pairs) > len(raters)
    linked: dict[str, set[str]] = {}
    for name, item in zip(names, read, strict=True):
        own = set(media.get(name, ()))
        if own and linked.setdefault(item.session, own).isdisjoint(own):
            return None
    fit = Fit(pattern, tuple(sorted(raters_of, key=natural_key)), tuple(raters))
    return fit if recurs or all(map(_RATER.fullmatch, raters)) or not any(map(_DIGIT.search, raters)) else None


def _words(fit: Fit) -> int:
    """How much the names look like sessions and raters rather than the other way round."""
    score = 0
    for names, own, other in ((fit.sessions, _SESSION, _RATER), (fit.raters, _RATER, _SESSION)):
        score += 2 * all(map(own.fullmatch, names)) - 2 * all(map(other.fullmatch, names))
    numbered = [all(map(_DIGIT.search, names)) for names in (fit.sessions, fit.raters)]
    plain = [not any(map(_DIGIT.search, names)) for names in (fit.sessions, fit.raters)]
    return score + (numbered[0] and plain[1]) - (numbered[1] and plain[0])


def other_pattern(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Do the names fit another pattern, by which there would be something to compare?

    Silent where a session has two raters already, or where a file holds the tiers of several.
    """
    files = [item.coded for item in read if item.coded is not None]
    unfit = [item for item in read if item.named.rater is None]
    raters_of: dict[str, set[str]] = {}
    for file in files:
        raters_of.setdefault(file.session, set()).update(file.raters)
    if len(unfit) < 2 or any(len(raters) > 1 for raters in raters_of.values()) or any(file.merged for file in files):
        return
    fit = fit_of_files(read)
    if fit is not None:
        message = text("finding.file-names-other-pattern.message", pattern=fit.pattern, fit=fit.text)
        yield finding("file-names-other-pattern", message, hint=_give(fit))


def raters_as_tiers(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Do tiers of one file end in the names of raters, so that each would be a system of its own?"""
    fit = tier_pattern_of(read)
    if fit is not None:
        message = text("finding.tier-names-raters.message", raters=some(fit.raters, 4), tiers=some(fit.tiers, 4))
        yield finding("tier-names-raters", message, hint=_give_tier_pattern(fit))


def tier_pattern_of(read: Sequence[ReadFile]) -> TierFit | None:
    """The tier pattern by which two raters or more have the same tiers in every file; `None` where none fits.

    The raters have to be words for raters (`code-R1`), or what the ANNOTATORs say (`Gesture_AB`): `gaze_left` and
    `gaze_right` are two tiers.
    """
    files = [item for item in read if item.coded is not None]
    if not files or any(item.coded is not None and item.coded.merged for item in files):
        return None
    annotators = {name for item in files for name in item.annotators}
    for pattern in TIER_PATTERNS:
        compiled = TierPattern(pattern)
        raters: set[str] = set()
        tiers: set[str] = set()
        for item in files:
            of: dict[str, set[str]] = {}
            for name in item.tier_names:
                matched = compiled.match(name)
                if matched is not None and (_RATER.fullmatch(matched[1]) or matched[1] in annotators):
                    of.setdefault(matched[1], set()).add(matched[0])
            if len(of) < 2 or len(set(map(frozenset, of.values()))) > 1:
                break
            raters |= of.keys()
            tiers |= {name for names in of.values() for name in names}
        else:
            if len(raters) <= MOST_RATERS:
                return TierFit(pattern, tuple(sorted(tiers)), tuple(sorted(raters, key=natural_key)))
    return None


def unnamed(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Does a file say nowhere whose it is?"""
    silent = [item for item in read if item.coded is not None and item.coded.rater == UNNAMED]
    if not silent:
        return
    by_tier = tier_pattern_of(read)
    fit = fit_of_files(read) if by_tier is None else None
    known = {item.named.rater for item in read if item.named.rater is not None}
    for item in silent:
        yield finding(
            "rater-unnamed",
            text("finding.rater-unnamed.message"),
            hint=_give_tier_pattern(by_tier)
            if by_tier is not None
            else _give(fit)
            if fit is not None
            else _like_the_others(item, known),
            file=item.name,
            session=item.named.session,
        )


def _give_tier_pattern(fit: TierFit) -> Text:
    return text("finding.give-tier-pattern", pattern=fit.pattern)


def _give(fit: Fit) -> Text:
    return text("finding.give-pattern", pattern=fit.pattern)


def _like_the_others(item: ReadFile, known: set[str]) -> Text:
    """A new name, where the file name ends in a rater that other files name."""
    stem = item.named.session
    for rater in sorted(known, key=len, reverse=True):
        found = re.fullmatch(rf"(.*\w)[\W_]+{re.escape(rater)}", stem, re.IGNORECASE)
        if found is not None:
            return text("finding.rater-unnamed.hint-like-others", name=f"{found[1]}__{rater}.eaf")
    return text("finding.rater-unnamed.hint-name-files")


def letter_case(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Are there two sessions, or two raters, whose names differ only in capital letters?"""
    sessions: dict[str, dict[str, str]] = {}
    raters: dict[str, dict[str, str]] = {}
    for file in files:
        sessions.setdefault(file.session.casefold(), {}).setdefault(file.session, file.name)
        for rater in file.raters:
            raters.setdefault(rater.casefold(), {}).setdefault(rater, file.name)
    for noun, groups in (("session", sessions), ("rater", raters)):
        for group in groups.values():
            if len(group) > 1:
                each = [f"{name!r} ({file})" for name, file in sorted(group.items())]
                message = text(f"finding.names-differ-in-case.message-{noun}", each=each, n=len(group))
                yield finding("names-differ-in-case", message, hint=text("finding.names-differ-in-case.hint"))


def _some(names: Sequence[str], most: int = 4) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")
