from __future__ import annotations

import pytest

from zoo.page.sessions import Sessions


@pytest.fixture
def sessions(tmp_path):
    return Sessions(tmp_path / "cache")


@pytest.fixture
def upload(sessions):
    """upload(folder) → a file as Gradio keeps what a visitor dropped."""

    def store(folder):
        path = sessions.root / folder / "Jane_t1.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return path

    return store


def test_a_session_has_a_folder_of_its_own_until_it_is_closed(sessions, upload):
    first, second = (sessions.open({"t1": upload("aa")}) for _ in range(2))
    assert first.folder != second.folder
    assert "Jane" not in str(first.folder)
    (first.folder / "flair.nii.gz").touch()
    (first.folder / "t1.nii.gz").touch()
    assert list(first.volumes) == ["t1", "flair"]
    sessions.close(first)
    assert not first.folder.exists()
    assert second.folder.exists()
    sessions.close(first)
    sessions.close(None)


def test_a_session_knows_how_its_files_were_chosen(sessions, upload):
    assert sessions.open({"t1": upload("aa")}, ("Not used: b.nii.",)).remarks == ("Not used: b.nii.",)


def test_who_changes_the_study_keeps_the_uploads_and_who_leaves_does_not(sessions, upload):
    path = upload("aa")
    sessions.close(sessions.open({"t1": path}))
    assert path.exists()
    session = sessions.open({"t1": path})
    sessions.forget(session)
    assert not path.exists()
    assert not session.folder.exists()
    sessions.forget(session)
    sessions.forget(None)


def test_what_another_visitor_is_at_work_with_stays(sessions, upload):
    path = upload("same")
    first, second = (sessions.open({"t1": path}) for _ in range(2))
    sessions.forget(first)
    assert path.exists()
    sessions.forget(second)
    assert not path.exists()


def test_nothing_outside_the_cache_is_deleted(sessions, tmp_path):
    example = tmp_path / "example_t1.nii.gz"
    example.touch()
    sessions.forget(sessions.open({"t1": example}))
    assert example.exists()
