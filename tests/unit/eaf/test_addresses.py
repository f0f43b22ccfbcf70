"""What addresses in files mean on this computer, and which of them belong to a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.eaf.addresses import local_path
from elancry.eaf.ecv import ExternalVocabularies, elan_loads, find_ecv, write_ecv


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///data/lab.ecv", "/data/lab.ecv"),
        ("file:/data/lab.ecv", "/data/lab.ecv"),
        ("file://localhost/data/lab.ecv", "/data/lab.ecv"),
        ("FILE:///data/Lab%20codes.ecv", "/data/Lab codes.ecv"),
        ("file:///data/Lab codes.ecv", "/data/Lab codes.ecv"),
        ("file:///C:/Lab/M%C3%BCller.ecv", "C:/Lab/Müller.ecv"),
        ("file://C:/Lab/lab.ecv", "C:/Lab/lab.ecv"),
        ("C:\\Lab\\lab.ecv", "C:/Lab/lab.ecv"),
        ("./lab.ecv", "lab.ecv"),
        ("../codes/lab#2.ecv", "../codes/lab#2.ecv"),
        ("/data/lab.ecv", "/data/lab.ecv"),
    ],
)
def test_addresses_of_this_computer(address: str, path: str) -> None:
    assert local_path(address) == Path(path)


@pytest.mark.parametrize(
    "address",
    [
        "http://server/lab.ecv",
        "https://server/lab.ecv",
        "ftp://server/lab.ecv",
        "smb://server/lab.ecv",
        "file://server/share/lab.ecv",
        "file:////server/share/lab.ecv",
        "file:///%5C%5Cserver/share/lab.ecv",
        "\\\\server\\share\\lab.ecv",
        "//server/share/lab.ecv",
        "",
        "lab\0.ecv",
        "lab%00.ecv",
    ],
)
def test_addresses_of_a_network_mean_no_path(address: str) -> None:
    assert local_path(address) is None


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """study/raters/ for the .eaf files; a vocabulary file in study/, in study/raters/ and elsewhere."""
    for folder in ("study/raters", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    for place in ("study/above.ecv", "study/raters/a b.ecv", "elsewhere/lab.ecv", "elsewhere/above.ecv"):
        write_ecv(ExternalVocabularies({}, ()), tmp_path / place)
    for place in ("elsewhere/password", "study/raters/password"):
        (tmp_path / place).write_text("secret")
    return tmp_path / "study"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("{root}/elsewhere/lab.ecv", "elsewhere/lab.ecv"),
        ("{root}/elsewhere/above.ecv", "elsewhere/above.ecv"),
        ("../../elsewhere/lab.ecv", "elsewhere/lab.ecv"),
        ("./a%20b.ecv", "study/raters/a b.ecv"),
        ("file:///C:/Users/M/a%20b.ecv", "study/raters/a b.ecv"),
        ("file:///C:/Users/M/above.ecv", "study/above.ecv"),
        ("http://server/ecv/above.ecv", "study/above.ecv"),
        ("\\\\server\\share\\above.ecv", "study/above.ecv"),
        ("file:///C:/Users/M/lab.ecv", None),
        ("http://server/", None),
        ("file:///", None),
        ("lab\0.ecv", None),
        ("{root}/elsewhere/password", None),
        ("./password", None),
    ],
)
def test_where_a_vocabulary_file_is_found(study: Path, address: str, place: str | None) -> None:
    """At its address, relative to the .eaf, by its name beside it, by its name in the study's folder, in this order."""
    address = address.format(root=f"file://{study.parent.as_posix()}")
    found = find_ecv(address, [study / "raters", study])
    assert (None if found is None else found.resolve()) == (None if place is None else (study.parent / place).resolve())


def test_elan_loads_urls_only(study: Path) -> None:
    here = study / "above.ecv"
    assert elan_loads(f"file://{here.as_posix()}")
    assert not elan_loads(str(here))
    assert not elan_loads("file:above.ecv")
    assert not elan_loads(f"file://{study.as_posix()}/gone.ecv")
