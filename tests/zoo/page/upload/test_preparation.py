from __future__ import annotations

from zoo.page.sessions import Sessions
from zoo.page.upload.preparation import preparation_shown
from zoo.report.store import preparation_file


def test_a_session_shows_how_its_scans_were_prepared_if_they_were(tmp_path):
    session = Sessions(tmp_path).open({})
    assert preparation_shown(session) == ""
    preparation_file(session.folder).write_bytes(b"PNG")
    assert "data:image/png;base64,UE5H" in preparation_shown(session)
