"""The tables of words and of naming schemes: what they say is what is done, and the README says the same."""

from __future__ import annotations

from collections import Counter

import pytest

from documents import read, section
from zoo import MODALITIES
from zoo.plugins.nifti.scan_names import scan_name
from zoo.plugins.nifti.spellings import SCHEMES, TABLE

README = section(read("plugins/README.md"), "## Names of files")
COLUMNS = (*MODALITIES, "a mask")
FILES = [(scheme, kind, name) for scheme, files in SCHEMES.items() for kind, name in files.items()]


@pytest.mark.parametrize(("scheme", "kind", "name"), FILES, ids=[name for *_, name in FILES])
def test_every_file_of_every_scheme_is_told(scheme, kind, name):
    told = scan_name(name)
    assert (told.modality or told.why) == kind


def test_every_scheme_has_all_modalities():
    assert all(set(MODALITIES) <= set(files) <= set(COLUMNS) for files in SCHEMES.values())


def test_a_word_means_one_thing():
    assert [word for word, count in Counter(word for row in TABLE for word in row.words).items() if count > 1] == []


def test_the_readme_has_both_tables():
    words = [f"| {' '.join(f'`{word}`' for word in row.words)} | {row.meaning} |" for row in TABLE]
    schemes = [
        "| " + " | ".join([scheme, *(f"`{files[kind]}`" if kind in files else "" for kind in COLUMNS)]) + " |"
        for scheme, files in SCHEMES.items()
    ]
    rows = [line for line in README.splitlines() if line.startswith("|") and "`" in line]
    assert rows == words + schemes
