"""What finds the regions of a visitor's study, and shows the study with them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from zoo.errors import ZooError
from zoo.page.compute_client import ComputeClient
from zoo.page.sessions import Session
from zoo.page.viewer import ViewerValue, viewer_value
from zoo.render.cards import message_card
from zoo.render.region_card import regions_card
from zoo.types.roles import SEGMENTER


def find_regions(client: ComputeClient, session: Session) -> Generator[str, None, str]:
    """The regions in words, see `regions_card`, or why there are none; yields cards of how far the work is."""
    try:
        told = yield from client.follow("zoo.compute.tasks:segment", folder=session.folder, model_id=SEGMENTER)
    except ZooError as error:
        return message_card("unsegmented", "No tumour regions", str(error))
    return regions_card(told)


def session_in_viewer(session: Session, **over: Any) -> ViewerValue:
    """A visitor's study with its regions, if they are there. over: what else is shown, see `viewer_value`."""
    return viewer_value(session.volumes, regions=session.regions, **over)
