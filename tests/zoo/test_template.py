"""`python -m zoo new-plugin`: what it writes installs, keeps the contract, trains and grades; what it refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from zipfile import ZipFile

import nibabel
import pytest

from new_plugin import EXPLAINER, NAME, ROOT, install_new_plugin
from zoo import PluginError
from zoo.conformance import EXPLAINER_CONTRACT
from zoo.template import FILES, NOUNS, write_plugin


@pytest.fixture(scope="module")
def new_plugin(tmp_path_factory):
    return install_new_plugin(tmp_path_factory.mktemp("new-plugin"))


def test_the_name_is_filled_in_everywhere(tmp_path):
    folder = write_plugin("two-words", tmp_path)
    written = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    package = {"two_words/__init__.py", "two_words/network.py"}
    assert set(written) == {"README.md", "pyproject.toml", "tests/test_two_words.py"} | package
    for text in written.values():
        assert "$" not in text
        assert re.search("two-words|Two words", text)
    assert "class TwoWords(nn.Module)" in written["two_words/network.py"]
    assert 'two-words = "two_words"' in written["pyproject.toml"]


def test_an_explainer_has_a_method_in_place_of_a_network(tmp_path):
    folder = write_plugin("two-words", tmp_path, "explainer")
    written = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
    package = {"two_words/__init__.py", "two_words/method.py"}
    assert set(written) == {"README.md", "pyproject.toml", "tests/test_two_words.py"} | package
    for text in written.values():
        assert "$" not in text
        assert re.search("two-words|two_words|Two words", text)
    assert 'description = "Two words: an explainer for GliomaZoo"' in written["pyproject.toml"]
    assert "weights" not in written["pyproject.toml"]


@pytest.mark.parametrize("kind", NOUNS)
def test_it_is_as_tidy_as_the_rest(tmp_path, kind):
    folder = write_plugin(NAME, tmp_path, kind)
    config = ("--config", ROOT / "pyproject.toml", "--no-cache", folder)
    for command in (("format", "--check"), ("check",)):
        subprocess.run([sys.executable, "-m", "ruff", *command, *config], check=True, cwd=folder)
    assert len((folder / "my_grader" / "__init__.py").read_text().splitlines()) <= 45


@pytest.mark.parametrize(
    "name", ["My-grader", "my_grader", "2d-grader", "my--grader", "-", "", "../grader", "grader\n"]
)
def test_bad_names_are_refused(tmp_path, name):
    with pytest.raises(PluginError, match="lower-case letters, digits and hyphens like my-grader, found"):
        write_plugin(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zoo", "something else"),
        ("class", "something else"),
        ("early-fusion", "A model is called 'early-fusion'"),
        ("hires-cam", "An explainer is called 'hires-cam'"),
    ],
)
def test_names_that_mean_something_else_are_refused(tmp_path, name, words):
    with pytest.raises(PluginError, match=f"{words}.*: choose another name"):
        write_plugin(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(new_plugin, run_here):
    before = (new_plugin.folder / "README.md").stat().st_mtime_ns
    again = run_here("zoo", "new-plugin", "a-grader", "--out", new_plugin.folder.parent)
    assert (again.status, again.stderr) == (0, "")
    assert "python -m zoo check a-grader" in again.stdout
    with pytest.raises(PluginError, match=r"my-grader is there already and is left as it is: choose another name"):
        write_plugin(NAME, new_plugin.folder.parent)
    assert (new_plugin.folder / "README.md").stat().st_mtime_ns == before


def test_it_is_listed_with_the_command_that_trains_it(new_plugin):
    listed = json.loads(new_plugin.run("zoo", "models", "--json").stdout)
    assert listed["faults"] == []
    (found,) = [row for row in listed["models"] if row["plugin"] == NAME]
    assert (found["id"], found["trained"]) == (NAME, False)
    assert found["training_commands"] == ["python -m training fit my-grader --cohort DIR"]
    assert 1e4 < found["parameters"] < 1e6


def test_it_keeps_the_contract(new_plugin):
    checked = new_plugin.run("zoo", "check", NAME)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.splitlines()[0] == "my-grader (my-grader), on studies of 40×96×80 voxels"
    assert checked.stdout.count("✓") >= 18
    assert "✗" not in checked.stdout


def test_its_own_tests_pass_and_can_fail(new_plugin):
    """They are run where an author runs them: in the plugin's folder."""
    passed = new_plugin.run("pytest", "-p", "no:cacheprovider", cwd=new_plugin.folder)
    assert passed.returncode == 0, passed.stdout
    network = new_plugin.folder / "my_grader" / "network.py"
    sound = network.read_text()
    network.write_text(sound.replace("masked(x, present)", "x"))
    failed = new_plugin.run("pytest", "-p", "no:cacheprovider", cwd=new_plugin.folder)
    network.write_text(sound)
    assert failed.returncode == 1
    assert "Voxels of an absent modality don't matter." in failed.stdout


def test_one_command_trains_it_and_it_grades(new_plugin, make_study, tmp_path):
    study = make_study(("t1ce", "flair"))
    fitted = new_plugin.train(tmp_path)
    assert fitted.returncode == 0, fitted.stderr
    answer = json.loads(new_plugin.run("zoo", "grade", study, "--model", NAME, "--json").stdout)
    assert answer["grade"] in ("LGG", "HGG")
    assert answer["trained_on"] == "4 simulated gliomas, no patient"


@pytest.fixture(scope="module")
def new_explainer(tmp_path_factory):
    return install_new_plugin(tmp_path_factory.mktemp("new-explainer"), EXPLAINER, "explainer")


def test_an_explainer_keeps_the_contract(new_explainer):
    checked = new_explainer.run("zoo", "check", EXPLAINER)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.splitlines()[0] == "my-explainer (my-explainer), on studies of 8×36×32 voxels"
    assert checked.stdout.count("✓") == len(EXPLAINER_CONTRACT)


def test_an_explainers_own_tests_pass_and_can_fail(new_explainer):
    passed = new_explainer.run("pytest", "-p", "no:cacheprovider", cwd=new_explainer.folder)
    assert passed.returncode == 0, passed.stdout
    method = new_explainer.folder / "my_explainer" / "method.py"
    sound = method.read_text()
    method.write_text(sound.replace("question.x.clone()", "question.x").replace("x * gradient", "x * gradient * 2"))
    failed = new_explainer.run("pytest", "-p", "no:cacheprovider", cwd=new_explainer.folder)
    method.write_text(sound)
    assert failed.returncode == 1
    assert "It leaves model and study as they were." in failed.stdout
    assert "test_it_is_exact_where_the_answer_is_known" in failed.stdout


def test_an_explainer_explains_a_grade(new_explainer, make_study, tmp_path):
    out = tmp_path / "heat.nii.gz"
    asked = ("--model", "single-t1ce", "--explainer", EXPLAINER, "--out", out)
    explained = new_explainer.run("zoo", "explain", make_study(("t1ce",)), *asked)
    assert explained.returncode == 0, explained.stderr
    assert "My explainer of single-t1ce.compact" in explained.stdout
    strength = abs(nibabel.load(out).get_fdata()).max(axis=(0, 1, 2))
    assert [value > 0 for value in strength] == [False, True, False, False]


def test_its_wheel_carries_the_weights(tmp_path):
    folder = write_plugin(NAME, tmp_path)
    weights = {f"my_grader/weights/{name}" for name in ("my-grader.safetensors", "my-grader.md", "SHA256SUMS")}
    (folder / "my_grader" / "weights").mkdir()
    for name in weights:
        (folder / name).touch()
    assert weights | {"my_grader/__init__.py", "my_grader/network.py"} <= built(folder, tmp_path / "wheels")


def test_a_wheel_of_the_zoo_carries_all_of_it(zoo_wheel):
    """The template too, so that whoever has installed the zoo can begin a plugin."""
    here = set()
    for name, packed in (("zoo", "zoo"), ("plugins", "zoo/plugins"), ("training", "zoo/training")):
        here |= {f"{packed}/{path}" for path in files_below(ROOT / name)}
    assert {f"zoo/template/{path.relative_to(FILES)}" for path in FILES.rglob("*.template")} <= here
    assert here <= set(ZipFile(zoo_wheel).namelist())


def files_below(folder):
    """Paths within a folder, but of what was compiled, drawn up by Gradio, or hidden."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyi"]
    return [path for path in found if not any(part == "__pycache__" or part.startswith(".") for part in path.parts)]


def built(folder, out):
    """The names in the wheel of a folder."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(out), str(folder)], check=True, cwd=out.parent)
    (wheel,) = out.glob("*.whl")
    return set(ZipFile(wheel).namelist())
