// Redrawing without taking away what a person is at: their focus, what they opened, how far they scrolled.

const FOCUSABLE = "[data-key]";

/** Where the focus is inside `parent`, by names that outlive a redrawing. */
function focusOf(parent) {
  const active = document.activeElement;
  if (!parent.contains(active) || active === parent) return null;
  return { owner: active.closest("[data-ts]")?.dataset.ts, key: active.closest(FOCUSABLE)?.dataset.key };
}

/** The same element again; failing that its message, so that the keyboard goes on from there. */
function focusAgain(parent, { owner, key }) {
  const home = owner ? parent.querySelector(`[data-ts="${CSS.escape(owner)}"]`) : parent;
  const same = key && home?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  (same || (owner && home))?.focus?.({ preventScroll: true });
}

export function keepFocus(parent, redraw) {
  const was = focusOf(parent);
  redraw();
  if (was && !parent.contains(document.activeElement)) focusAgain(parent, was);
}

/** Makes `nodes` the children of `parent`; those that stay are not touched. */
export function patch(parent, nodes) {
  const staying = new Set(nodes);
  keepFocus(parent, () => {
    for (const child of [...parent.childNodes]) if (!staying.has(child)) child.remove();
    nodes.forEach((node, at) => parent.childNodes[at] === node || parent.insertBefore(node, parent.childNodes[at] ?? null));
  });
}
