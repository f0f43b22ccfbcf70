"""Which files belong to one session, and the URLs that ELAN opens."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from lxml import etree

from elancry.errors import UnreadableInput, UsageError
from elancry.template.media import cut_at_hash, file_url, find_media, group_by_session, mime_type, relative_url


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def sessions(folder: Path, *patterns: str) -> dict[str, list[str]]:
    found = group_by_session(find_media([folder]), patterns)
    return {item.session: [path.name for path in item.files] for item in found}


def test_folders_are_searched_through_and_only_media_are_taken(tmp_path: Path) -> None:
    make(tmp_path, "b.mp4", "deep/a.MOV", "notes.txt", "a.eaf", "._b.mp4", ".cache/x.mp4", "c.wav")
    assert sessions(tmp_path) == {"a": ["a.MOV"], "b": ["b.mp4"], "c": ["c.wav"]}


def test_files_and_globs_that_the_shell_left_alone(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mp4", "c.txt")
    assert [name for _, name in find_media([tmp_path / "a.mp4", tmp_path / "*.mp4"])] == ["a.mp4", "b.mp4"]
    assert [name for _, name in find_media([tmp_path / "*"])] == ["a.mp4", "b.mp4"]


def test_media_of_one_stem_are_one_session_video_first(tmp_path: Path) -> None:
    make(tmp_path, "s01.wav", "s01.mp4", "s02.mp3")
    assert sessions(tmp_path) == {"s01": ["s01.mp4", "s01.wav"], "s02": ["s02.mp3"]}


def test_patterns_group_and_order(tmp_path: Path) -> None:
    make(tmp_path, "s01_cam2.mp4", "s01_cam1.mp4", "s01_micA.wav", "s02_cam1.mp4", "other.mp4")
    assert sessions(tmp_path, "{session}_mic?.wav", "{session}_cam{n}.mp4") == {
        "other": ["other.mp4"],
        "s01": ["s01_micA.wav", "s01_cam1.mp4", "s01_cam2.mp4"],
        "s02": ["s02_cam1.mp4"],
    }


def test_the_session_may_be_the_folder(tmp_path: Path) -> None:
    make(tmp_path, "p1/s01/video.mp4", "p1/s02/video.mp4", "p1/s02/room.wav")
    assert sessions(tmp_path, "{session}/*.*") == {"s01": ["video.mp4"], "s02": ["video.mp4", "room.wav"]}


def test_two_videos_of_one_name_are_not_silently_one_session(tmp_path: Path) -> None:
    make(tmp_path, "p1/session1.mp4", "p2/session1.mp4")
    with pytest.raises(UsageError, match="two media files of session 'session1' have the same name") as caught:
        sessions(tmp_path)
    assert "media: ['{session}/*.mp4']" in (caught.value.hint or "")


def test_sessions_that_differ_in_case_only_would_share_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'S1' and 's1' differ only in upper and lower case"):
        group_by_session([(tmp_path / "a" / "S1.mp4", "a/S1.mp4"), (tmp_path / "b" / "s1.mp4", "b/s1.mp4")])


@pytest.mark.parametrize("stem", ["a:b", "nl\nx", 'q"', "aux", "\udcff", "x" * 101])
def test_sessions_whom_no_file_can_be_called_after(tmp_path: Path, stem: str) -> None:
    with pytest.raises(UsageError, match="the session") as caught:
        group_by_session([(tmp_path / f"{stem}.mp4", f"{stem}.mp4")])
    assert str(caught.value).isprintable() or "\n  " in str(caught.value)


def test_names_in_decomposed_form_are_the_sessions_that_tables_name(tmp_path: Path) -> None:
    # As macOS gives them: M, u, combining diaeresis.
    (found,) = group_by_session([(tmp_path / "Mu\u0308.mp4", "Mu\u0308.mp4")])
    assert found.session == "M\u00fc"
    assert found.files[0].name == "Mu\u0308.mp4"


def test_a_pattern_without_session(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    with pytest.raises(UsageError, match="does not show where the session's name is"):
        sessions(tmp_path, "*.mp4")


def test_what_cannot_be_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no video or audio files in"):
        find_media([tmp_path])
    make(tmp_path, "a.txt", "50%/a.mp4", "take[1].mp4", "#1 and #2.mp4", "#1.mp4")
    with pytest.raises(UsageError, match=r"a\.txt is not a video or audio file"):
        find_media([tmp_path / "a.txt"])
    with pytest.raises(UnreadableInput, match="does not exist"):
        find_media([tmp_path / "absent.mp4"])
    assert find_media([tmp_path / "#1.mp4"])
    for name in ("50%", "take[1].mp4", "#1 and #2.mp4"):
        with pytest.raises(UsageError, match="cannot hold a path with"):
            find_media([tmp_path / name])


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (PurePosixPath("/home/a b/ä's.mp4"), "file:///home/a b/ä's.mp4"),
        (PureWindowsPath("C:\\Users\\Jörg\\a.mp4"), "file:///C:/Users/Jörg/a.mp4"),
        (PureWindowsPath("\\\\server\\share\\a.mp4"), "file://server/share/a.mp4"),
    ],
)
def test_absolute_urls_are_those_that_elan_writes(path: PurePosixPath | PureWindowsPath, url: str) -> None:
    # ELAN's FileUtility.pathToURLString: backslashes to slashes, file:// before a share, file:/// before the rest,
    # nothing encoded; its reading strips the same prefix and decodes nothing.
    assert file_url(path) == url


def test_relative_urls_start_where_the_file_is_written(tmp_path: Path) -> None:
    make(tmp_path, "video/a.mp4", "b.mp4")
    assert relative_url(tmp_path / "b.mp4", tmp_path) == "./b.mp4"
    assert relative_url(tmp_path / "video/a.mp4", tmp_path) == "./video/a.mp4"
    assert relative_url(tmp_path / "video/a.mp4", tmp_path / "coded" / "R1") == "../../video/a.mp4"


def test_a_relative_url_leads_to_the_medium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "in/a.mp4")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    url = relative_url(tmp_path / "in" / "a.mp4", Path())
    assert url is not None
    assert Path(url).samefile(tmp_path / "in" / "a.mp4")


def test_mime_types() -> None:
    # The first four are in real files that ELAN wrote; the last two are ELAN's words for "some audio", "some video".
    wanted = {
        "a.mp4": "video/mp4", "a.MPG": "video/mpeg", "a.mov": "video/quicktime", "a.WAV": "audio/x-wav",
        "a.mp3": "audio/*", "a.mkv": "video/*",
    }  # fmt: skip
    assert {name: mime_type(PurePosixPath(name)) for name in wanted} == wanted


@pytest.mark.parametrize("name", ["a b.mp4", "ä's (1) & #2, +x;y=z@!~.mp4", "العربية.mp4", "a{b}^`|.mp4"])
def test_urls_are_valid_any_uris(name: str) -> None:
    schema = etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:anyURI"/></xs:schema>'
        )
    )
    element = etree.Element("a")
    for url in (file_url(PurePosixPath("/v") / name), f"./{name}"):
        element.text = url
        schema.assertValid(element)


def test_a_hash_anywhere_in_the_path_is_told(tmp_path: Path) -> None:
    # ELAN's JavaFX player takes what stands behind a # for the fragment of the URL.
    paths = [Path("/videos/S01.mp4"), Path("/videos/S#02.mp4"), Path("/study #3/S03.mp4")]
    assert [(item.code, item.file) for item in cut_at_hash(paths)] == [
        ("media-hash", "S#02.mp4"),
        ("media-hash", "S03.mp4"),
    ]
    (first, _) = cut_at_hash(paths)
    assert first.message == f"ELAN's player cuts off {paths[1]} at the #"
    assert first.hint is not None
    assert "Rename the file" in first.hint
