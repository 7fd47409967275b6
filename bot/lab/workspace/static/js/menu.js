// A popover menu under a button.

import { el } from "./dom.js";

const EDGE = 8;

/** items: [{label, hint?, onpick}]. Arrows move, Enter picks, Esc and Tab leave. */
export function menu(anchor, items) {
  const list = el("div.menu", { role: "menu" });
  const shut = () => {
    list.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
  };
  const leave = () => {
    shut();
    anchor.focus();
  };
  const outside = (event) => list.contains(event.target) || anchor.contains(event.target) || shut();
  for (const item of items) {
    const pick = () => {
      leave();
      item.onpick();
    };
    list.append(el("button.menu-item", { type: "button", role: "menuitem", tabIndex: -1, onclick: pick }, el("span", item.label), item.hint && el("small", item.hint)));
  }
  list.addEventListener("keydown", (event) => {
    const all = [...list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    else if (event.key === "Home" || event.key === "End") all.at(event.key === "Home" ? 0 : -1).focus();
    else if (event.key === "Escape") leave();
    else if (event.key === "Tab") return leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  if (anchor.nextElementSibling?.classList.contains("menu")) return anchor.nextElementSibling.remove();
  anchor.after(list);
  anchor.setAttribute("aria-expanded", "true");
  place(list, anchor);
  document.addEventListener("pointerdown", outside, true);
  list.firstElementChild?.focus();
}

/** Under its button, or above it where there is no room; never past an edge of the window. */
function place(list, anchor) {
  const at = anchor.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const below = at.bottom + 4 + height < innerHeight;
  list.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`;
  list.style.top = `${below ? at.bottom + 4 : Math.max(EDGE, at.top - height - 4)}px`;
}
