from __future__ import annotations

from zoo.page.sessions import close_session, open_session


def test_a_session_has_a_folder_of_its_own_until_it_is_closed(tmp_path):
    first, second = (open_session(tmp_path, {"t1": tmp_path / "Jane_t1.nii.gz"}) for _ in range(2))
    assert first.folder != second.folder
    assert "Jane" not in str(first.folder)
    (first.folder / "flair.nii.gz").touch()
    (first.folder / "t1.nii.gz").touch()
    assert list(first.volumes) == ["t1", "flair"]
    close_session(first)
    assert not first.folder.exists()
    assert second.folder.exists()
    close_session(first)
    close_session(None)
