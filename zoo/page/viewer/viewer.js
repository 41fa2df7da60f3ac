// Gradio runs this once per component on the page, as the body of function (element, trigger, props, …, watch).
// One value at a time is shown; scans are fetched when first looked at and kept while the value names them.

const root = element.querySelector(".study-viewer");
const canvas = root.querySelector("canvas");
const part = (name) => root.querySelector(`[data-part="${name}"]`);

const PLANES = ["axial", "coronal", "sagittal", "all"]; // in the order of NiiVue's SLICE_TYPE
const KEY_STEPS = { // voxels towards the patient's right, front and head; the right is on the left of the picture
  ArrowLeft: [1, 0, 0], ArrowRight: [-1, 0, 0],
  ArrowUp: [0, 1, 0], ArrowDown: [0, -1, 0],
  PageUp: [0, 0, 1], PageDown: [0, 0, -1],
};
// Vermilion to yellow against navy to sky blue: apart for every kind of colour vision. Same colours in viewer.css.
// Entry 0 is for what lies below the range: transparent.
const STEPS = { A: [0, 255, 255, 255], I: [0, 1, 128, 255] };
const FOR_HGG = { R: [0, 178, 230, 255], G: [0, 60, 110, 190], B: [0, 20, 0, 40], ...STEPS };
const FOR_LGG = { R: [0, 20, 30, 110], G: [0, 70, 130, 205], B: [0, 150, 220, 255], ...STEPS };
const UNSEEN = 0.002; // as much as a region needs to have an outline drawn

let shown = null; // the value
let modality = null;
let chosen = false; // whether the visitor chose it
let plane = "all";
let style = "outlines"; // of tumour regions: none, outlines or filled
let turn = 0; // counts calls of show(): a load that comes back in a later turn is dropped
let starting = null; // promise of the Niivue object
let drawn = null; // the Niivue object once a picture is drawn
let pictured = {}; // the scan, the heat map, its frame and range in that picture
let laid = null; // the tumour regions over that picture
let repaint = 0;
const images = new Map(); // url → { promise of NVImage, controller }

class ViewerError extends Error {} // its message is for the user
class NoGraphics extends ViewerError {}

// --- what happens ---

function update(value) {
  const sameStudy = Boolean(shown && value) && urls(shown.volumes) === urls(value.volumes);
  shown = value || null;
  forget();
  if (!sameStudy) {
    chosen = false;
    recentre();
  }
  if (!chosen) modality = shown?.modality;
  renderControls();
  return shown ? show() : clear();
}

async function show() {
  const mine = ++turn;
  const volume = shown.volumes.find((each) => each.modality === modality);
  setState("loading", `Loading ${volume.title} …`);
  try {
    const files = [load(volume), loadHeat(shown), loadRegions(shown)];
    const [niivue, scan, heat, regions] = await Promise.all([start(shown.library.url), ...files]);
    if (mine !== turn) return;
    draw(niivue, scan, heat, volume.frame);
    layRegions(regions);
    setState("ready", "");
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

function fail(error) {
  console.error(error);
  setState("error", error instanceof ViewerError ? error.message : "The scans could not be drawn. Reload the page.");
  part("picture").hidden = !(error instanceof NoGraphics && shown.picture);
}

function clear() {
  turn += 1;
  if (drawn) drawn.volumes = [];
  layRegions(null);
  pictured = {};
  setState("empty", "No study yet.");
}

function setState(state, message) {
  part("message").textContent = message;
  part("picture").hidden = true;
  root.dataset.state = state;
}

// --- NiiVue ---

function start(url) {
  starting ??= startNiivue(url).catch((error) => {
    starting = null;
    throw error;
  });
  return starting;
}

async function startNiivue(url) {
  if (!document.createElement("canvas").getContext("webgl2")) {
    throw new NoGraphics("This browser can't draw the scans here: it has no WebGL2, or it is switched off.");
  }
  await import(url).catch((error) => {
    throw new ViewerError("The viewer could not be loaded. Reload the page.", { cause: error });
  });
  const { Niivue, SHOW_RENDER } = globalThis.niivue;
  const niivue = new Niivue({
    isRadiologicalConvention: true,
    multiplanarShowRender: SHOW_RENDER.NEVER, // a 3-D picture is slow without a graphics card
    dragAndDropEnabled: false,
    crosshairColor: [0.85, 0.85, 0.85, 0.7],
    crosshairWidth: 0.5, // thinner lines vanish between pixels
    crosshairWidthUnit: "percent",
    fontColor: [0.8, 0.8, 0.8, 1],
    loadingText: "",
    logLevel: "error",
  });
  niivue.graph.opacity = 0; // no time series of the heat map's four frames
  niivue.addColormap("for HGG", FOR_HGG);
  niivue.addColormap("for LGG", FOR_LGG);
  niivue.onLocationChange = moved;
  await niivue.attachToCanvas(canvas, false);
  releaseWhenRemoved(niivue);
  niivue.setSliceType(PLANES.indexOf(plane));
  return niivue;
}

function draw(niivue, scan, heat, frame) {
  const range = heat && String(shown.overlay_range);
  const before = pictured;
  pictured = { scan, heat, frame: heat && frame, range };
  drawn = niivue;
  niivue.volumes = heat ? [scan, heat] : [scan]; // negative colours are right only on the topmost layer (niivue#583)
  niivue.back = scan;
  niivue.overlays = niivue.volumes.slice(1);
  if (heat) {
    heat.frame4D = frame;
    heat.opacity = opacity();
  }
  const changed = Object.keys(pictured).filter((key) => pictured[key] !== before[key]);
  if (changed.includes("scan") || (changed.length && !heat)) niivue.updateGLVolume(); // seconds without a graphics card
  else if (changed.length) addHeat();
  if (heat) lookAtPeak(niivue);
  showPosition();
}

function lookAtPeak(niivue) {
  const untouched = niivue.scene.crosshairPos.every((fraction) => fraction === 0.5);
  if (!shown.focus || !untouched) return;
  niivue.scene.crosshairPos = niivue.mm2frac(shown.focus);
  niivue.drawScene();
  tellOthers();
}

function addHeat() { // over a scan that is drawn already, whose texture stays
  drawn.refreshColormaps();
  drawHeat();
}

function drawHeat() {
  const heat = drawn?.volumes[1];
  if (!heat) return;
  heat.opacity = opacity();
  drawn.refreshLayers(heat, 1); // setOpacity would compute the scan's texture anew as well
  drawn.drawScene();
}

// As NiiVue's drawing: over all scans of the study, shown and hidden without a texture drawn anew.
function layRegions(regions) {
  if (laid === regions) return;
  laid = regions;
  if (!regions) return drawn.closeDrawing();
  drawn.drawLut = globalThis.niivue.cmapper.makeDrawLut(regionColours(shown.regions.named));
  drawn.refreshColormaps();
  if (!drawn.loadDrawing(regions)) throw new ViewerError("The tumour regions don't lie on this scan. Grade it again.");
  drawRegions();
}

function regionColours(named) {
  const channel = (index) => [0, ...named.map(({ colour }) => colour[index])];
  const labels = ["", ...named.map(({ title }) => title)];
  return { R: channel(0), G: channel(1), B: channel(2), I: [0, ...named.map(({ number }) => number)], labels };
}

function drawRegions() {
  if (!laid) return;
  const strength = share("region-opacity");
  drawn.drawOpacity = { none: 0, outlines: UNSEEN * strength, filled: strength }[style];
  drawn.drawRimOpacity = style === "outlines" ? strength : -1; // -1: as the rest
  drawn.drawScene();
}

function recentre() {
  if (!drawn) return;
  drawn.scene.crosshairPos = [0.5, 0.5, 0.5];
  drawn.scene.pan2Dxyzmm = [0, 0, 0, 1];
}

function releaseWhenRemoved(niivue) {
  const observer = new ResizeObserver(() => {
    if (canvas.isConnected) return;
    observer.disconnect();
    niivue.cleanup();
    niivue.gl.getExtension("WEBGL_lose_context")?.loseContext(); // browsers allow some 16 contexts in all
  });
  observer.observe(canvas);
}

// --- files ---

function load({ title, file }) {
  return cached(file.url, `The ${title} scan`, { colormap: "gray", ignoreZeroVoxels: true, percentileFrac: 0.01 });
}

async function loadHeat({ overlay, overlay_range }) {
  if (!overlay) return null;
  const heat = await cached(overlay.url, "The heat map", { colormap: "for HGG", colormapNegative: "for LGG" });
  [heat.cal_min, heat.cal_max] = overlay_range;
  return heat;
}

function loadRegions({ regions }) {
  return regions ? cached(regions.file.url, "The map of tumour regions", {}) : null;
}

function cached(url, what, options) {
  if (!images.has(url)) images.set(url, fetchImage(url, what, options));
  return images.get(url).promise;
}

function fetchImage(url, what, options) {
  const controller = new AbortController();
  const sentence = `${what} could not be read: its file is missing or damaged. Load the study again.`;
  const promise = readImage(url, options, controller.signal).catch((error) => {
    if (images.get(url)?.controller === controller) images.delete(url);
    throw new ViewerError(sentence, { cause: error });
  });
  promise.catch(() => {}); // nobody may be waiting any more
  return { promise, controller };
}

async function readImage(url, options, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  const buffer = await response.arrayBuffer();
  await starting;
  const image = await globalThis.niivue.NVImage.loadFromUrl({ url: buffer, name: "volume.nii.gz", ...options });
  if (!image?.hdr || image.img.length < voxels(image.hdr)) throw new Error(`${url}: incomplete NIfTI file`);
  return image;
}

function voxels({ dims }) {
  const frames = dims[0] > 3 ? dims[4] : 1;
  return dims[1] * dims[2] * dims[3] * frames;
}

function forget() {
  const over = [shown?.overlay?.url, shown?.regions?.file.url];
  const kept = shown ? [...shown.volumes.map((volume) => volume.file.url), ...over] : [];
  for (const [url, { controller }] of images) {
    if (kept.includes(url)) continue;
    controller.abort();
    images.delete(url);
  }
}

const urls = (volumes) => volumes.map((volume) => volume.file.url).join(" ");

// --- controls ---

function renderControls() {
  part("modalities").replaceChildren(...(shown?.volumes ?? []).map(modalityButton));
  part("heat").hidden = !shown?.overlay;
  part("regions").hidden = !shown?.regions;
  part("region-legend").replaceChildren(...(shown?.regions?.named ?? []).flatMap(legendEntry));
  drawCurve();
  if (shown?.picture) part("picture").src = shown.picture.url;
}

function modalityButton(volume) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = volume.title;
  button.dataset.modality = volume.modality;
  button.setAttribute("aria-pressed", volume.modality === modality);
  return button;
}

function legendEntry({ title, colour }) {
  const swatch = document.createElement("i");
  swatch.style.background = `rgb(${colour.join(" ")})`;
  return [swatch, title];
}

function press(group, chosen) {
  for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", button === chosen);
}

function chooseModality({ target }) {
  if (!target.dataset.modality) return;
  modality = target.dataset.modality;
  chosen = true;
  press(part("modalities"), target);
  drawCurve();
  show();
}

function choosePlane({ target }) {
  if (!target.dataset.plane) return;
  setPlane(target.dataset.plane);
  tellOthers();
}

function setPlane(name) {
  plane = name;
  press(part("planes"), root.querySelector(`[data-plane="${name}"]`));
  drawn?.setSliceType(PLANES.indexOf(name));
  showPosition();
}

const share = (slider) => Number(part(slider).value) / 100;
const opacity = () => share("opacity");

function chooseOpacity() {
  part("percent").textContent = `${part("opacity").value} %`;
  cancelAnimationFrame(repaint);
  repaint = requestAnimationFrame(drawHeat);
}

function chooseStyle({ target }) {
  if (!target.dataset.style) return;
  style = target.dataset.style;
  press(part("region-styles"), target);
  drawRegions();
}

function chooseRegionOpacity() {
  part("region-percent").textContent = `${part("region-opacity").value} %`;
  drawRegions();
}

function showPosition() {
  if (!drawn?.volumes.length) return;
  showHeight();
  const voxel = drawn.frac2vox(drawn.scene.crosshairPos);
  const size = drawn.volumes[0].dimsRAS;
  const slice = (name, axis) => `${name} ${voxel[axis] + 1} of ${size[axis + 1]}`;
  const slices = { axial: slice("Axial", 2), coronal: slice("Coronal", 1), sagittal: slice("Sagittal", 0) };
  part("position").textContent = slices[plane] ?? Object.values(slices).join(" · ");
}

// --- attention to slices ---

const CURVE_WIDTH = 100, CURVE_HEIGHT = 24; // of the picture's own coordinates

function drawCurve() {
  const points = shown?.curves?.[modality];
  part("curve").hidden = !points;
  if (!points) return;
  const [low, high] = [points[0][0], points.at(-1)[0]];
  const most = Math.max(...points.map(([, weight]) => weight));
  const place = ([height, weight]) =>
    `${((height - low) / (high - low)) * CURVE_WIDTH},${CURVE_HEIGHT * (1 - weight / most)}`;
  const area = [`0,${CURVE_HEIGHT}`, ...points.map(place), `${CURVE_WIDTH},${CURVE_HEIGHT}`];
  part("area").setAttribute("points", area.join(" "));
  Object.assign(part("height"), { min: low, max: high });
}

function showHeight() {
  if (part("curve").hidden) return;
  const slider = part("height");
  const height = drawn.frac2mm(drawn.scene.crosshairPos)[2];
  const along = ((height - slider.min) / (slider.max - slider.min)) * CURVE_WIDTH;
  slider.value = height;
  for (const end of ["x1", "x2"]) part("here").setAttribute(end, along);
}

function goToHeight(height) {
  if (!drawn?.volumes.length) return;
  const place = drawn.frac2mm(drawn.scene.crosshairPos);
  place[2] = height;
  goTo(place);
}

function goTo(place) {
  drawn.scene.crosshairPos = drawn.mm2frac(place);
  drawn.drawScene();
  moved();
}

// Somebody beside the viewer names a place in world mm, such as a row of a table.
function jump({ detail }) {
  if (!root.isConnected) return document.removeEventListener("study-place", jump);
  if (!root.checkVisibility() || !drawn?.volumes.length) return;
  goTo(detail.place);
  root.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function clickCurve(event) {
  event.preventDefault(); // the label would pass the click on to the slider
  const box = event.currentTarget.getBoundingClientRect();
  const { min, max } = part("height");
  goToHeight(Number(min) + ((event.clientX - box.left) / box.width) * (max - min));
}

// --- linked viewers ---

function moved() {
  showPosition();
  tellOthers();
}

function tellOthers() {
  if (!shown?.link || !drawn?.volumes.length) return;
  const place = [...drawn.frac2mm(drawn.scene.crosshairPos)].slice(0, 3);
  document.dispatchEvent(new CustomEvent("study-viewer", { detail: { from: root, link: shown.link, place, plane } }));
}

function follow({ detail }) {
  if (!root.isConnected) return document.removeEventListener("study-viewer", follow);
  if (detail.from === root || detail.link !== shown?.link || !drawn?.volumes.length) return;
  drawn.scene.crosshairPos = drawn.mm2frac(detail.place);
  if (detail.plane !== plane) setPlane(detail.plane);
  drawn.drawScene();
  showPosition();
}

// NiiVue's letter keys would change the view behind the buttons' back, so none reaches it.
function moveCrosshair(event) {
  event.stopImmediatePropagation();
  const step = KEY_STEPS[event.code];
  if (event.type !== "keydown" || !step || !drawn) return;
  event.preventDefault();
  drawn.moveCrosshairInVox(...step);
}

part("modalities").addEventListener("click", chooseModality);
part("planes").addEventListener("click", choosePlane);
part("opacity").addEventListener("input", chooseOpacity);
part("region-styles").addEventListener("click", chooseStyle);
part("region-opacity").addEventListener("input", chooseRegionOpacity);
part("height").addEventListener("input", ({ target }) => goToHeight(Number(target.value)));
root.querySelector(".curve svg").addEventListener("click", clickCurve);
canvas.addEventListener("keydown", moveCrosshair);
canvas.addEventListener("keyup", moveCrosshair);
document.addEventListener("study-viewer", follow);
document.addEventListener("study-place", jump);
canvas.addEventListener("webglcontextlost", () => setState("error", "The browser stopped drawing. Reload the page."));
watch("value", () => update(props.value));
update(props.value);
