// Starting up: whose seat, which conversation, and the keys that work everywhere.

import { toast } from "./dom.js";
import { drawFleet, showFleet } from "./fleet.js";
import { drawViews } from "./forms.js";
import { attempt } from "./messages.js";
import { shutDrawer } from "./drawer.js";
import { drawHome, drawMessages, drawPlace, drawThread } from "./panes.js";
import { drawSidebar, openDirect } from "./sidebar.js";
import { useTheme } from "./theme.js";
import { become, goTo, listen, openThread, showThread, store, visible } from "./store.js";

const asked = new URLSearchParams(location.search);
const FIRST = { seat: "U0REQUESTER", place: "C0POWEROPS" };

useTheme(asked.get("theme"));

const DRAW = {
  all: () => { drawSidebar(); drawPlace(); drawThread(); drawViews(); drawFleet(); },
  fleet: drawFleet,
  place: () => { drawSidebar(); drawPlace(); drawThread(); },
  channels: drawSidebar,
  messages: ({ channel }) => channel === store.place && drawMessages(),
  thread: drawThread,
  views: drawViews,
  home: () => store.place === "home" && drawHome(),
  lost: () => toast("The workspace is not answering."),
};

listen((kind, detail) => DRAW[kind](detail));

const remembered = () => {
  try { return sessionStorage.getItem("seat"); } catch { return null; }
};
const remember = (seat) => {
  try { sessionStorage.setItem("seat", seat); } catch { /* a private window may forbid it; the seat is then not kept */ }
};

let drawn = false;

/** #C0POWEROPS, #C0POWEROPS/1700000000.000100 (a thread), #home, #@name */
async function follow() {
  const [place, thread = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (place.startsWith("@")) return history.replaceState(null, "", `#${await openDirect(place)}`), follow();
  const wanted = place === "home" || visible(store.channels.get(place)) ? place : FIRST.place;
  if (wanted !== store.place || !drawn) await attempt(() => goTo(wanted, thread));
  else showThread(thread);
  drawn = true;
}

async function sit(seat) {
  if (seat === store.me) return;
  remember(seat);
  const stays = store.place === "home" || visible(store.channels.get(store.place), seat);
  if (!stays) store.thread = "";
  const place = stays ? store.place : FIRST.place;
  history.replaceState(null, "", store.thread ? `#${place}/${store.thread}` : `#${place}`);
  await attempt(() => become(seat, place));
  toast(`You are now ${store.members.get(store.me).real_name}.`);
  if (place === "home") await attempt(() => goTo("home"));
}

document.addEventListener("seat", (event) => sit(event.detail));
addEventListener("hashchange", follow);
addEventListener("keydown", (event) => {
  if (event.altKey && /^[1-4]$/.test(event.key)) {
    const people = [...store.members.values()].filter((member) => !member.is_bot);
    if (people[event.key - 1]) sit(people[event.key - 1].id);
  } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) step(event.key === "ArrowDown" ? 1 : -1);
  else if (document.querySelector("dialog[open]")) return;
  else if (event.key === "Escape" && document.body.classList.contains("drawer-open")) shutDrawer();
  else if (event.key === "Escape" && store.thread) openThread("");
  else if (event.key === "Escape" && !document.getElementById("fleet").hidden) showFleet(false);
  // Not prevented: the slash itself then begins the command.
  else if (event.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) return document.getElementById("composer")?.focus();
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (document.body.classList.contains("drawer-open") && !event.target.closest("#sidebar, .drawer")) shutDrawer();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("composer")?.focus();
});

function step(by) {
  const entries = [...document.querySelectorAll("#sidebar .entry")];
  const at = entries.findIndex((entry) => entry.classList.contains("current"));
  location.hash = entries[(at + by + entries.length) % entries.length].hash;
}

await become(asked.get("as") ?? remembered() ?? FIRST.seat).catch(() => become(FIRST.seat)).catch(() => toast("The workspace is not answering."));
await follow();
