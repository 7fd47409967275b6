// Starting up: whose seat, which conversation, and the keys that work everywhere.

import { toast } from "./dom.js";
import { drawViews } from "./forms.js";
import { drawHome, drawMessages, drawPlace, drawThread } from "./panes.js";
import { drawSidebar, openDirect } from "./sidebar.js";
import { become, goTo, listen, openThread, store } from "./store.js";

const asked = new URLSearchParams(location.search);
const FIRST = { seat: "U0REQUESTER", place: "C0POWEROPS" };

if (asked.get("theme")) document.documentElement.dataset.theme = asked.get("theme");

const DRAW = {
  all: () => { drawSidebar(); drawPlace(); drawThread(); drawViews(); },
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

/** #C0POWEROPS, #C0POWEROPS/1700000000.000100 (a thread), #home, #@name */
async function follow() {
  const [place, thread = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (place.startsWith("@")) return history.replaceState(null, "", `#${await openDirect(place)}`), follow();
  const known = place === "home" || store.channels.get(place);
  await goTo(known ? place : FIRST.place, thread);
}

async function sit(seat) {
  remember(seat);
  store.thread = "";
  const channel = store.channels.get(store.place);
  if (channel?.kind === "im" && !channel.members.includes(seat)) store.place = FIRST.place;
  history.replaceState(null, "", `#${store.place}`);
  await become(seat);
  toast(`You are now ${store.members.get(seat).real_name}.`);
  if (store.place === "home") await follow();
}

document.addEventListener("seat", (event) => sit(event.detail));
addEventListener("hashchange", follow);
addEventListener("keydown", (event) => {
  if (event.altKey && /^[1-4]$/.test(event.key)) {
    const people = [...store.members.values()].filter((member) => !member.is_bot);
    if (people[event.key - 1]) sit(people[event.key - 1].id);
  } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) step(event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Escape" && document.body.classList.contains("drawer-open")) document.body.classList.remove("drawer-open");
  else if (event.key === "Escape" && store.thread && !document.querySelector("dialog")) openThread("");
  else if (event.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) document.getElementById("composer")?.focus();
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (document.body.classList.contains("drawer-open") && !event.target.closest("#sidebar, .drawer")) document.body.classList.remove("drawer-open");
});

function step(by) {
  const entries = [...document.querySelectorAll("#sidebar .entry")];
  const at = entries.findIndex((entry) => entry.classList.contains("current"));
  location.hash = entries[(at + by + entries.length) % entries.length].hash;
}

await become(asked.get("as") ?? remembered() ?? FIRST.seat).catch(() => become(FIRST.seat));
await follow();
