"""The plan as text, from its one declaration: the commented file that `elancry init` writes, and the docs' tables."""

from __future__ import annotations

from itertools import groupby

from elancry.study.plan_keys import Plan, keys
from elancry.study.plan_values import plain, yaml_of
from elancry.texts import text

WIDTH = 118


def commented_plan(plan: Plan) -> str:
    """`plan` as a YAML file: every key with its value, its explanation in the line above."""
    parts = ["".join(f"# {line}".rstrip() + "\n" for line in str(text("plan.head")).split("\n"))]
    for topic, group in groupby(keys().values(), key=lambda key: key.topic):
        parts.append(f"\n# ===== {topic.heading} =====\n")
        parts += [
            f"\n# {key.words}\n{key.name}: {yaml_of(plain(getattr(plan, key.name)))}".rstrip() + "\n" for key in group
        ]
    return "".join(parts)


def keys_table(language: str) -> str:
    """Every key with what it takes, default and meaning as Markdown tables, one a topic."""
    parts: list[str] = []
    for topic, group in groupby(keys().values(), key=lambda key: key.topic):
        parts.append(f"\n### {topic.heading.into(language)}\n\n| key | takes | default | what |\n|---|---|---|---|\n")
        for key in group:
            default = yaml_of(plain(key.default))
            cells = (f"`{key.name}`", key.reader.in_words(language), f"`{default}`" if default else "empty",
                     key.words.into(language))  # fmt: skip
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(parts).lstrip("\n")
