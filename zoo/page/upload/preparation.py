"""How the visitor's raw scans were prepared."""

from __future__ import annotations

from zoo.page.sessions import Session
from zoo.render.preparation_card import preparation_card


def preparation_shown(session: Session) -> str:
    """HTML of what shows it; nothing for scans that were prepared already."""
    return preparation_card(session.preparation.read_bytes()) if session.preparation else ""
