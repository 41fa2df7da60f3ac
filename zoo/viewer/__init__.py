"""The study viewer: scans and heat maps in the page, drawn by NiiVue in the browser."""

from zoo.viewer.component import StudyViewer
from zoo.viewer.value import ViewerValue, viewer_value

__all__ = ["StudyViewer", "ViewerValue", "viewer_value"]
