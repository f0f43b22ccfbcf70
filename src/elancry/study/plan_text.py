"""The plan as text, from its one declaration: the commented file that `elancry init` writes, and the docs' table."""

from __future__ import annotations

from elancry.study.plan_keys import Plan, default_of, keys
from elancry.study.plan_values import plain, yaml_of

HEAD = """\
# The plan of this study: every choice, each with its default. Change what should be otherwise and delete nothing else;
# a key without a value, or a key that is not here, stands at its default. The report tells what was chosen.
#
# elancry reads this file when it is called in this folder, or on this folder; else with --study FOLDER/study.yaml.
# Files named here are relative to this file. Times are milliseconds (1500) or h:mm:ss.mmm (0:00:01.500).
"""


def commented_plan(plan: Plan) -> str:
    """`plan` as a YAML file: every key with its value, its explanation in the line above."""
    parts = [HEAD]
    topic = ""
    for name, key in keys().items():
        if key.topic != topic:
            topic = key.topic
            parts.append(f"\n# ===== {topic} =====\n")
        parts.append(f"\n# {key.words}\n{name}: {yaml_of(plain(getattr(plan, name)))}".rstrip() + "\n")
    return "".join(parts)


def keys_table() -> str:
    """Every key with default and meaning as Markdown tables, one a topic."""
    parts: list[str] = []
    topic = ""
    for name, key in keys().items():
        if key.topic != topic:
            topic = key.topic
            parts.append(f"\n### {topic}\n\n| key | default | what |\n|---|---|---|\n")
        default = yaml_of(plain(default_of(name)))
        shown = f"`{default}`" if default else "empty"
        parts.append(f"| `{name}` | {shown} | {key.words.replace('|', chr(92) + '|')} |\n")
    return "".join(parts).lstrip("\n")
