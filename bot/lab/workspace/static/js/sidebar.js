// Channels, direct messages, and whose seat one sits in.

import { post } from "./api.js";
import { el, icon } from "./dom.js";
import { attempt, avatar } from "./messages.js";
import { keepFocus } from "./patch.js";
import { store } from "./store.js";
import { otherTheme } from "./theme.js";

const place = document.getElementById("sidebar");

function entry(id, label, lead, count) {
  const classes = ["a", "entry", store.place === id && "current", count && "unread"].filter(Boolean).join(".");
  const unread = count ? el("span.count", count, el("span.unseen", " unread")) : null;
  return el(classes, { href: `#${id}`, "data-key": id, "aria-current": store.place === id ? "page" : null }, lead, el("span.entry-name", label), unread);
}

const channels = () =>
  [...store.channels.values()]
    .filter((one) => one.kind === "public" || (one.kind === "private" && one.members.includes(store.me)))
    .map((one) => entry(one.id, one.name, icon("hash"), store.unread.get(one.id)));

function directs() {
  const others = [...store.members.values()].filter((member) => member.id !== store.me).sort((a, b) => Number(b.is_bot) - Number(a.is_bot));
  return others.map((member) => {
    const channel = [...store.channels.values()].find((one) => one.kind === "im" && one.members.includes(store.me) && one.members.includes(member.id));
    return entry(channel?.id ?? `@${member.name}`, member.real_name, avatar(member.id, "tiny"), channel && store.unread.get(channel.id));
  });
}

/** Four seats, one taken. */
function seats() {
  const people = [...store.members.values()].filter((member) => !member.is_bot);
  return el("div.seats", { role: "group", "aria-label": "Acting as" },
    people.map((member, at) => {
      const taken = member.id === store.me;
      const take = () => document.dispatchEvent(new CustomEvent("seat", { detail: member.id }));
      const title = `${member.real_name}, ${member.title} (Alt+${at + 1})`;
      return el(taken ? "button.seat.taken" : "button.seat", { type: "button", "data-key": `seat ${member.id}`, "aria-pressed": String(taken), title, onclick: take },
        avatar(member.id, "small"), el("span", member.name));
    }));
}

const theme = () => el("button.theme", { type: "button", title: "Light or dark", "aria-label": "Light or dark", "data-key": "theme", onclick: otherTheme }, icon("sun"));

const lists = () => [
  el("h2", "Apps"), entry("home", "hscbot Home", icon("home")),
  el("h2", "Channels"), channels(),
  el("h2", "Direct messages"), directs(),
];

// A redraw between the press and the release of a button would take the click away with what it was on.
let pressed = false;
let late = false;
place.addEventListener("pointerdown", () => (pressed = true));
["pointerup", "pointercancel"].forEach((end) =>
  window.addEventListener(end, () =>
    setTimeout(() => {
      pressed = false;
      if (late) drawSidebar();
    })));

export function drawSidebar() {
  late = pressed;
  if (pressed) return;
  const top = place.querySelector(".scroll")?.scrollTop ?? 0;
  keepFocus(place, () =>
    place.replaceChildren(
      el("div.brand", icon("bolt"), el("strong", "Power lab"), el("small", store.team), theme()),
      el("div.scroll", lists()),
      el("div.acting", el("h2", "Acting as"), seats())));
  place.querySelector(".scroll").scrollTop = top;
}

/** A direct message that nobody opened yet begins when somebody goes there. */
export async function openDirect(handle) {
  const opened = await attempt(() => post("direct", { user: store.me, other: handle }));
  return opened?.channel ?? "";
}
