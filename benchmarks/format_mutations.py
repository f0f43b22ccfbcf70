"""Damaged files of every format that is read: each must be refused, told, or read without losing an annotation.

    python benchmarks/format_mutations.py 5000 [FORMAT ...] [--seed 20240417]

A recording of two tiers is written in each format (what is only read: benchmarks/foreign_files.py); then one place of
the file is damaged as disks, editors and copying do it: a character changed, put in or taken away, digits made letters,
a separator or a quote lost or added, a line cut short, doubled or blanked. The outcome of
each mutation is one of

- refused: an error that names the file, with the line where only a part of it makes no sense;
- told: findings that reading the undamaged file does not give;
- same: the same annotations, whatever their tiers are called;
- one place: as many annotations, of which those of the damaged line say something else: nobody can know that a digit
  was another one. OF_ONE_LINE says where a line is more than one annotation;
- more: the annotations of a line that was doubled come twice;
- SILENT: less or something else without a word, or CRASH: another exception. Both make the job end with 1.

The same seed gives the same mutations.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence

from foreign_files import FILES, zipped

from elancry.eaf.document import Document
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding
from elancry.interop.conversion import gather, names_for
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.formats import load_format

Rows = Counter[tuple[int, int, str]]
ALL = Choices()
FAULTS = ("SILENT", "CRASH")
OF_ONE_LINE = {"vcode": 2, "datavyu": 2, "datavyu-csv": 2, "noldus": 3, "anvil": 3, "preflook": 4}
"""How many annotations one line makes or bounds: with its comment or further codes, in every column of a table; as a
mark that holds until the next one, at its old and at its new place, with the trial."""
BOUNDING = ("preflook",)
"""Formats in which a line may lie between two annotations, so that one of them goes where it moves away."""


def recording() -> Document:
    """Two tiers with values that no number can be taken for, and long enough to be no seconds."""
    form = [(950, 2345, "protest"), (62_500, 63_990, "despair"), (70_000, 91_250, "protest"), (99_040, 104_000, "rage")]
    action = [(1200, 5430, "holds"), (61_000, 68_750, "speaks"), (88_880, 93_330, "holds"), (101_010, 109_990, "waits")]
    tiers = [FlatTier("form", form, participant="child"), FlatTier("action", action, participant="adult")]
    return build_document(tiers, name="S01.eaf")[0]


def original(name: str) -> bytes:
    """The recording as a file of the format."""
    form = load_format(name)
    if name in FILES:
        return FILES[name]()
    if form.gather is not None:
        files = dict(gather({"S01": recording()}, name, ALL)[0])
    elif form.write is not None:
        files = dict(form.write(recording(), ALL).files)
    else:
        raise UsageError(f"{name} is not written")
    (content,) = files.values()
    return content


def read(name: str, data: bytes) -> tuple[Rows, tuple[Finding, ...]]:
    """The annotations in a file, of all its recordings and tiers, and the findings."""
    reader = load_format(name).read
    assert reader is not None
    result = reader(data, f"S01{load_format(name).suffixes[0] if load_format(name).suffixes else '.txt'}", ALL)
    rows: Rows = Counter()
    for document in result.documents.values():
        for tier in document.tiers:
            rows.update((item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id))
    return rows, result.findings


def change_letter(line: str, chance: random.Random) -> str:
    place = chance.randrange(len(line))
    return line[:place] + chance.choice("xQ7;,:.\t\"'%!<>-#|_ \x15\ufffd") + line[place + 1 :]


def insert(line: str, chance: random.Random) -> str:
    place = chance.randrange(len(line) + 1)
    return line[:place] + chance.choice("xQ7;,:.\t\"'%!<>-#|_ \x15\x00") + line[place:]


def remove(line: str, chance: random.Random) -> str:
    place = chance.randrange(len(line))
    return line[:place] + line[place + chance.randint(1, 3) :]


def letter_for_digit(line: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(line) if letter.isdigit()]
    if not places:
        return change_letter(line, chance)
    place = chance.choice(places)
    return line[:place] + chance.choice("xOl") + line[place + 1 :]


def cut_line(line: str, chance: random.Random) -> str:
    """Never to nothing: an empty line is no trace of what was there."""
    return line[: chance.randrange(min(1, len(line) - 1), len(line))]


def double_line(line: str, chance: random.Random) -> str:
    return f"{line}\n{line}"


def join_times(line: str, chance: random.Random) -> str:
    """Lose a separator."""
    places = [place for place, letter in enumerate(line) if letter in ",;\t:.->_"]
    if not places:
        return remove(line, chance)
    place = chance.choice(places)
    return line[:place] + line[place + 1 :]


MUTATIONS: Sequence[Callable[[str, random.Random], str]] = (
    change_letter, insert, remove, letter_for_digit, letter_for_digit, cut_line, double_line, join_times,
)  # fmt: skip


def mutate(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """One damaged line that is not empty, and which damage it was; of a zip file a line of its largest text."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        largest = max(members, key=lambda name: len(members[name]))
        members[largest], what = mutate(members[largest], chance)
        return zipped({name: content.decode() for name, content in members.items()}), what
    lines = data.decode("utf-8").split("\n")
    number = chance.choice([place for place, line in enumerate(lines) if line.strip()])
    mutation = chance.choice(MUTATIONS)
    lines[number] = mutation(lines[number], chance)
    return "\n".join(lines).encode("utf-8", "replace"), mutation.__name__


def outcome(name: str, data: bytes, before: Rows, known: frozenset[tuple[str, str]]) -> str:
    """How reading the damaged file ended; `before` and `known` are what the undamaged one gives."""
    try:
        rows, findings = read(name, data)
    except UnreadableInput as error:
        return "refused" if error.message.startswith("S01") else "SILENT"
    except Exception:  # the job is to find these
        traceback.print_exc()
        return "CRASH"
    if any((item.code, item.message) not in known for item in findings):
        return "told"
    lost, come = before - rows, rows - before
    if not lost and not come:
        return "same"
    fewest = before.total() - (name in BOUNDING)
    if rows.total() >= fewest and lost.total() <= OF_ONE_LINE.get(name, 1):
        return "one place" if lost else "more"
    # A code, a tier or a header stands for several annotations: their times stay.
    if sorted(row[:2] for row in rows.elements()) == sorted(row[:2] for row in before.elements()):
        return "one place"
    return "SILENT"


def shown(data: bytes) -> str:
    """A file as text, of a zip file all its members."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(map(archive.read, archive.namelist()))
    return data.decode("utf-8", "replace")


def run(name: str, number: int, seed: int, show: int = 0) -> Counter[str]:
    """Outcomes of `number` mutations of the file of one format; prints the first `show` faults."""
    chance = random.Random(f"{seed} {name}")
    data = original(name)
    before, findings = read(name, data)
    known = frozenset((item.code, item.message) for item in findings)
    counts: Counter[str] = Counter()
    for _ in range(number):
        damaged, what = mutate(data, chance)
        ended = outcome(name, damaged, before, known)
        counts[ended] += 1
        if ended in FAULTS and show > 0:
            show -= 1
            old, new = (shown(content).split("\n") for content in (data, damaged))
            changed = next((pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]), ("", ""))
            print(f"{name} {ended} {what}: {changed[0]!r} -> {changed[1]!r}")
    return counts


def readable() -> tuple[str, ...]:
    """The formats that are read, without .eaf, whose mutations are those of eaf_mutations.py."""
    return names_for("read")[1:]


def main() -> int:
    """Run the job and print a line for each format."""
    parser = argparse.ArgumentParser(description="Damage files of every format and look what reading them says.")
    parser.add_argument("number", type=int, help="mutations of each format")
    parser.add_argument("formats", nargs="*", help="only these formats")
    parser.add_argument("--seed", type=int, default=20240417)
    parser.add_argument("--show", type=int, default=5, help="faults shown of each format")
    given = parser.parse_args()
    faults = 0
    for name in given.formats or readable():
        counts = run(name, given.number, given.seed, given.show)
        faults += sum(counts[fault] for fault in FAULTS)
        print(name, ", ".join(f"{what} {count}" for what, count in sorted(counts.items())), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
