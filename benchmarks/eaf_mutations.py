"""Broken files by the thousand: every mutation must give a document with findings or one clear refusal.

    python benchmarks/eaf_mutations.py 10000 [FOLDER_OF_REAL_FILES] [--seed 20240417]

Mutations are of the kinds that disks, editors and programs make: bytes changed, cut, doubled or moved; attribute values
swapped between places; numbers made absurd; elements removed, doubled or nested. The same seed gives the same files.
Without real files, generated ones are mutated. Prints a count per outcome; exits with 1 if anything else was raised.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from generated_eaf import generate

from elancry.eaf import parse_eaf
from elancry.errors import UnreadableInput

LARGEST = 60_000  # bytes of an original; larger ones only make the job slow
_VALUE = re.compile(rb'="[^"]*"')
_ELEMENT = re.compile(rb"<(TIER|ANNOTATION|TIME_SLOT|REF_ANNOTATION|LINGUISTIC_TYPE|CV_ENTRY_ML|HEADER)\b[^>]*>")
_ABSURD = [
    b"-1",
    b"1e9",
    b"NaN",
    b"",
    b" ",
    b"9" * 400,
    b"2147483648",
    b"9007199254740993",
    b"0x10",
    "٣".encode(),
    b"&#0;",
]


def change_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, 400) :]


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + chance.randint(1, 400)] + data[start:]


def swap_values(data: bytes, chance: random.Random) -> bytes:
    """Exchange or copy attribute values: dangling, duplicate and cyclic references in a well-formed file."""
    places = list(_VALUE.finditer(data))
    for _ in range(chance.randint(1, 6)):
        if len(places) < 2:
            return data
        to, source = chance.choice(places), chance.choice(places)
        data = data[: to.start()] + source.group() + data[to.end() :]
        places = list(_VALUE.finditer(data))
    return data


def absurd_numbers(data: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb'(TIME_VALUE|TIME_ORIGIN|ANNOTATION_ID|TIME_SLOT_REF1)="[^"]*"', data))
    for match in sorted(chance.sample(numbers, min(4, len(numbers))), key=lambda m: -m.start()):
        value = match.group(1) + b'="' + chance.choice(_ABSURD) + b'"'
        data = data[: match.start()] + value + data[match.end() :]
    return data


def drop_elements(data: bytes, chance: random.Random) -> bytes:
    elements = list(_ELEMENT.finditer(data))
    for match in sorted(chance.sample(elements, min(3, len(elements))), key=lambda m: -m.start()):
        replacement = b"" if match.group().endswith(b"/>") else b"<X>"
        data = data[: match.start()] + replacement + data[match.end() :]
        if replacement:
            closing = b"</" + match.group(1) + b">"
            end = data.find(closing, match.start())
            if end >= 0:
                data = data[:end] + b"</X>" + data[end + len(closing) :]
    return data


MUTATIONS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    change_bytes, cut, truncate, double, swap_values, swap_values, absurd_numbers, drop_elements,
)  # fmt: skip


def originals(folder: Path | None) -> list[bytes]:
    if folder is not None:
        found = sorted(path for path in folder.rglob("*") if path.suffix in (".eaf", ".etf") and path.is_file())
        return [path.read_bytes() for path in found if 0 < path.stat().st_size <= LARGEST]
    with TemporaryDirectory() as place:
        return [
            generate(Path(place) / "a.eaf", size, seed).read_bytes() for seed, size in enumerate((0.005, 0.01, 0.02))
        ]


def use(data: bytes) -> str:
    """Read everything there is to read, and say how it ended; whatever is not a refusal is raised."""
    try:
        document = parse_eaf(data, "mutant.eaf")
    except UnreadableInput as refusal:
        return "refused" if str(refusal) else "refused without a word"
    frame = document.to_frame()
    assert (frame["end_ms"] >= frame["start_ms"]).all()
    assert (frame["start_ms"] >= 0).all()
    for tier in document.tiers:
        document.annotations(tier.id)
        document.children(tier.id)
        document.type_of(tier.id)
    _ = document.vocabularies, document.media, document.properties, document.languages, document.external_refs
    assert parse_eaf(document.to_bytes()).to_bytes() == document.to_bytes()
    assert document.edit().document().to_bytes() == document.to_bytes()
    return "with findings" if document.findings else "without findings"


def run(number: int, folder: Path | None, seed: int) -> tuple[Counter[str], list[str]]:
    """Outcomes of `number` mutations, and the tracebacks of those that went wrong."""
    files = originals(folder)
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for mutation in range(number):
        chance = random.Random(f"{seed}/{mutation}")
        data = chance.choice(files)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            data = chance.choice(MUTATIONS)(data, chance) or b"<"
        try:
            outcomes[use(data)] += 1
        except Exception:
            outcomes["went wrong"] += 1
            wrong.append(f"mutation {mutation} of seed {seed}:\n{traceback.format_exc()}")
    return outcomes, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int)
    parser.add_argument("real", type=Path, nargs="?")
    parser.add_argument("--seed", type=int, default=20240417)
    arguments = parser.parse_args()
    outcomes, wrong = run(arguments.number, arguments.real, arguments.seed)
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:6d} {outcome}")
    print("\n".join(wrong[:5]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
