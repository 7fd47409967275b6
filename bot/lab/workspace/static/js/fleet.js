// The side panel: the machines, and what can be made to go wrong with them. Without a fleet there is no panel.
//   GET /lab/fleet   {fleet: null | {systems: [{name, state, partitions: [{name, state}]}], faults: [{id, label, on}]}}
//   POST /lab/fleet  {fault, on}
//   {"type": "fleet"} on the live feed: look again.

import { post } from "./api.js";
import { el, icon } from "./dom.js";
import { attempt } from "./messages.js";
import { keepFocus } from "./patch.js";
import { store } from "./store.js";

const panel = document.getElementById("fleet");
const body = document.body;

const machine = (one) => el("div.machine", el("span", one.name), el("span.faint", one.state));

const system = (one) =>
  el("section.system", el("h3", machine(one)), el("ul.partitions", one.partitions.map((each) => el("li", machine(each)))));

function fault(one) {
  const turn = () => attempt(() => post("fleet", { fault: one.id, on: !one.on }));
  return el(one.on ? "button.btn.danger" : "button.btn", { type: "button", "aria-pressed": String(one.on), "data-key": one.id, onclick: turn }, one.label);
}

function content({ systems, faults }) {
  const machines = systems.length ? systems.map(system) : el("p.faint", "No machines yet.");
  return [machines, faults.length > 0 && el("section", el("h3", "Make it go wrong"), el("div.actions", faults.map(fault)))];
}

export function drawFleet() {
  const open = Boolean(store.fleet) && body.classList.contains("fleet-open");
  panel.hidden = !open;
  document.querySelectorAll(".fleet-toggle").forEach((toggle) => {
    toggle.hidden = !store.fleet;
    toggle.setAttribute("aria-expanded", String(open));
  });
  if (!open) return panel.replaceChildren();
  const shut = el("button.btn.quiet", { type: "button", "aria-label": "Close Power lab", "data-key": "shut", onclick: () => showFleet(false) }, icon("close"));
  const top = panel.querySelector(".fleet-body")?.scrollTop ?? 0;
  keepFocus(panel, () => panel.replaceChildren(el("header.pane-head", el("h1", "Power lab"), shut), el("div.fleet-body", { tabIndex: 0, role: "region", "aria-label": "Fleet" }, content(store.fleet))));
  panel.querySelector(".fleet-body").scrollTop = top;
}

export function showFleet(open) {
  body.classList.toggle("fleet-open", open);
  drawFleet();
  (open ? panel.querySelector("[data-key=shut]") : document.querySelector(".fleet-toggle"))?.focus();
}

/** For the head of a conversation. */
export function fleetToggle() {
  const open = body.classList.contains("fleet-open");
  const turn = () => showFleet(!body.classList.contains("fleet-open"));
  return el("button.btn.quiet.fleet-toggle", { type: "button", title: "Power lab", "aria-label": "Power lab", "aria-controls": "fleet", "aria-expanded": String(open), hidden: !store.fleet, onclick: turn }, icon("rack"));
}
