"""The documentation site: Sphinx with MyST (Markdown). `make docs` builds it and fails on a broken link."""

from importlib.metadata import version as installed

project = "elancry"
copyright = "the elancry developers, GPL-3.0-or-later"
author = "The elancry developers"
release = installed("elancry")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
# Headings are link targets, as on the pages of a repository.
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"elancry {release}"
# No font, script or picture from elsewhere: the pages can be read without a network.
html_theme_options = {"source_repository": ""}
nitpicky = True
