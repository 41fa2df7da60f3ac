"""The viewer in a real browser, with a simulated head of 64 cubed voxels."""

from __future__ import annotations

import gzip
import os
import re
from itertools import combinations, pairwise
from pathlib import Path

import nibabel
import numpy as np
import pytest
from nibabel.affines import voxel_sizes

from zoo.render.colours import REGION_COLOURS

gr = pytest.importorskip("gradio", reason="pip install -r requirements.txt")

pytestmark = pytest.mark.usefixtures("drawn")

SIZE = 64
AFFINE = np.diag([3.0, 3.0, 3.0, 1.0]) - np.pad([[96.0], [96.0], [96.0], [0.0]], ((0, 0), (3, 0)))
CORE = {"t1": 0.2, "t1ce": 0.9, "t2": 0.7, "flair": 0.45}  # brightness of the middle
READY = "#viewer .study-viewer[data-state=ready]"


def ellipsoid(*radii: float) -> np.ndarray:
    """bool [64, 64, 64], radii in voxels around the middle."""
    axes = np.indices((SIZE, SIZE, SIZE)) - (SIZE - 1) / 2
    return sum((axis / radius) ** 2 for axis, radius in zip(axes, radii, strict=True)) < 1


def save(path, data, affine=AFFINE):
    nibabel.save(nibabel.Nifti1Image(data, affine), path)
    return path


def save_study(folder, radii=(24, 29, 22)):
    """Four scans, int16: a brain with a ramp from dark to bright, and a middle whose brightness tells the modality."""
    folder.mkdir()
    brain, core = ellipsoid(*radii), ellipsoid(*(radius * 0.7 for radius in radii))
    for modality, level in CORE.items():
        data = np.where(core, level, 0.0) * 1000
        data[brain & ~core] = np.linspace(1, 1000, (brain & ~core).sum())
        save(folder / f"{modality}.nii.gz", data.astype(np.int16))
    return {modality: folder / f"{modality}.nii.gz" for modality in CORE}


def coarse_overlay(path, signs):
    """float32 [8, 8, 8, 4] over the same head, affine of its own; per modality a ball of the sign +1, -1 or 0."""
    ball = np.exp(-sum((axis - 3.5) ** 2 for axis in np.indices((8, 8, 8))) / 4)
    ball /= ball.max()
    affine = AFFINE.copy()
    affine[:3, :3] *= SIZE / 8
    affine[:3, 3] += voxel_sizes(AFFINE) * (SIZE / 8 - 1) / 2
    return save(path, np.stack([0.01 * sign * ball for sign in signs], axis=-1).astype(np.float32), affine)


def right_sided_overlay(path):
    """int16 with a slope, stored left to right mirrored: positive on the patient's right (world x > 20 mm)."""
    world_x = 96 - 3 * np.arange(SIZE)
    data = np.zeros((SIZE, SIZE, SIZE, 4), np.int16)
    data[world_x > 20] = 1000
    image = nibabel.Nifti1Image(data, AFFINE @ np.diag([-1, 1, 1, 1]) + np.pad([[192.0]], ((0, 3), (3, 0))))
    image.header.set_slope_inter(0.001, 0)
    nibabel.save(image, path)
    return path


def labels(path, affine=AFFINE, axes=(0, 1, 2)):
    """uint8 [64, 64, 64], stored along these axes: oedema (2) on the patient's right in front, core (1) below it."""
    places = np.moveaxis(np.indices((SIZE,) * 3), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
    right, front, up = np.moveaxis(places, -1, 0)
    data = np.where((right > 20) & (right < 50) & (front > 10) & (front < 40) & (np.abs(up) < 30), 2, 0)
    data[(data > 0) & (up < 0)] = 1
    order = np.eye(4)[:, [*axes, 3]]
    return save(path, data.transpose(axes).astype(np.uint8), affine @ order)


def save_stored_otherwise(folder, axes):
    """The same study with its voxels along other axes."""
    folder.mkdir()
    image = nibabel.load(save_study(folder / "plain")["t1ce"])
    data = np.asarray(image.dataobj).transpose(axes)
    return {"t1ce": save(folder / "t1ce.nii.gz", data, image.affine @ np.eye(4)[:, [*axes, 3]])}


def cut(path):
    """The same scan without its last voxels, in an intact .gz."""
    return gzip.compress(gzip.decompress(path.read_bytes())[:-2000])


def damaged(path, content):
    path.write_bytes(content)
    return path


def picture(path):
    from PIL import Image

    Image.new("RGB", (8, 6), "white").save(path)
    return path


@pytest.fixture(scope="module")
def values(serve):
    """Name → value, of files where the app would write them (`serve` sets GRADIO_TEMP_DIR)."""
    from zoo.page.viewer import viewer_value

    folder = Path(os.environ["GRADIO_TEMP_DIR"]) / "session"
    folder.mkdir()
    study = save_study(folder / "study")
    small = save_study(folder / "small", radii=(9, 9, 9))
    overlay = coarse_overlay(folder / "overlay.nii.gz", signs=(1, -1, 0, 1))
    return {
        "study": viewer_value(study),
        "heat": viewer_value(study, overlay),
        "curve": viewer_value(study, curves={"t1ce": [(-60.0, 0.2), (0.0, 3.0), (60.0, 0.1)]}),
        "heat and curve": viewer_value(study, overlay, curves={"t1ce": [(-60.0, 0.2), (60.0, 0.1)]}),
        "FLAIR heat": viewer_value(study, coarse_overlay(folder / "flair.nii.gz", signs=(0, 0, 0, 1))),
        "small": viewer_value({"t2": small["t2"], "flair": small["flair"]}),
        "side": viewer_value(study, right_sided_overlay(folder / "side.nii.gz")),
        "usual range": viewer_value(study, overlay, overlay_range=(0.005, 0.01)),
        "high threshold": viewer_value(study, overlay, overlay_range=(0.008, 0.01)),
        "broken": viewer_value({"t1": damaged(folder / "broken.nii.gz", b"not a scan")}),
        "truncated": viewer_value({"t1": damaged(folder / "cut.nii.gz", cut(study["t1"]))}),
        "picture": viewer_value(study, picture=picture(folder / "slices.png")),
        "regions": viewer_value(study, regions=labels(folder / "labels.nii.gz")),
        "heat and regions": viewer_value(study, overlay, regions=folder / "labels.nii.gz"),
        "sagittal regions": viewer_value(
            save_stored_otherwise(folder / "sagittal", (1, 2, 0)),
            regions=labels(folder / "sagittal.nii.gz", axes=(1, 2, 0)),
        ),
        "none": None,
    }


@pytest.fixture(scope="module")
def url(serve, values):
    from zoo.page.viewer import StudyViewer

    with gr.Blocks() as blocks:
        with gr.Tab("First"):
            viewer = StudyViewer(elem_id="viewer")
            for name, value in values.items():
                gr.Button(name).click(lambda value=value: value, outputs=viewer, show_progress="hidden")
        with gr.Tab("Second"):
            StudyViewer(values["heat"], elem_id="hidden_viewer")
    return serve(blocks)


@pytest.fixture
def opened(page, url):
    """The page with an empty viewer."""
    page.set_viewport_size({"width": 800, "height": 600})  # software WebGL2 takes its time for every pixel
    page.goto(url)
    page.locator("#viewer .study-viewer[data-state=empty]").wait_for()
    return page


def click(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def show(page, name, state="ready"):
    """Sends a value and waits until the viewer is done with it."""
    page.locator("#viewer .study-viewer").evaluate("viewer => (viewer.dataset.state = 'old')")
    click(page, name)
    page.locator(f"#viewer .study-viewer[data-state={state}]").wait_for()


def watch_layers(page):
    """From now on the page's `layers` lists which are drawn into a texture."""
    page.evaluate(
        """() => {
            const { prototype } = niivue.Niivue;
            const refreshLayers = prototype.refreshLayers;
            globalThis.layers = [];
            prototype.refreshLayers = function (image, layer) {
                globalThis.layers.push(layer);
                return refreshLayers.call(this, image, layer);
            };
        }"""
    )


def choose(page, name):
    """Presses a modality and waits until it is drawn."""
    click(page, name)
    page.locator(READY).wait_for()


def slide(page, percent):
    page.locator("[data-part=opacity]").fill(str(percent))
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def text(page, part):
    return page.locator(f"#viewer [data-part={part}]").inner_text()


def fetched(requests):
    return [Path(url).name.removesuffix(".nii.gz") for url in requests if url.endswith(".nii.gz")]


def test_a_study_appears(opened, look):
    show(opened, "study")
    assert look(opened).lit > 10_000
    assert opened.locator("#viewer [data-part=modalities] button").all_inner_texts() == ["T1", "T1ce", "T2", "FLAIR"]
    assert opened.locator("#viewer [data-part=modalities] [aria-pressed=true]").inner_text() == "T1ce"
    assert not opened.locator("#viewer [data-part=heat]").is_visible()
    assert look(opened).warm == look(opened).cool == 0


def test_each_modality_is_its_own_picture_fetched_when_looked_at_and_only_once(opened, look, requests):
    show(opened, "study")
    brightness = []
    for name in ("T1", "FLAIR", "T2", "T1ce", "T1"):
        choose(opened, name)
        brightness.append(look(opened).brightness)
    assert all(after - before > 4 for before, after in pairwise(brightness[:4])), brightness
    assert brightness[4] == pytest.approx(brightness[0], abs=0.1)
    assert fetched(requests) == ["t1ce", "t1", "flair", "t2"]


def test_planes_differ(opened, look):
    show(opened, "study")
    three = look(opened).rgb
    assert text(opened, "position") == "Axial 33 of 64 · Coronal 33 of 64 · Sagittal 33 of 64"
    seen = [three]
    for name in ("Axial", "Coronal", "Sagittal"):
        click(opened, name)
        assert text(opened, "position") == f"{name} 33 of 64"
        seen.append(look(opened).rgb)
    assert all((one != other).mean() > 0.02 for one, other in combinations(seen, 2))


def test_scrolling_and_keys_move_through_the_slices_without_a_request(opened, look, requests):
    show(opened, "study")
    click(opened, "Axial")
    before, asked = look(opened).rgb, len(requests)
    box = opened.locator("#viewer canvas").bounding_box()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(12):
        opened.mouse.wheel(0, 100)
    opened.wait_for_function("() => !document.querySelector('#viewer [data-part=position]').innerText.includes(' 33 ')")
    assert (look(opened).rgb != before).mean() > 0.01
    slice_number = int(text(opened, "position").split()[1])
    opened.locator("#viewer canvas").press("PageUp")
    assert text(opened, "position") == f"Axial {slice_number + 1} of 64"
    assert len(requests) == asked


def test_the_heat_map_is_warm_for_hgg_and_cool_for_lgg(opened, look):
    show(opened, "heat")
    seen = {}
    for title in ("T1", "T1ce", "T2", "FLAIR"):
        choose(opened, title)
        picture = look(opened)
        seen[title] = (picture.warm > 1000, picture.cool > 1000)
    assert seen == {"T1": (True, False), "T1ce": (False, True), "T2": (False, False), "FLAIR": (True, False)}


def test_the_heat_map_lies_where_its_affine_says(opened, look):
    show(opened, "side")
    click(opened, "Axial")
    rgb = look(opened).rgb
    height, width = rgb.shape[:2]
    columns = np.flatnonzero((rgb[..., 0] - rgb[..., 2] > 50).any(axis=0))
    pixels_per_mm = height / (3 * SIZE)
    assert columns.max() == pytest.approx(width / 2 - 20 * pixels_per_mm, abs=8), "the patient's right is on the left"


def test_opacity_fades_the_heat_map(opened, look):
    show(opened, "heat")
    full = look(opened).cool
    assert text(opened, "percent") == "60 %"
    slide(opened, 0)
    assert text(opened, "percent") == "0 %"
    assert look(opened).cool == 0
    slide(opened, 100)
    assert look(opened).cool >= full > 1000


def test_small_values_are_transparent(opened, look):
    show(opened, "heat")
    usual = look(opened).cool
    show(opened, "usual range")
    assert look(opened).cool == pytest.approx(usual, rel=0.01), "half the largest value, unless told"
    show(opened, "high threshold")
    assert 0 < look(opened).cool < usual / 2


def test_a_heat_map_added_later_keeps_the_choice(opened, requests):
    show(opened, "study")
    choose(opened, "FLAIR")
    click(opened, "Coronal")
    opened.locator("#viewer canvas").press("ArrowUp")
    show(opened, "heat")
    assert opened.locator("#viewer [data-part=modalities] [aria-pressed=true]").inner_text() == "FLAIR"
    assert text(opened, "position") == "Coronal 34 of 64"
    assert fetched(requests) == ["t1ce", "flair", "overlay"]


def test_only_what_is_new_is_drawn_into_a_texture(opened):
    """Without a graphics card each layer of a real study takes a second or two."""
    show(opened, "study")
    watch_layers(opened)
    show(opened, "heat")
    show(opened, "heat and curve")
    assert opened.evaluate("() => globalThis.layers") == [1]
    show(opened, "study")
    assert opened.evaluate("() => globalThis.layers") == [1, 0], "a heat map that goes leaves the scan drawn alone"


def test_without_a_choice_the_modality_where_the_heat_map_is_strongest_is_shown(opened, look):
    show(opened, "study")
    assert opened.locator("#viewer [data-part=modalities] [aria-pressed=true]").inner_text() == "T1ce"
    show(opened, "FLAIR heat")
    assert opened.locator("#viewer [data-part=modalities] [aria-pressed=true]").inner_text() == "FLAIR"
    assert look(opened).warm > 1000


def test_an_untouched_crosshair_goes_to_the_peak_of_the_heat_map(opened):
    show(opened, "study")
    assert text(opened, "position") == "Axial 33 of 64 · Coronal 33 of 64 · Sagittal 33 of 64"
    show(opened, "side")
    assert _sagittal(text(opened, "position")) not in range(20, 46), "on the right, in the middle of it"


def test_without_a_curve_no_place_on_it_is_marked(opened):
    show(opened, "regions")
    assert opened.locator("#viewer [data-part=here]").get_attribute("x1") is None


def test_a_click_on_the_curve_of_slices_moves_the_crosshair(opened):
    show(opened, "curve")
    before = text(opened, "position")
    curve = opened.locator("#viewer .curve svg")
    box = curve.bounding_box()
    curve.click(position={"x": box["width"] * 0.8, "y": box["height"] / 2})
    after = text(opened, "position")
    assert _axial(after) > _axial(before) + 5
    opened.locator("#viewer [data-part=height]").press("ArrowLeft")
    assert _axial(text(opened, "position")) <= _axial(after)
    opened.locator("#viewer canvas").press("PageUp")
    marker = float(opened.locator("#viewer [data-part=here]").get_attribute("x1"))
    assert marker == pytest.approx(80, abs=5)
    choose(opened, "FLAIR")
    assert not opened.locator("#viewer .curve").is_visible(), "FLAIR has no curve"


def _sagittal(position):
    return int(re.search(r"Sagittal (\d+)", position)[1])


def _axial(position):
    return int(re.search(r"Axial (\d+)", position)[1])


def region_pixels(picture, region):
    """Pixels of a region's colour, bool [H, W]."""
    return (np.abs(picture.rgb - REGION_COLOURS[region]) < 6).all(axis=2)


def choose_style(page, style, percent=100):
    page.locator(f"#viewer [data-style={style}]").click()
    page.locator("#viewer [data-part=region-opacity]").fill(str(percent))
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("stored", ["regions", "sagittal regions"])
def test_regions_lie_where_their_affine_says(opened, look, stored):
    show(opened, stored)
    choose_style(opened, "filled")
    click(opened, "Axial")
    opened.locator("#viewer canvas").press("PageUp")
    picture = look(opened)
    height, width = picture.rgb.shape[:2]
    mm = 3 * SIZE / height
    rows, columns = np.nonzero(region_pixels(picture, "oedema"))
    assert not region_pixels(picture, "core").any(), "below"
    across, along = (width / 2 - columns) * mm, (height / 2 - rows) * mm  # the patient's right is on the left
    assert (across.min(), across.max()) == pytest.approx((20, 50), abs=4)
    assert (along.min(), along.max()) == pytest.approx((10, 40), abs=4)
    for _ in range(4):
        opened.locator("#viewer canvas").press("PageDown")
    assert region_pixels(look(opened), "core").any()


def test_regions_are_switched_outlined_and_faded_without_a_request(opened, look, requests):
    show(opened, "regions")
    click(opened, "Axial")
    asked = len(requests)
    choose_style(opened, "filled")
    filled = region_pixels(look(opened), "core").sum() + region_pixels(look(opened), "oedema").sum()
    choose_style(opened, "outlines")
    outlines = region_pixels(look(opened), "core").sum() + region_pixels(look(opened), "oedema").sum()
    assert filled / 3 > outlines > 50
    choose_style(opened, "filled", percent=0)
    without = look(opened).rgb
    assert text(opened, "region-percent") == "0 %"
    choose_style(opened, "none")
    assert (look(opened).rgb == without).all()
    assert not any(region_pixels(look(opened), region).any() for region in REGION_COLOURS)
    assert len(requests) == asked


def test_regions_are_named_in_their_colours(opened):
    show(opened, "study")
    assert not opened.locator("#viewer [data-part=regions]").is_visible()
    show(opened, "regions")
    legend = opened.locator("#viewer [data-part=region-legend]")
    assert [name in legend.inner_text() for name in ("core", "oedema", "enhancing tumour")] == [True] * 3
    colours = legend.locator("i").evaluate_all("all => all.map(each => each.style.background)")
    assert colours == [f"rgb({', '.join(map(str, colour))})" for colour in REGION_COLOURS.values()]


def test_regions_added_later_leave_scan_and_heat_map_as_they_are(opened, look, requests):
    show(opened, "heat")
    choose(opened, "T1")
    warm = look(opened).warm
    watch_layers(opened)
    show(opened, "heat and regions")
    assert opened.evaluate("() => globalThis.layers") == []
    choose_style(opened, "filled")
    assert region_pixels(look(opened), "oedema").any()
    choose_style(opened, "none")
    assert look(opened).warm == pytest.approx(warm, rel=0.01)
    choose(opened, "FLAIR")
    choose_style(opened, "filled")
    assert region_pixels(look(opened), "oedema").any(), "they belong to the study, whichever scan is shown"
    assert fetched(requests) == ["t1ce", "overlay", "t1", "labels", "flair"]


def test_regions_go_with_their_study(opened, look):
    show(opened, "regions")
    choose_style(opened, "filled")
    show(opened, "small")
    assert not any(region_pixels(look(opened), region).any() for region in REGION_COLOURS)
    show(opened, "regions")
    assert region_pixels(look(opened), "oedema").any(), "as it was chosen"


def test_whoever_names_a_place_is_led_there(opened):
    show(opened, "regions")
    opened.evaluate(
        "place => document.dispatchEvent(new CustomEvent('study-place', { detail: { place } }))", [35, 25, -12]
    )
    assert text(opened, "position") == "Axial 29 of 64 · Coronal 41 of 64 · Sagittal 45 of 64"


def test_the_next_study_replaces_the_first(opened, look):
    show(opened, "heat")
    large = look(opened).lit
    show(opened, "small")
    assert opened.locator("#viewer [data-part=modalities] button").all_inner_texts() == ["T2", "FLAIR"]
    assert 0 < look(opened).lit < large / 2
    assert look(opened).cool == 0


def test_none_empties_the_viewer_and_it_can_be_filled_again(opened, look):
    show(opened, "small")
    small = look(opened).lit
    show(opened, "none", state="empty")
    assert text(opened, "message") == "No study yet."
    assert not opened.locator("#viewer canvas").is_visible()
    show(opened, "small")
    assert look(opened).lit == small


def test_a_late_answer_for_the_first_study_does_not_win(opened, look):
    held = []
    opened.route("**/study/t1ce.nii.gz", lambda route: held.append(route))
    show(opened, "study", state="loading")
    opened.wait_for_timeout(100)
    show(opened, "small")
    small = look(opened).lit
    for route in held:
        route.continue_()
    opened.wait_for_timeout(500)
    assert held
    assert opened.locator(READY).count() == 1
    assert look(opened).lit == small


def test_a_late_answer_for_another_modality_does_not_win(opened, look):
    held = []
    opened.route("**/study/flair.nii.gz", lambda route: held.append(route))
    show(opened, "study")
    before = look(opened).rgb
    click(opened, "FLAIR")
    choose(opened, "T1ce")
    for route in held:
        route.continue_()
    opened.wait_for_timeout(500)
    assert held
    assert (look(opened).rgb == before).all()


def test_a_damaged_file_is_said_in_a_sentence(opened, look):
    for name in ("broken", "truncated"):
        show(opened, name, state="error")
        assert text(opened, "message").startswith("The T1 scan could not be read: its file is missing or damaged.")
    show(opened, "small")
    assert look(opened).lit > 1000


def test_without_webgl_there_is_a_sentence_and_the_picture(page, url, look):
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(url)
    show(page, "picture", state="error")
    assert "WebGL2" in text(page, "message")
    page.wait_for_function("document.querySelector('#viewer img').naturalWidth === 8")
    assert look(page, "#viewer .stage").brightness > 128, "the white picture fills the stage"


def test_a_viewer_in_a_tab_that_was_hidden(opened, look):
    opened.get_by_role("tab", name="Second").click()
    opened.locator("#hidden_viewer .study-viewer[data-state=ready]").wait_for()
    picture = look(opened, "#hidden_viewer canvas")
    assert picture.lit > 10_000
    assert picture.cool > 1000


def test_a_value_that_arrives_while_the_tab_is_hidden(opened, look):
    press = "button => setTimeout(() => button.click(), 300)"
    opened.get_by_role("button", name="study", exact=True).evaluate(press)
    opened.get_by_role("tab", name="Second").click()
    opened.locator(READY).wait_for(state="attached")
    opened.get_by_role("tab", name="First").click()
    opened.locator("#viewer canvas").wait_for()
    assert look(opened, "#viewer canvas").lit > 10_000


def test_a_viewer_that_is_removed_frees_the_graphics(opened):
    show(opened, "small")
    canvas = opened.locator("#viewer canvas").element_handle()
    canvas.evaluate("canvas => canvas.closest('.study-viewer').remove()")
    opened.wait_for_function("canvas => canvas.getContext('webgl2').isContextLost()", arg=canvas)


def test_it_fits_a_phone(opened, look):
    opened.set_viewport_size({"width": 390, "height": 844})
    show(opened, "heat")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.locator("#viewer .stage").bounding_box()["height"] == pytest.approx(0.6 * 844, abs=2)
    assert look(opened).lit > 5000
