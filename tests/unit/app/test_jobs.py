"""Commands as jobs: one at a time, stopped as Ctrl-C stops them, nothing left behind."""

from __future__ import annotations

import time

import pytest

from elancry.app.jobs import Jobs, State
from elancry.errors import UsageError
from elancry.texts import text


def ended(job, seconds: float = 60.0):
    until = time.monotonic() + seconds
    while job.exit is None:
        assert time.monotonic() < until, "the job did not end"
        time.sleep(0.05)
    return job


def test_a_job_is_the_command(tmp_path):
    jobs = Jobs()
    job = ended(jobs.start("codebook", ["show", "crying"], folder=tmp_path, output=None, language="de"))
    assert (job.exit, job.state) == (0, State.DONE)
    assert "crying_form" in job.as_dict("de")["printed"]
    assert jobs.find(job.number) is job
    assert jobs.last is job


def test_what_goes_wrong_is_said_in_the_page_s_language(tmp_path):
    job = ended(Jobs().start("check", ["nowhere"], folder=tmp_path, output=None, language="de"))
    assert job.exit == 2
    assert "Fehler" in job.as_dict("de")["said"]


def test_progress_is_told(tmp_path):
    ended(Jobs().start("simulate", ["-o", "coded", "--sessions", "2"], folder=tmp_path, output=None, language="en"))
    asked = ["--format", "json", "--progress", "json", "--", "coded"]
    job = ended(Jobs().start("check", asked, folder=tmp_path, output=None, language="de"))
    progress = job.as_dict("de")["progress"]
    assert (progress["done"], progress["total"]) == (6, 6)
    assert progress["what"] == text("progress.reading").into("de")
    assert "{" not in job.as_dict("de")["said"]


def test_one_at_a_time_and_stopped_as_by_ctrl_c(tmp_path):
    jobs = Jobs()
    long = jobs.start(
        "simulate",
        ["-o", "out", "--sessions", "900", "--sequences", "1800"],
        folder=tmp_path,
        output=None,
        language="en",
    )
    with pytest.raises(UsageError, match="still running"):
        jobs.start("check", ["out"], folder=tmp_path, output=None, language="en")
    time.sleep(1.0)
    jobs.stop(long)
    assert long.as_dict("en")["state"] in ("stopping", "stopped")
    assert ended(long, 20).state is State.STOPPED
    assert "Stopped" in long.as_dict("en")["said"]
    assert not list(tmp_path.rglob("*.part*"))


def test_a_job_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no job 7"):
        Jobs().find(7)
