"""The Content-Security-Policy of every page that elancry writes: nothing is loaded, and nothing runs but what is ours.

Style and script are named by their SHA-256 (CSP level 2, https://www.w3.org/TR/CSP2/), so that markup which slipped
into a page through a name in a file does nothing.
"""

from __future__ import annotations

import base64
import hashlib


def page_policy(style: str, script: str | None = None) -> str:
    """The policy of a page with this text in its one <style> and, if there is one, its one <script>."""
    runs = "'none'" if script is None else _hash(script)
    return (
        f"default-src 'none'; img-src data:; media-src blob:; style-src {_hash(style)}; script-src {runs}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
