// Views: what is entered in them, and the modal that shows the topmost one.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { el, icon } from "./dom.js";
import { attempt } from "./messages.js";
import { keepFocus } from "./patch.js";
import { store } from "./store.js";

const entries = new Map();

/** What was entered in a view survives its redrawing, as long as its blocks keep their ids. */
export function viewHost(view) {
  if (!entries.has(view.id)) entries.set(view.id, {});
  const entered = entries.get(view.id);
  return {
    where: { view_id: view.id },
    entered,
    held: (block, element) => entered[block.block_id]?.[element.action_id],
    enter: (block, element, value) => ((entered[block.block_id] ??= {})[element.action_id] = value),
    error: (id) => store.errors.get(view.id)?.[id],
    act: (block, element, value) =>
      attempt(() => post("click", { user: store.me, view_id: view.id, action_id: element.action_id, block_id: block.block_id, value: value ?? null, values: known(view, entered) })),
  };
}

/** Only what the view still asks for. */
function known(view, entered) {
  const ids = new Set(view.blocks.map((block) => block.block_id));
  return Object.fromEntries(Object.entries(entered).filter(([id]) => ids.has(id)));
}

let dialog = null;

export function drawViews() {
  const view = store.views.at(-1);
  if (!view) return gone();
  const scroll = dialog?.querySelector(".modal-body")?.scrollTop ?? 0;
  const same = dialog?.dataset.view === view.id;
  const invalid = Object.keys(store.errors.get(view.id) ?? {}).length > 0;
  if (!dialog) open();
  dialog.dataset.view = view.id;
  dialog.setAttribute("aria-label", view.title.text);
  keepFocus(dialog, () => dialog.replaceChildren(form(view)));
  if (same) dialog.querySelector(".modal-body").scrollTop = scroll;
  const wrong = dialog.querySelector(".wrong :is(input, select, textarea)");
  if (invalid) (wrong ?? dialog.querySelector(".trouble"))?.focus();
  else if (!dialog.querySelector("form").contains(document.activeElement)) firstField()?.focus();
}

const firstField = () => dialog.querySelector("[autofocus]") ?? dialog.querySelector(".modal-body :is(input, select, textarea)") ?? dialog.querySelector(".modal-foot .btn:last-child");

/** Closed, not only removed: the focus then goes back to where it was before. */
function gone() {
  const was = dialog;
  dialog = null;
  was?.close();
  was?.remove();
}

function open() {
  dialog = el("dialog.modal");
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    shut(store.views.at(-1));
  });
  // A second Esc can't be held back: the view then goes the same way.
  dialog.addEventListener("close", ({ currentTarget }) => {
    if (currentTarget !== dialog) return;
    shut(store.views.at(-1));
    dialog.showModal();
  });
  document.body.append(dialog);
  dialog.showModal();
}

let closing = "";

/** Once: a person who presses Esc twice means the same view. */
async function shut(view) {
  if (closing === view.id) return;
  closing = view.id;
  if (!(await attempt(() => post("close", { user: store.me, view_id: view.id })))) closing = "";
}

function form(view) {
  const host = viewHost(view);
  const trouble = store.errors.get(view.id)?.[""];
  const submit = view.submit && el("button.btn.primary", { type: "submit", disabled: view.submit_disabled, "data-key": "submit" }, view.submit.text);
  const node = el("form", { noValidate: true },
    el("header.modal-head", el("h2", view.title.text), el("button.btn.quiet", { type: "button", "aria-label": "Close", onclick: () => shut(view) }, icon("close"))),
    el("div.modal-body", trouble && el("p.error.trouble", { role: "alert", tabIndex: -1 }, trouble), renderBlocks(view.blocks, host)),
    el("footer.modal-foot", el("button.btn", { type: "button", onclick: () => shut(view) }, view.close?.text ?? "Cancel"), submit));
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (!submit || submit.classList.contains("busy")) return;
    submit.classList.add("busy");
    await attempt(() => post("submit", { user: store.me, view_id: view.id, values: known(view, host.entered) }));
    submit.classList.remove("busy");
  };
  return node;
}
