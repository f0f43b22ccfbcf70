"""Work shared out to a Dask cluster: two workers on this machine, started and ended here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from elancry import processes
from elancry.cli.main import cli
from elancry.errors import UsageError
from elancry.processes import on_cluster, parallel_map
from elancry.study.agree import families
from elancry.study.associate import cooccurrence_rows, sequential_rows

distributed = pytest.importorskip("distributed", reason="the extra elancry[dask] is not installed")
pytestmark = pytest.mark.filterwarnings("default")

SAMPLE = Path(__file__).resolve().parents[2] / "sample_eaf"
SESSIONS = ("S01", "S02", "S03")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "raters öffnen"
    folder.mkdir()
    for path in SAMPLE.iterdir():
        if path.name.startswith(SESSIONS) or path.suffix in (".csv", ".yaml"):
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def where(number: int) -> tuple[int, int, str]:
    return number, os.getpid(), os.getcwd()  # noqa: PTH109


def failing(number: int) -> int:
    raise UsageError(f"{number} cannot be done")


def dying(_number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_work_is_done_by_the_workers_in_order_in_our_folder(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with on_cluster(address) as threads:
        done = list(parallel_map(where, ((n,) for n in range(20)), jobs=threads))
        with pytest.raises(UsageError, match="cannot be done"):
            list(parallel_map(failing, [(1,), (2,)], jobs=threads))
    assert threads == 2
    assert [number for number, _, _ in done] == list(range(20))
    assert os.getpid() not in {pid for _, pid, _ in done}
    assert {folder for _, _, folder in done} == {str(tmp_path)}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_dates(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name not in ("merge.json", "manifest.json")}


def test_merge_writes_what_it_writes_alone(
    address: str, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    said = {}
    for name, more in (("alone", []), ("cluster", ["--dask", address])):
        run = CliRunner().invoke(cli, ["merge", str(study), "-o", str(tmp_path / name), "-q", *more])
        assert run.exit_code in (0, 1), run.output
        said[name] = run.output.replace(str(tmp_path / name), "OUT")
    assert said["alone"] == said["cluster"]
    assert without_dates(tree(tmp_path / "alone")) == without_dates(tree(tmp_path / "cluster"))


@pytest.mark.parametrize(
    ("given", "words"), [("tcp://127.0.0.1:1", "no Dask cluster"), ("not an address", "no Dask cluster")]
)
def test_nobody_there_is_one_sentence(given: str, words: str, study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE_S", 1)
    with pytest.raises(UsageError, match=words):
        CliRunner().invoke(cli, ["check", str(study), "--dask", given], catch_exceptions=False)


def test_a_worker_with_another_elancry_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "__version__", "0.0.1")
    with pytest.raises(UsageError, match=r"has elancry .*; here it is 0\.0\.1"), on_cluster(address):
        pass


def test_a_folder_that_workers_do_not_have_is_told(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: Any = tmp_path / "gone"
    monkeypatch.setattr(processes.Path, "cwd", classmethod(lambda _: gone))
    with on_cluster(address), pytest.raises(UsageError, match="cannot open the folder"):
        list(parallel_map(where, [(1,)], jobs=2))


def dying_once(number: int, marks: str) -> int:
    mark = Path(marks) / f"{number}"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_the_work_of_a_worker_that_dies_is_done_by_another(address: str, tmp_path: Path) -> None:
    with on_cluster(address) as threads:
        done = list(parallel_map(dying_once, [(n, str(tmp_path)) for n in range(8)], jobs=threads))
    assert done == list(range(8))
    assert (tmp_path / "3").exists()


def test_resamples_and_permutations_are_the_same_on_the_cluster(
    address: str, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every family and every test is shared out, however small, and every table is the same to the byte."""
    few = ["--set", "resamples=20", "--set", "permutations=49"]
    arguments = ["analyze", str(study), "-q", "--codebook", "crying", *few]
    assert CliRunner().invoke(cli, [*arguments, "-o", str(tmp_path / "alone")]).exit_code in (0, 1)
    monkeypatch.setattr(families, "LARGE", 1)
    monkeypatch.setattr(cooccurrence_rows, "LARGE", 1)
    monkeypatch.setattr(sequential_rows, "LARGE", 1)
    shared: list[str] = []
    real = processes.parallel_map

    def watched(work: Any, *arguments: Any, **named: Any) -> Any:
        shared.append(work.__name__)
        return real(work, *arguments, **named)

    monkeypatch.setattr(processes, "parallel_map", watched)
    assert CliRunner().invoke(cli, [*arguments, "-o", str(tmp_path / "cluster"), "--dask", address]).exit_code in (0, 1)
    assert {"rows_of_family", "_rows_of_pair", "_rows_of_rule"} <= set(shared)
    assert tree(tmp_path / "alone" / "tables") == tree(tmp_path / "cluster" / "tables")


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_workers_that_die_are_told() -> None:
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, "allowed_failures", 0))
        with on_cluster(cluster.scheduler_address), pytest.raises(UsageError, match="lost the worker"):
            list(parallel_map(dying, [(1,)], jobs=2))
