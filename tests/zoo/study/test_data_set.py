"""What plugins find in one place is put together: no study twice, none hidden, and what is in none is named."""

from __future__ import annotations

import pytest

from zoo import FoundStudy, SeveralStudiesError
from zoo.study.data_set import expect_one, find_studies


class Finding:
    """A registry whose plugins find what they are told, as names of folders."""

    def __init__(self, root, *plugins):
        self.found = [[self._study(root / name) for name in names] for names in plugins]

    def _study(self, folder):
        files = tuple(path for path in sorted(folder.rglob("*")) if path.is_file())
        return FoundStudy(folder, files, folder)

    def find(self, tree):
        return self.found


@pytest.mark.parametrize(
    ("plugins", "expected", "over"),
    [
        ((["a"], ["b"]), ["a", "b"], ("c/x.nii",)),
        ((["a/n"], ["a"]), ["a"], ("b", "c/x.nii")),
        ((["a"], ["a/d"]), ["a"], ("b", "c/x.nii")),
        ((["a/n"], ["a/d"]), ["a/d", "a/n"], ("b", "c/x.nii")),
        ((["a/n", "b"], ["."]), ["a/n", "b"], ("a/d", "c/x.nii")),
        ((["a/n", "c"], ["a", "b"]), ["a", "b", "c"], ()),
        (([], []), [], ("a/n/x.nii", "a/d", "b", "c/x.nii")),
    ],
)
def test_what_two_plugins_find_in_one_place_is_one_study(plant, plugins, expected, over):
    root = plant("a/n/x.nii", "a/d/IM1", "a/d/IM2", "b/IM1", "c/x.nii", "c/notes.txt")
    found = find_studies(Finding(root, *plugins), root)
    assert found.studies == {name: root / name for name in expected}
    assert set(found.passed_over) == set(over)


def test_one_study_is_what_to_read_and_several_are_an_error(plant):
    root = plant("a/x.nii", "b/y.nii")

    def one(studies, source):
        return expect_one(find_studies(Finding(root, studies), source), source)

    assert one(["."], str(root)) == (str(root), ())
    assert one([], root) == (root, ())
    assert one(["a"], root) == (root / "a", ("Not used: b/y.nii.",))
    assert one(["a"], [root / "a" / "x.nii"]) == ([root / "a" / "x.nii"], ())
    assert one(["a", "b"], {"t1": root / "x"}) == ({"t1": root / "x"}, ())
    with pytest.raises(SeveralStudiesError, match=r"expected one study, found 2: a, b\. Give the folder") as caught:
        one(["a", "b"], root)
    assert caught.value.studies == {"a": root / "a", "b": root / "b"}
