"""What is put aside comes back as it was, here and in another process, and nothing stays behind."""

from __future__ import annotations

import gc
import pickle
import tempfile
from dataclasses import replace

import pytest

import elancry.check.disk_store as under_test
from elancry.align.sequences import match_sequences
from elancry.check.coding import CodedAnnotation
from elancry.check.disk_store import DiskStore, stored_like
from elancry.check.media import shifted
from elancry.check.study import check_files
from elancry.errors import OutputRefused
from elancry.merge.dispute import Dispute
from elancry.merge.study import merge_study
from elancry.table.annotations import annotations_frame, annotations_frames


def test_things_come_back_in_any_order():
    with DiskStore() as store:
        first, second = store.put(["a", None]), store.put([])
        places = [store.put_one(item) for item in ({"x": 1}, "y", (2,))]
        assert list(store.get(reversed(places))) == [(2,), "y", {"x": 1}]
        assert (list(first), len(first), first[1], first[:1]) == (["a", None], 2, None, ("a",))
        assert (len(second), bool(second), list(second)) == (0, False, [])
        assert list(pickle.loads(pickle.dumps(first))) == ["a", None]
        assert isinstance(stored_like(first, [3]), type(first))
        assert list(stored_like(first, [3])) == [3]
        folder = store._path.parent
        assert folder.is_dir()
    assert not folder.exists()
    assert stored_like((1,), [3]) == (3,)


def test_a_coding_put_aside_is_the_same_coding(study_folder, small_codebook):
    for session in ("s1", "s2"):
        for rater in ("R1", "R2"):
            study_folder.add(session, rater, form=[(1000, 2000, "protest"), (3000, 4000, "despair")])
    inside = check_files([study_folder.folder], codebook=small_codebook)
    with DiskStore() as store:
        aside = check_files([study_folder.folder], codebook=small_codebook, store=store)
        assert [replace(file, tiers=tuple(file.tiers)) for file in aside.files] == list(inside.files)
        assert aside.findings == inside.findings
        assert (aside.raters, aside.coded) == (inside.raters, inside.coded)
        later = shifted(aside.files[0], 50)
        assert type(later.tiers) is type(aside.files[0].tiers)
        assert tuple(later.tiers) == shifted(inside.files[0], 50).tiers
        sequences = match_sequences(aside)[0]
        whole = annotations_frame(inside, sequences)
        pieces = list(annotations_frames(aside, sequences, most=1))
    assert len(pieces) == 2
    assert [row for piece in pieces for row in piece.itertuples(index=False)] == list(whole.itertuples(index=False))


def test_no_annotation_stays_in_memory(study_folder, small_codebook, tmp_path):
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, form=[(1000, 2000, "protest"), (3000, 4000, "despair")])

    def alive():
        gc.collect()
        return sum(type(item) in (CodedAnnotation, Dispute) for item in gc.get_objects())

    before = alive()
    with DiskStore() as store:
        coding = check_files([study_folder.folder], codebook=small_codebook, store=store)
        assert alive() == before
        merge_study(coding, tmp_path / "merged")
        assert alive() == before
        assert len([item for file in coding.files for tier in file.tiers for item in tier.annotations]) == 6


def test_no_place_for_the_temporary_file_is_said_in_words(monkeypatch):
    with DiskStore() as store:
        monkeypatch.setattr(
            under_test.Path, "open", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left"))
        )
        with pytest.raises(OutputRefused, match=r"temporary folder .*: No space left"):
            store.put([1])


@pytest.mark.parametrize("step", ["mkdir", "touch"])
def test_stopped_while_it_is_made_nothing_stays_behind(step, monkeypatch, tmp_path):
    """A signal comes as an exception at any line, also before the block has begun."""
    done = getattr(under_test.Path, step)

    def stopped(path, **options):
        done(path, **options)
        raise SystemExit(143)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(under_test.Path, step, stopped)
    with pytest.raises(SystemExit), DiskStore():
        pass
    assert list(tmp_path.iterdir()) == []


def test_no_temporary_folder_at_all_is_said_in_words(monkeypatch):
    def refuse():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    with pytest.raises(OutputRefused, match="the temporary folder: No usable temporary directory"), DiskStore():
        pass
