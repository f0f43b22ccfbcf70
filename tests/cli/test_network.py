"""Nothing that a file names is looked up on a network, and of local paths only recordings and vocabularies.

Every system call of every command that reads coded files is traced. On Windows a look at a share is already a
connection with the user's name and password, so that not even the existence of such a path may be asked for.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from elancry.eaf import read_eaf

STRACE = shutil.which("strace")
HOSTS = ("evil-share", "evil-http", "evil-host", "evil-ecv", "evil-link", "evil-schema", "evil-pfsx")
LOCAL = ("passwd", "evil-local.xml", "evil-local.pfsx", "evil-secret")
"""Parts of paths and addresses that only the files name."""
ADDRESSES = (
    ("file:////evil-share/x/a.mp4", "../../../../etc/passwd"),
    ("\\\\evil-share\\x\\b.mp4", "//evil-share/x/b.wav"),
    ("http://evil-http/c.mp4", "https://evil-http/c.mp4"),
    ("file://evil-host/d.mp4", "file:///%5C%5Cevil-host/d.mp4"),
    ("file:///evil-secret/id_rsa", "./evil-secret"),
    ("//?/UNC/evil-share/e.mp4", "\\\\.\\evil-share"),
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, make_coded):
    folder = make_coded(tmp_path_factory.mktemp("hostile") / "coded", sessions=2, sequences=2)
    for path in sorted(folder.glob("*.eaf")):
        editor = read_eaf(path).edit()
        for url, relative in ADDRESSES:
            editor.media.add(url, "video/mp4", relative)
        editor.media.add("file:///nowhere/local.wav", "audio/x-wav", "./local.wav")
        editor.external_refs.add("er1", "ecv", "http://evil-ecv/a.ecv")
        editor.external_refs.add("er2", "ecv", "//evil-ecv/share/b.ecv")
        document = editor.document()
        content = document.to_bytes().decode()
        linked = (
            '<LINKED_FILE_DESCRIPTOR LINK_URL="file:////evil-link/x.xml" MIME_TYPE="text/xml" '
            'RELATIVE_LINK_URL="./evil-local.xml"/>'
        )
        content = content.replace("<PROPERTY", linked + "<PROPERTY", 1)
        content = re.sub(
            r'noNamespaceSchemaLocation="[^"]*"', 'noNamespaceSchemaLocation="http://evil-schema/x"', content
        )
        for reference in ("er1", "er2"):
            free = re.search(r"<CONTROLLED_VOCABULARY (?=CV_ID)", content)
            assert free is not None
            content = f'{content[: free.start()]}<CONTROLLED_VOCABULARY EXT_REF="{reference}" {content[free.end() :]}'
        path.write_text(content, encoding="utf-8")
        path.with_suffix(".pfsx").write_text(
            '<preferences version="1.1"><pref key="MediaNavigation.FrameStep"><String>//evil-pfsx/x</String></pref>'
            "</preferences>",
            encoding="utf-8",
        )
        document = read_eaf(path)
        assert len(document.media) > len(ADDRESSES)
        assert sum(vocabulary.ext_ref is not None for vocabulary in document.vocabularies) == 2
    (folder / "local.wav").write_bytes(b"RIFF")
    return folder


def commands(coded: Path, out: Path) -> list[list[str]]:
    return [
        ["check", str(coded)],
        ["merge", str(coded), "-o", str(out / "merged")],
        ["agree", str(coded), "-o", str(out / "agreed"), "--resamples", "0"],
        ["agree", str(coded), "-o", str(out / "hidden"), "--resamples", "0", "--pseudonymise", "--key", str(out / "k")],
        ["convert", str(coded), str(out / "converted") + "/", "--to", "csv"],
        ["batch", "statistics", str(coded), "-o", str(out / "numbers"), "--period", "recording"],
        [
            "batch",
            "relink-media",
            str(coded),
            "-o",
            str(out / "linked"),
            "--replace",
            "//evil-share/x",
            "//evil-share/y",
        ],
        ["batch", "set-tier", str(coded), "-o", str(out / "set"), "--tier", "*", "--annotator", "R1"],
        ["codebook", "extract", str(coded), "-o", str(out / "c.yaml")],
        ["migrate", "crying", "crying", str(coded), "-o", str(out / "migrated")],
    ]


@pytest.mark.skipif(STRACE is None, reason="there is no strace")
def test_no_internet_socket_and_no_path_that_only_a_file_names(hostile, tmp_path):
    assert STRACE is not None
    log = tmp_path / "calls"
    wanted = commands(hostile, tmp_path)
    code = (
        "import json, sys\n"
        "from elancry.cli.main import run\n"
        "codes = [run(arguments) for arguments in json.loads(sys.argv[1])]\n"
        "sys.exit(any(code not in (0, 1) for code in codes) and str(codes))\n"
    )
    tracing = [STRACE, "-f", "-qq", "-s", "4096", "-e", "trace=%file,%network", "-o", str(log)]
    done = subprocess.run(
        [*tracing, sys.executable, "-c", code, json.dumps(wanted)], capture_output=True, text=True, check=False
    )
    if "ptrace" in done.stderr and not log.read_text(encoding="utf-8", errors="replace").strip():
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr[-3000:]
    calls = log.read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(calls) > 1000
    assert not [call for call in calls if "AF_INET" in call]
    # The arguments of execve hold the commands, not what files name.
    seen = [call for call in calls if "execve(" not in call]
    assert not [call for call in seen for word in (*HOSTS, *LOCAL) if word in call]
    assert [call for call in seen if "local.wav" in call], "local recordings are looked at"
