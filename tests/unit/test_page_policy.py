"""Every page that is written forbids what it does not need."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from elancry.check.disk_store import DiskStore
from elancry.codebook.load import load_codebook
from elancry.merge.worklist import Worklist, worklist_html
from elancry.page_policy import page_policy
from elancry.template.manual import render_manual


def pages() -> dict[str, str]:
    with DiskStore() as store:
        return {
            "manual": render_manual(load_codebook("crying"), "en"),
            "worklist": worklist_html(Worklist(store)),
        }


@pytest.mark.parametrize("name", ["manual", "worklist"])
def test_manual_and_worklist_have_the_policy_of_the_report(name):
    page = pages()[name]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    # CSP level 2, 4.2.5: the digest of exactly what stands between the tags
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].replace("&#39;", "'") == page_policy(style)
    assert f"style-src 'sha256-{digest}'; script-src 'none'" in page_policy(style)
    # What the policy forbids is not needed either.
    assert not re.search(r"<script|\sstyle=|\son\w+=|<link|<img", page)


def test_a_page_with_a_script_names_it():
    policy = page_policy("a", "b")
    assert policy.count("'sha256-") == 2
    assert policy.startswith("default-src 'none'; ")
