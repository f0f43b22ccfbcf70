"""Lengths of recordings, against headers written by hand after the specifications and by Python's wave module."""

from __future__ import annotations

import struct
import wave

import pytest

from elancry.check.study import check_files
from elancry.eaf import Media
from elancry.eaf.media_length import length_ms, linked_path


def box(name, content):
    return struct.pack(">I4s", 8 + len(content), name) + content


def movie(version, timescale, duration):
    form = ">B3xQQIQ" if version else ">B3xIIII"
    header = box(b"mvhd", struct.pack(form, version, 0, 0, timescale, duration))
    return box(b"ftyp", b"isom") + box(b"moov", box(b"free", b"1234") + header)


def write_wav(path, seconds):
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0" * int(8000 * 4 * seconds))


def test_wav(tmp_path):
    write_wav(tmp_path / "a.wav", 1.5)
    assert length_ms(tmp_path / "a.wav") == 1500


@pytest.mark.parametrize(
    ("version", "timescale", "duration", "ms"), [(0, 600, 900, 1500), (1, 90_000, 2**33, 95_443_718)]
)
def test_mp4(tmp_path, version, timescale, duration, ms):
    # 2**33 / 90000 s = 95443.7177 s
    (tmp_path / "a.mp4").write_bytes(movie(version, timescale, duration))
    assert length_ms(tmp_path / "a.mp4") == ms


def test_a_box_with_a_64_bit_size_is_skipped(tmp_path):
    big = struct.pack(">I4sQ", 1, b"mdat", 16 + 5) + b"12345"
    (tmp_path / "a.mp4").write_bytes(big + movie(0, 1000, 70))
    assert length_ms(tmp_path / "a.mp4") == 70


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no media at all", struct.pack(">I4s", 0, b"moov"), movie(0, 0, 5)])
@pytest.mark.parametrize("suffix", [".wav", ".mp4", ".mpg"])
def test_what_cannot_be_read_has_no_length(tmp_path, content, suffix):
    (tmp_path / f"a{suffix}").write_bytes(content)
    assert length_ms(tmp_path / f"a{suffix}") is None


def test_where_media_lie(tmp_path):
    (tmp_path / "v 1.mp4").write_bytes(b"")
    (tmp_path / "sub").mkdir()
    assert (
        linked_path(Media("file:///nowhere/x.mp4", "../v%201.mp4"), tmp_path / "sub")
        == tmp_path / "sub" / ".." / "v 1.mp4"
    )
    assert linked_path(Media((tmp_path / "v 1.mp4").as_uri()), tmp_path / "sub") == tmp_path / "v 1.mp4"
    assert linked_path(Media("file:///C:/x/y.mp4", "file:/" + "x" * 5000), tmp_path) is None


def test_annotations_beyond_the_medium_and_media_of_different_length(study_folder, small_codebook):
    for rater, seconds in (("R1", 5), ("R2", 9)):
        path = study_folder.add("s1", rater, form=[(1000, 6000, "protest")], media=["s1.wav"], name=f"{rater}/s1.eaf")
        write_wav(path.parent / "s1.wav", seconds)
        text = path.read_bytes().replace(b'MIME_TYPE="', b'RELATIVE_MEDIA_URL="./s1.wav" MIME_TYPE="')
        path.write_bytes(text)
    coding = check_files([study_folder.folder], codebook=small_codebook, pattern="{rater}/{session}")
    assert [file.duration_ms for file in coding.files] == [5000, 9000]
    found = {(item.code, item.rater, item.tier) for item in coding.findings if "medi" in item.code}
    assert found == {
        ("annotation-beyond-medium", "R1", "form"),
        ("annotation-beyond-medium", "R1", "Sequence"),
        ("annotation-beyond-medium", "R2", "Sequence"),
        ("media-lengths-differ", "R2", None),
    }


def test_an_offset_shortens_what_can_be_coded(study_folder, small_codebook):
    # Time 0 lies 2 s into the medium of 5 s: 3 s are left.
    path = study_folder.add("s1", "R1", form=[(1000, 2900, "protest")], media=["s1.wav"], origin_ms=2000)
    write_wav(path.parent / "s1.wav", 5)
    path.write_bytes(path.read_bytes().replace(b'MIME_TYPE="', b'RELATIVE_MEDIA_URL="./s1.wav" MIME_TYPE="'))
    (file,) = check_files([study_folder.folder], codebook=small_codebook).files
    assert file.duration_ms == 3000
