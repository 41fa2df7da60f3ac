"""Grades as a DICOM Enhanced SR that refers to the study's series. Runs in the limited process, see `convert`.

Nobody has verified what it says, and it says so: partial, preliminary, unverified. Names of what it tells are codes of
a scheme of our own, as no standard has them; a volume's are the standard's. It is in UTF-8, whatever its source is in,
as sentences hold signs that other character sets lack.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from highdicom.sr import (
    CodedConcept,
    ContainerContentItem,
    ContentItem,
    ContentSequence,
    EnhancedSR,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
)
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

import zoo

from .report_items import PROBABILITY, VOLUME, Item, Section
from .source_headers import MAKER, file_content, source_headers

SCHEME = "99GLIOMAZOO"
SERIES_NUMBER = 9002  # behind a scanner's own, and that of regions
WRITTEN = "DICOM SR"
UTF_8 = "ISO_IR 192"
UNITS = {PROBABILITY: codes.UCUM.NoUnits, VOLUME: Code("mL", "UCUM", "mL")}
STANDARD = {VOLUME: codes.SCT.Volume}


def encode(files: Sequence[Path], report: Section) -> bytes:
    """An SR with the identity of the first file's patient and study, and all files as evidence; raises `StudyError`."""
    source = source_headers(files, WRITTEN, ("SeriesInstanceUID",))
    made = EnhancedSR(
        evidence=source.headers,
        content=_container(report, None),
        series_instance_uid=generate_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=generate_uid(),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name=MAKER,
        software_versions=zoo.__version__,
        series_description=f"{MAKER} grades: research, not a medical device",
    )
    made.SpecificCharacterSet = UTF_8
    return file_content(made, (each for each in source.identity if each.keyword != "SpecificCharacterSet"))


def _container(section: Section, relation: RelationshipTypeValues | None) -> ContainerContentItem:
    """A section with all that is in it. relation: to what it is in; None of the whole report."""
    made = ContainerContentItem(_name(section), is_content_continuous=False, relationship_type=relation)
    made.ContentSequence = ContentSequence([_content(item) for item in section.items])
    return made


def _content(item: Item | Section) -> ContentItem:
    contains = RelationshipTypeValues.CONTAINS
    if isinstance(item, Section):
        return _container(item, contains)
    if isinstance(item.value, str):
        return TextContentItem(_name(item), item.value, contains)
    return NumContentItem(_name(item), item.value, UNITS[item.key], relationship_type=contains)


def _name(item: Item | Section) -> CodedConcept:
    return CodedConcept.from_code(STANDARD.get(item.key) or Code(item.key, SCHEME, item.name))
