"""Work shared out to processes: the same results in the same order, errors as they are, Ctrl-C without noise."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from elancry.errors import UsageError
from elancry.processes import parallel_map

SAMPLE = Path(__file__).resolve().parents[2] / "sample_eaf"


def squared(number: int) -> int:
    return number * number


def failing(number: int) -> int:
    if number == 3:
        raise UsageError("three cannot be done")
    return number


def ended_from_outside(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_the_work_is_taken_as_it_goes(jobs: int):
    taken: list[int] = []

    def numbers():
        for number in range(40):
            taken.append(number)
            yield (number,)

    results = parallel_map(squared, numbers(), jobs=jobs, ahead=2)
    assert next(results) == 0
    assert len(taken) <= 2 * jobs
    assert [0, *results] == [number * number for number in range(40)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_the_one_that_the_work_raised(jobs: int):
    with pytest.raises(UsageError, match="three cannot be done"):
        list(parallel_map(failing, ((number,) for number in range(5)), jobs=jobs))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.filterwarnings("ignore:A worker stopped")
def test_a_process_ended_from_outside_is_told_in_words():
    with pytest.raises(UsageError, match="terminated from outside"):
        list(parallel_map(ended_from_outside, [(1,), (2,)], jobs=2))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc that lists the workers")
@pytest.mark.parametrize("command", ["check", "merge"])
def test_ctrl_c_reaches_a_whole_terminal_and_says_one_line(command: str, tmp_path: Path):
    arguments = [command, str(SAMPLE), "--jobs", "2"] + (["-o", str(tmp_path / "out")] if command == "merge" else [])
    run = subprocess.Popen(
        [sys.executable, "-c", "from elancry.cli.main import main; main()", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    while run.poll() is None and not (children.exists() and children.read_text().strip()):
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGINT)
    said, complained = run.communicate(timeout=60)
    assert "Traceback" not in said + complained
    # It may have been ready just before.
    assert run.returncode in (0, 130), complained


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM that a process can answer")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_was_put_aside_on_the_disk_is_gone_after_sigterm(jobs: str, tmp_path: Path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    program = "from elancry.cli.main import main; main()"
    options = ("--codebook", "crying", "--jobs", jobs, "-o", str(tmp_path / "out"))
    run = subprocess.Popen(
        [sys.executable, "-c", program, "merge", str(SAMPLE), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    while run.poll() is None and not any(path.stat().st_size for path in temporary.glob("elancry-*/store")):
        time.sleep(0.01)
    assert run.poll() is None
    run.terminate()
    said, complained = run.communicate(timeout=60)
    assert run.returncode == 128 + signal.SIGTERM, complained
    assert "Traceback" not in said + complained
    assert list(temporary.glob("elancry-*")) == []
