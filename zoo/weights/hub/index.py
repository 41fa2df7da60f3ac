"""An index that `python -m training publish --zoo` wrote: where each model of somebody's zoo is."""

from __future__ import annotations

import json

from zoo.errors import WeightsError
from zoo.weights.hub.download import Token, fetch, forget, is_as_committed, is_here
from zoo.weights.hub.source import HubSource

FORMAT = 1
INDEX_FILE = "index.json"
MOST_BYTES = 1_000_000


def listed(index: HubSource, token: Token = None) -> list[str]:
    """The sources that it names, `hub:ORG/NAME@SHA`, in its order; no request when it is in the cache.

    Raises `WeightsError`.
    """
    path = fetch(index, [INDEX_FILE], token, MOST_BYTES) / INDEX_FILE
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT or not is_as_committed(path):
            raise ValueError
        return [str(HubSource.parse(str(row["source"]))) for row in content["models"]]
    except (ValueError, TypeError, LookupError) as error:
        forget(index, [INDEX_FILE])
        raise WeightsError(
            f"{index.in_short}: expected an index of format {FORMAT} published by GliomaZoo, found another "
            f"{INDEX_FILE}. Choose another commit, or update GliomaZoo."
        ) from error


def listed_here(index: HubSource) -> list[str] | None:
    """`listed`, or None where it isn't in the cache yet."""
    return listed(index) if is_here(index, INDEX_FILE) else None
