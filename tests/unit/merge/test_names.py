from __future__ import annotations

import pytest

from elancry.merge.names import file_stem, file_stems


@pytest.mark.parametrize(
    ("session", "stem"),
    [
        ("s01", "s01"),
        ("con", "_con"),
        ("COM1", "_COM1"),
        ("aux.2", "_aux.2"),
        ("console", "console"),
        ("a/b:c", "a_b_c"),
        ("dot. ", "dot"),
        ("..", "_"),
        ("", "_"),
        (".hidden", "_.hidden"),
        ("Müller 1", "Müller 1"),
    ],
)
def test_names_that_every_system_can_hold(session, stem):
    assert file_stem(session) == stem


def test_sessions_that_differ_in_case_only_get_different_files():
    assert file_stems(["s1", "S1", "s1?", "s1*"]) == {"s1": "s1", "S1": "S1-2", "s1?": "s1_", "s1*": "s1_-2"}
