// Gradio runs this once per table, as the body of function (element, …). The viewer that is in sight listens.

element.addEventListener("click", ({ target }) => {
  const row = target.closest("[data-place]");
  if (!row) return;
  const place = row.dataset.place.split(",").map(Number);
  document.dispatchEvent(new CustomEvent("study-place", { detail: { place } }));
});
