// Views: what is entered in them, and the modal that shows the topmost one.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { el, icon } from "./dom.js";
import { attempt } from "./messages.js";
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
  if (!view) {
    dialog?.remove();
    dialog = null;
    return;
  }
  const scroll = dialog?.querySelector(".modal-body")?.scrollTop ?? 0;
  const same = dialog?.dataset.view === view.id;
  const focused = same ? [...dialog.querySelectorAll("input, select, textarea, button")].indexOf(document.activeElement) : -1;
  if (!dialog) open();
  dialog.dataset.view = view.id;
  dialog.setAttribute("aria-label", view.title.text);
  dialog.replaceChildren(form(view));
  if (same) dialog.querySelector(".modal-body").scrollTop = scroll;
  const fields = dialog.querySelectorAll("input, select, textarea, button");
  const first = dialog.querySelector(".wrong input, .wrong select, .wrong textarea") ?? dialog.querySelector(".modal-body :is(input, select, textarea)");
  (focused >= 0 ? fields[focused] : first)?.focus();
}

function open() {
  dialog = el("dialog.modal");
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    shut(store.views.at(-1));
  });
  document.body.append(dialog);
  dialog.showModal();
}

const shut = (view) => attempt(() => post("close", { user: store.me, view_id: view.id }));

function form(view) {
  const host = viewHost(view);
  const trouble = store.errors.get(view.id)?.[""];
  const submit = view.submit && el("button.btn.primary", { type: "submit", disabled: view.submit_disabled }, view.submit.text);
  const node = el("form", { noValidate: true },
    el("header.modal-head", el("h2", view.title.text), el("button.btn.quiet", { type: "button", "aria-label": "Close", onclick: () => shut(view) }, icon("close"))),
    el("div.modal-body", trouble && el("p.error.trouble", { role: "alert" }, trouble), renderBlocks(view.blocks, host)),
    el("footer.modal-foot", el("button.btn", { type: "button", onclick: () => shut(view) }, view.close?.text ?? "Cancel"), submit));
  node.onsubmit = async (event) => {
    event.preventDefault();
    if (!submit) return;
    submit.disabled = true;
    submit.classList.add("busy");
    await attempt(() => post("submit", { user: store.me, view_id: view.id, values: known(view, host.entered) }));
    submit.disabled = false;
    submit.classList.remove("busy");
  };
  return node;
}
