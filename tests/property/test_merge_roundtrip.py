"""Laws of merging, over random studies: nothing is lost, nothing broken, and the consensus reads back as written."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elancry.align.adjudicated import consensus_coding
from elancry.align.sequences import match_sequences
from elancry.align.timeline import build_timelines
from elancry.check.study import check_files
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.eaf import read_eaf, write_eaf
from elancry.merge.study import merge_study
from elancry.template.build import build_template

FORM = System(
    id="form",
    labels={"en": "Form"},
    categories=tuple(Category(name, {"en": name}) for name in ("protest", "despair", "inhibited")),
    coding=Coding.BOTH,
    scale=Scale(0, 2),
)
CODEBOOK = Codebook(id="small", title="Small", systems=(FORM,))
VALUES = (*(item.id for item in FORM.categories), "no category")
ADDED = ("consensus", "disagreement")


def pairs(cuts, unit_ms):
    return [(unit_ms * a, unit_ms * b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@st.composite
def raters_files(draw, *, own_windows=True):
    """For 2-4 raters: non-overlapping sequences (their own, or a choice of common ones), codes, ratings with gaps."""
    files = {}
    common = pairs(sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=8))), 100)
    for number in range(1, draw(st.integers(2, 4)) + 1):
        if own_windows:
            sequences = pairs(sorted(draw(st.sets(st.integers(0, 40), min_size=2, max_size=6))), 100)
        else:
            sequences = [span for span in common if draw(st.integers(0, 3))]
        edges = sorted(draw(st.sets(st.integers(0, 400), max_size=12)))
        codes = [(start, end, draw(st.sampled_from(VALUES))) for start, end in pairs(edges, 10)]
        ratings = [draw(st.sampled_from(["0", "1", "2", None])) for _ in sequences]
        files[f"R{number}"] = (sequences, codes, ratings)
    return files


def write(files, folder):
    for rater, (sequences, codes, ratings) in files.items():
        editor = build_template(CODEBOOK, annotator=rater).edit()
        for (start, end), rating in zip(sequences, ratings, strict=True):
            parent = editor.annotations.add("Sequence", start, end, "")
            if rating is not None:
                editor.annotations.add_reference("form.protest.rating", parent, rating, cve_ref=rating)
        for start, end, value in codes:
            editor.annotations.add("form", start, end, value)
        write_eaf(editor.document(), folder / f"s1__{rater}.eaf")


def content(document, suffix=""):
    return Counter(
        (f"{tier.id}{suffix}", item.start_ms, item.end_ms, item.value, item.cve_ref)
        for tier in document.tiers
        if not tier.id.endswith(tuple(f"@{name}" for name in ADDED))
        for item in document.annotations(tier.id)
    )


def consensus_time(folder):
    """(sequence window, code) -> ms of the consensus as read from a folder."""
    coding = check_files([folder], codebook=CODEBOOK)
    changed, sequences = consensus_coding(coding, match_sequences(coding)[0])
    found = Counter()
    for timeline in build_timelines(changed, sequences, raters=("consensus",)):
        window = (int(timeline.start_ms[0]), int(timeline.end_ms[-1]))
        for duration, code in zip(timeline.durations.tolist(), timeline.codes[:, 0].tolist(), strict=True):
            found[window, code] += duration
    return found


@settings(max_examples=15, deadline=None)
@given(raters_files())
def test_nothing_is_lost_or_broken(files):
    with tempfile.TemporaryDirectory() as place:
        coded, merged = Path(place) / "coded", Path(place) / "merged"
        coded.mkdir()
        write(files, coded)
        merge_study(check_files([coded], codebook=CODEBOOK), merged)
        document = read_eaf(merged / "s1.merged.eaf")
        expected = sum((content(read_eaf(path), f"@{path.stem[4:]}") for path in coded.iterdir()), Counter())
        assert content(document) == expected
        assert document.findings == ()


@settings(max_examples=15, deadline=None)
@given(raters_files(own_windows=False))
def test_an_unedited_consensus_reads_back_as_the_majority(files):
    # With common windows: where windows overlap, merging cuts them apart and the two must differ. Where raters have no
    # window in common, the coded files have no sequence at all, the merged one has those of single raters.
    windows = [set(sequences) for sequences, _, _ in files.values()]
    assume(
        len(windows) == 1
        or any(len([other for other in windows if span in other]) > 1 for one in windows for span in one)
    )
    with tempfile.TemporaryDirectory() as place:
        coded, merged = Path(place) / "coded", Path(place) / "merged"
        coded.mkdir()
        write(files, coded)
        merge_study(check_files([coded], codebook=CODEBOOK), merged)
        assert consensus_time(merged) == consensus_time(coded)
