"""How long does the association part take, and how much memory?

    python benchmarks/association_speed.py --study sample_eaf
    python benchmarks/association_speed.py --sequences 46 --raters 3

Without --study a study at random: two systems of 4 and 9 categories, some 12 stretches per sequence, system and rater.
Always 9,999 permutations and draws. "CPU" is the time of all cores together: on a busy computer the fairer of the two.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.sequences import match_sequences
from elancry.align.timeline import Timeline
from elancry.choices import Null
from elancry.codebook.model import Category, Codebook, System
from elancry.study.associate.cooccurrence_rows import cooccurrence_rows
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.associate.sequence_scores import rater_scores, scores_frame
from elancry.study.associate.sequential_rows import sequential_rows
from elancry.study.associate.setcorrelation_rows import attenuation_rows, setcorrelation_rows
from elancry.study.compared import Compared
from elancry.study.plan import plan_for
from elancry.study.plan_keys import Plan
from elancry.study.run import check_study


def a_system(name: str, size: int) -> System:
    return System(name, {"en": name}, tuple(Category(f"{name}{k}", {"en": f"{name}{k}"}) for k in range(size)))


BOOK = Codebook("speed", "Speed", (a_system("form", 4), a_system("act", 9)))


def a_study(sequences: int, raters: int) -> tuple[list[Timeline], list[SequenceEvents]]:
    rng = np.random.default_rng(1)
    names = tuple(f"R{rater}" for rater in range(raters))
    lines, events = [], []
    for number in range(sequences):
        session = f"s{number * 32 // 46:04d}"
        length = int(rng.integers(60_000, 300_000))
        for system in BOOK.systems:
            cuts = np.unique(np.concatenate([[0, length], rng.integers(1, length, size=int(rng.integers(8, 18)))]))
            base = rng.integers(-1, len(system.categories), size=len(cuts) - 1)
            other = rng.integers(-1, len(system.categories), size=(len(base), raters))
            codes = np.where(rng.random((len(base), raters)) < 0.15, other, base[:, None]).astype(np.int16)
            categories = tuple(category.id for category in system.categories)
            lines.append(
                Timeline(session, str(number), system.id, system.id, names, categories, cuts[:-1], cuts[1:], codes)
            )
            there = [codes[:, column] >= 0 for column in range(raters)]
            events.append(
                SequenceEvents(
                    session,
                    str(number),
                    system.id,
                    system.id,
                    categories,
                    names,
                    tuple(cuts[:-1][flags] for flags in there),
                    tuple(cuts[1:][flags] for flags in there),
                    tuple(codes[flags, column] for column, flags in enumerate(there)),
                )
            )
    return lines, events


def of_files(folder: Path) -> tuple[Codebook, Sequence[Timeline], Sequence[RatingMatrix], Sequence[SequenceEvents]]:
    """Codebook, timelines, ratings and events of a study in files, read with its own plan."""
    plan = plan_for([folder])
    coding = check_study([folder], plan)
    compared = Compared.of(coding, match_sequences(coding)[0])
    return compared.codebook, compared.timelines, compared.ratings, compared.events


def timed(name: str, job: Callable[[], Sequence[object]]) -> None:
    begun, worked = time.perf_counter(), time.process_time()
    rows = job()
    took, cpu = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:28s} {took:7.2f} s   {cpu:7.2f} s CPU   {len(rows):5d} rows   {peak:6.0f} MB at most so far", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=46)
    parser.add_argument("--raters", type=int, default=3)
    parser.add_argument("--study", type=Path, help="a folder of coded files instead")
    chosen = parser.parse_args()
    book, ratings = BOOK, ()
    if chosen.study is None:
        lines, events = a_study(chosen.sequences, chosen.raters)
    else:
        book, lines, ratings, events = of_files(chosen.study)
    scores = rater_scores(lines, ratings, events, book)
    frame = scores_frame(scores)
    print(f"{len(frame)} sequences in {frame['session'].nunique()} sessions, {len(scores.raters)} raters")
    plan = Plan(seed=1)
    sample = Sample(frame, "session", plan)
    models = list(fitted_models(sample, book))
    timed("co-occurrence", lambda: cooccurrence_rows(lines, book, plan))
    timed("co-occurrence, swap", lambda: cooccurrence_rows(lines, book, plan.with_({"null": Null.SWAP})))
    timed("co-occurrence, shift", lambda: cooccurrence_rows(lines, book, plan.with_({"null": Null.SHIFT})))
    timed("sequential, 2 windows, 1 lag", lambda: sequential_rows(lines, events, book, plan))
    timed("regression", lambda: regression_rows(models)[0])
    timed("sensitivity", lambda: sensitivity_rows(models))
    timed("set correlation", lambda: setcorrelation_rows(sample, book))
    timed("attenuation", lambda: attenuation_rows(scores, book, plan))


if __name__ == "__main__":
    main()
