"""The study viewer: scans and heat maps in the page, drawn by NiiVue in the browser."""

from zoo.page.viewer.component import StudyViewer
from zoo.page.viewer.value import ViewerValue, viewer_value

__all__ = ["StudyViewer", "ViewerValue", "viewer_value"]
