"""Every script says what it does, and bin/test chooses what its arguments mean."""

import importlib.machinery
import importlib.util
import os
import subprocess

import pytest
from django.conf import settings

BIN = settings.BASE_DIR / "bin"
SCRIPTS = sorted(path for path in BIN.iterdir() if path.is_file() and not path.name.startswith("_") and not path.suffix)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_executable_and_helps(script):
    assert os.access(script, os.X_OK)
    done = subprocess.run(
        [script, "--help"], capture_output=True, text=True, check=False, timeout=30, cwd=settings.BASE_DIR
    )
    assert done.returncode == 0, done.stderr
    assert f"bin/{script.name}" in done.stdout


@pytest.fixture(scope="module")
def runner():
    loader = importlib.machinery.SourceFileLoader("egov_bin_test", str(BIN / "test"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], []),
        (["-q", "-k", "name", "-x"], []),
        (["tests/egov/kernel", "-q"], ["tests/egov/kernel"]),
        (["-m", "long", "--maxfail", "1", "tests/a.py::test_b"], ["tests/a.py::test_b"]),
    ],
)
def test_paths_are_told_from_values_of_options(runner, arguments, named):
    assert runner.paths_in(arguments) == named


def test_a_plain_run_is_parallel_and_leaves_long_tests_to_ci(runner):
    assert runner.choices([], []) == ["-n", "auto", "--dist", "worksteal", "-m", "not long"]


def test_what_the_caller_says_stands(runner):
    assert runner.choices(["-m", "long"], []) == ["-n", "auto", "--dist", "worksteal"]
    assert runner.choices(["-n0"], []) == ["-m", "not long"]
    assert runner.choices(["--pdb", "tests/x.py"], ["tests/x.py"]) == []


def test_few_files_run_in_one_process_and_a_folder_of_many_in_several(runner, monkeypatch):
    monkeypatch.chdir(settings.BASE_DIR)
    few = ["tests/egov/kernel/test_outbox.py", "tests/egov/kernel/test_cache.py::test_x"]
    assert runner.choices(few, few) == []
    assert "-n" in runner.choices(["tests/egov/kernel"], ["tests/egov/kernel"])
