// The side panel: the machines, and what can be made to go wrong with them. Without a fleet there is no panel.
//   GET /lab/fleet   {fleet: null | {systems: [{name, state, partitions: [{name, state}]}], faults: [{id, group, does, heals, kind, targets, on}]}}
//   POST /lab/fleet  {fault, target, on}
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

const chosen = new Map();  // the target of each fault, over redraws
const unfolded = new Set();  // the groups that are open

function fault(one) {
  const turn = (target, on) => attempt(() => post("fleet", { fault: one.id, target, on }));
  const pick = el("select", { "aria-label": `${one.id}: which ${one.kind}`, "data-key": `pick ${one.id}`, onchange: () => chosen.set(one.id, pick.value) }, one.targets.map((name) => el("option", { value: name }, name)));
  if (one.targets.includes(chosen.get(one.id))) pick.value = chosen.get(one.id);
  const breaks = el("button.btn", { type: "button", "aria-label": `Break: ${one.id}`, "data-key": `break ${one.id}`, onclick: () => turn(pick.value, true) }, "Break");
  const heals = one.on.map((target) => el("button.btn.danger", { type: "button", "aria-label": `Heal: ${one.id} ${target}`, title: one.heals, "data-key": `heal ${one.id} ${target}`, onclick: () => turn(target, false) }, `Heal ${target}`));
  return el("li.fault", el("strong", one.id), el("p.faint", one.does), el("div.fault-row", pick, breaks), heals);
}

function group(name, faults) {
  const broken = faults.reduce((count, one) => count + one.on.length, 0);
  const fold = el("details", { open: broken > 0 || unfolded.has(name), ontoggle: () => unfolded[fold.open ? "add" : "delete"](name) }, el("summary", { "data-key": `group ${name}` }, broken ? `${name} (${broken})` : name), el("ul.faults", faults.map(fault)));
  return fold;
}

function content({ systems, faults }) {
  const machines = systems.length ? systems.map(system) : el("p.faint", "No machines yet.");
  const groups = [...new Set(faults.map((one) => one.group))].map((name) => group(name, faults.filter((one) => one.group === name)));
  return [groups.length > 0 && el("section", el("h3", "Make it go wrong"), groups), machines];
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
