"""The coding manual: everything a rater needs beside ELAN, as one printable HTML page per language.

The page loads nothing from anywhere (see `elancry.page_policy`); texts of the codebook are escaped.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from elancry.codebook.languages import RIGHT_TO_LEFT
from elancry.codebook.model import Category, Codebook, Layout, System
from elancry.codebook.names import is_colour
from elancry.page_policy import page_policy
from elancry.texts import Text


def manual_pages(codebook: Codebook, *, language: str) -> dict[str, bytes]:
    """`manual.html` in `language` and `manual.CODE.html` in each other language of the codebook."""
    return {
        "manual.html" if code == language else f"manual.{code}.html": render_manual(codebook, code).encode("utf-8")
        for code in codebook.languages
    }


def render_manual(codebook: Codebook, language: str) -> str:
    """The manual in one language of the codebook as an HTML page."""

    def say(word: str, **fields: str) -> str:
        return Text(f"manual.{word}", fields).into(language.split("-")[0])

    page = _environment().get_template("manual.html.j2")
    style = _style(codebook)
    made = page.render(
        book=codebook,
        language=language,
        direction="rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        say=say,
        style=Markup(style),
        policy=page_policy(style),
        systems=[_system(system, language) for system in codebook.systems],
        has_intervals=any(system.has_intervals for system in codebook.systems),
        has_ratings=any(system.has_ratings for system in codebook.systems),
    )
    return made if made.endswith("\n") else made + "\n"


def _style(codebook: Codebook) -> str:
    """The style sheet with a class for each colour: the policy allows no styles at the elements themselves."""
    colours = dict.fromkeys(item.colour for system in codebook.systems for item in system.categories if item.colour)
    rules = (
        f"section.{name} {{ border-inline-start-color: {colour}; }} span.{name} {{ background: {colour}; }}\n"
        for colour in colours
        if is_colour(colour)
        for name in [_colour_class(colour)]
    )
    return (files("elancry.template") / "manual.css").read_text(encoding="utf-8") + "".join(rules)


def _colour_class(colour: str) -> str:
    return f"colour-{colour.lstrip('#').lower()}"


def _system(system: System, language: str) -> dict[str, Any]:
    return {
        "of": system,
        "label": system.label(language),
        "definition": system.definitions.get(language, ""),
        "tiers": system.interval_tier_names,
        "rating_tiers": system.rating_tier_names,
        "per_category": system.has_intervals and system.layout is Layout.TIER_PER_CATEGORY,
        "groups": _groups(system, language),
        "anchors": _anchors(system, language),
        "keys": [item for item in system.categories if item.key] if system.has_intervals else [],
    }


def _groups(system: System, language: str) -> list[tuple[str, list[Category]]]:
    """Categories under the label of their group, in the order of the codebook; ungrouped ones under no label."""
    labels = {group.id: group.labels.get(language, group.id) for group in system.groups}
    grouped: dict[str, list[Category]] = {}
    for category in system.categories:
        grouped.setdefault(category.group or "", []).append(category)
    return [(labels.get(group, ""), categories) for group, categories in grouped.items()]


def _anchors(system: System, language: str) -> list[tuple[int, str]]:
    if system.scale is None or not system.has_ratings:
        return []
    anchors = system.scale.anchors
    if len(system.scale.values) > 11:
        shown = sorted({system.scale.minimum, *anchors, system.scale.maximum})
    else:
        shown = list(system.scale.values)
    return [(number, anchors.get(number, {}).get(language, "")) for number in shown]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("elancry.template", package_path="."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["colour_class"] = _colour_class
    return made
