"""Which case a table means: ids are padded in one place and not in another, and a patient may have several scans."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from .names import without_time_point

NUMBER = re.compile(r"\d+")
ENDINGS = re.compile(r"[-_]nifti$", re.IGNORECASE)  # of UCSF-PDGM's folders


class KnownCases:
    """Cases by all that they may be called. names: their folders'."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._exact: dict[str, str] = {}
        self._alike: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._exact[name.lower()] = name
            for key in {_plain(name), _plain(without_time_point(name)), _last_number(name)} - {""}:
                self._alike[key].append(name)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._exact

    def called(self, name: str) -> list[str]:
        """The cases that a name means, as their folders are called: one, all scans of a patient, or none.

        Numbers may be padded or not, and a number alone means the only case that ends with it.
        """
        if name in self:
            return [self._exact[name.lower()]]
        found = self._alike.get(_last_number(name) if name.isdigit() else _plain(name), [])
        return [] if name.isdigit() and len(found) > 1 else found


def _plain(name: str) -> str:
    return NUMBER.sub(lambda number: str(int(number[0])), ENDINGS.sub("", name).lower())


def _last_number(name: str) -> str:
    numbers = NUMBER.findall(ENDINGS.sub("", name))
    return f"#{int(numbers[-1])}" if numbers else ""
