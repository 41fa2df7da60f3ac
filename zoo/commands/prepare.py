"""`glioma-zoo prepare`: studies as they are graded, made of scans as the scanner left them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.commands.exit_status import BAD_INPUT, DONE
from zoo.commands.new_files import file_in, folder_in
from zoo.commands.shared_options import Raw, Sources, StudySource, studies_in
from zoo.errors import StudyError, ZooError
from zoo.types import MODALITIES

if TYPE_CHECKING:
    from zoo.types import Volumes

PICTURE = "preparation.png"
"""How the scans lie on each other and where the brain was found, beside what was made of them."""


def prepare(
    sources: Sources,
    out: Annotated[Path, typer.Option(help="Folder, in which each study gets a folder of its own.")],
    raw: Raw = None,
) -> None:
    """Write studies as they are graded, named as in BraTS: on one grid, without skull, with a picture of how they were
    prepared; 0 when all were, else 2."""
    from zoo.inference.loaded import requested_registry

    if not out.is_dir():
        raise typer.BadParameter(f"expected a folder, found {out}", param_hint="--out")
    studies = studies_in(requested_registry(), sources)
    raise typer.Exit(max((_prepared(study, out, raw) for study in studies), default=DONE))


def _prepared(source: StudySource, out: Path, raw: bool | None) -> int:
    """Prepare one study and tell its exit status; no error stops the others."""
    try:
        volumes = _read(source, raw)
        folder = folder_in(out, volumes.id)
        _write(volumes, folder)
    except ZooError as error:
        typer.echo(source.in_its_name(error), err=True)
        with suppress(StudyError):  # the picture of an earlier try stays
            _show(source.label, error, out)
        return BAD_INPUT
    typer.echo("\n".join([f"{volumes.id}: {folder}", *(f"  remark: {remark}" for remark in volumes.remarks)]))
    return DONE


def _read(source: StudySource, raw: bool | None) -> Volumes:
    from zoo.inference.loaded import requested_registry
    from zoo.scanner.load_study import load_study
    from zoo.study.read import read_volumes

    def tell(share: float, step: str) -> None:
        typer.echo(f"{source.label}: {step}", err=True)

    return read_volumes(
        requested_registry(), source.source, source.name, source.found, lambda study: load_study(study, raw, tell)
    )


def _show(study: str, error: ZooError, out: Path) -> None:
    """Write how far raw scans had come where an error stopped them."""
    from zoo.render.preparation_picture import preparation_picture
    from zoo.scanner.preparation_error import view_of

    if view := view_of(error):
        path = file_in(out, study, PICTURE)
        path.write_bytes(preparation_picture(view))
        typer.echo(f"{study}: how far they came: {path}", err=True)


def _write(volumes: Volumes, folder: Path) -> None:
    from zoo.render.preparation_picture import preparation_picture
    from zoo.study.save import save_nifti

    for name in volumes.modalities:
        save_nifti(folder / f"{folder.name}_{name}.nii.gz", volumes.data[MODALITIES.index(name)], volumes.affine)
    if volumes.preparation:
        (folder / PICTURE).write_bytes(preparation_picture(volumes.preparation))
