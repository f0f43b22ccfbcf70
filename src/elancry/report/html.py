"""The report as one HTML file: style, script and figures inside, and a policy that forbids loading anything else.

Every text goes through Jinja2's autoescape. The Content-Security-Policy names the style and the script by their
SHA-256, so that neither markup that slipped through nor the page itself can load or run anything else.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from elancry.page_policy import page_policy
from elancry.report.blocks import Block, Picture, Report
from elancry.report.timeline import on_page
from elancry.report.words import Words

_ASSETS = files("elancry.report") / "assets"


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _data_url(picture: Picture) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(picture.svg).decode()


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def render_html(report: Report) -> str:
    """The page as text; the same report gives the same text."""
    words = Words(report.language)
    style, script = _asset("report.css"), _asset("report.js")
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["kind"] = _kind
    environment.filters["data_url"] = _data_url

    context: dict[str, Any] = {
        "report": report,
        "words": words,
        "policy": page_policy(style, script),
        # The two assets are ours; they hold no text of a study, and the policy's hashes are of exactly these bytes.
        "style": Markup(style),
        "script": Markup(script),
        # Its texts are escaped where it is drawn.
        "on_page": lambda strip: on_page(strip, words),
    }
    return environment.get_template("report.html.j2").render(context)
