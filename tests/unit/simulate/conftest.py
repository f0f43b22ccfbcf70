from __future__ import annotations

import pytest

from elancry.codebook.model import Category, Codebook, Coding, Scale, System


def categories(*ids: str, groups: dict[str, str] | None = None) -> tuple[Category, ...]:
    return tuple(Category(item, {"en": item.title()}, group=(groups or {}).get(item)) for item in ids)


@pytest.fixture(scope="session")
def toy() -> Codebook:
    """Two systems of the size of a real study: 4 outcomes, 9 predictors in two groups."""
    groups = {letter: "low" if letter < "e" else "high" for letter in "abcdefghi"}
    return Codebook(
        "toy",
        "A toy",
        (
            System("mood", {"en": "Mood"}, categories("red", "green", "blue", "grey"), Coding.BOTH, scale=Scale(0, 4)),
            System("act", {"en": "Act"}, categories(*"abcdefghi", groups=groups), Coding.BOTH, scale=Scale(1, 7)),
        ),
    )
