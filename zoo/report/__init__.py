"""What a person takes away: all that was computed for one study, as one HTML page and one JSON file."""

from zoo.report.contents import Report, gather
from zoo.report.store import store_contributions, store_grade, stored_addresses
from zoo.report.write import to_html, to_json

__all__ = ["Report", "gather", "store_contributions", "store_grade", "stored_addresses", "to_html", "to_json"]
