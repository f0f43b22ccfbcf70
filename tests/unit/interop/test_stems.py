"""Names of recordings as names of files, on any system."""

from __future__ import annotations

import pytest

from elancry.interop.stems import MOST_BYTES, stem_for


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("observation #1", "observation #1"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "observation"),
        ("", "observation"),
        (" . ", "observation"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("COM1", "_COM1"),
        ("console", "console"),
        ("a\nb\0", "a_b_"),
        ("Übung", "Übung"),
        ("U\u0308bung", "Übung"),
        ("fdp\u202egnp", "fdp_gnp"),
        ("\ud800", "_"),
    ],
)
def test_what_cannot_stand_in_a_file_name_is_replaced(name: str, expected: str):
    assert stem_for(name, ()) == expected


def test_names_that_windows_or_macos_takes_for_equal_get_a_number():
    taken: set[str] = set()
    stems = []
    for name in ("S01", "s01", "S01", "s01-2"):
        stems.append(stem_for(name, taken))
        taken.add(stems[-1].casefold())
    assert stems == ["S01", "s01-2", "S01-3", "s01-2-2"]


def test_long_names_are_cut_at_a_character():
    stem = stem_for("ä" * 200, ())
    assert stem == "ä" * (MOST_BYTES // 2)
