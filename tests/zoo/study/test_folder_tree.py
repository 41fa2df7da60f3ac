"""What lies below a folder is listed within limits, without what is hidden."""

from __future__ import annotations

import pytest

from zoo import StudyError
from zoo.study import folder_tree
from zoo.study.folder_tree import tree_of


def test_files_in_their_folders(plant):
    root = plant("a.nii", "b/c/IM1", "b/notes.txt", "._a.nii", "__MACOSX/a.nii", "e.nii/e.nii")
    tree = tree_of(root)
    assert [(each.path, each.files) for each in tree.walk()] == [
        (root, (root / "a.nii", root / "e.nii" / "e.nii")),
        (root / "b", (root / "b" / "notes.txt",)),
        (root / "b" / "c", (root / "b" / "c" / "IM1",)),
    ]
    assert len(tree.files_below) == 4
    files = [root / "a.nii", root / "b" / "notes.txt"]
    assert (tree_of(files).path, tree_of(files).files) == (None, tuple(files))
    assert tree_of(str(files[0])).files == (files[0],)


def test_limits_of_depth_and_number(plant, monkeypatch):
    root = plant("1/2/3/4/5/6/x.nii", "1/2/3/4/5/6/7/x.nii", "1/y.nii")
    assert len(tree_of(root).files_below) == 2
    monkeypatch.setattr(folder_tree, "MAX_FILES", 2)
    assert len(tree_of(root).files_below) == 2
    plant("z.nii")
    with pytest.raises(StudyError, match="More than 2 files below this folder: give a folder of fewer studies"):
        tree_of(root)
