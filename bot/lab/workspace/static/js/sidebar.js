// Channels, direct messages, and whose seat one sits in.

import { post } from "./api.js";
import { el, icon } from "./dom.js";
import { attempt, avatar } from "./messages.js";
import { store } from "./store.js";

const place = document.getElementById("sidebar");

function entry(id, label, lead, count) {
  const classes = ["a", "entry", store.place === id && "current", count && "unread"].filter(Boolean).join(".");
  return el(classes, { href: `#${id}`, "aria-current": store.place === id ? "page" : null }, lead, el("span.entry-name", label), count ? el("span.count", count) : null);
}

const channels = () =>
  [...store.channels.values()]
    .filter((one) => one.kind === "public" || one.kind === "private")
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
  return el("div.seats", { role: "radiogroup", "aria-label": "Acting as" },
    people.map((member, at) => {
      const taken = member.id === store.me;
      const take = () => document.dispatchEvent(new CustomEvent("seat", { detail: member.id }));
      return el(taken ? "button.seat.taken" : "button.seat", { type: "button", role: "radio", "aria-checked": String(taken), title: `${member.real_name}, ${member.title} (Alt+${at + 1})`, onclick: take },
        avatar(member.id, "small"), el("span", member.name));
    }));
}

export function drawSidebar() {
  place.replaceChildren(
    el("div.brand", icon("bolt"), el("strong", "Power lab"), el("small", store.team)),
    el("div.scroll",
      el("h2", "Apps"), entry("home", "hscbot Home", icon("home")),
      el("h2", "Channels"), channels(),
      el("h2", "Direct messages"), directs()),
    el("div.acting", el("h2", "Acting as"), seats()),
  );
}

/** A direct message that nobody opened yet begins when somebody goes there. */
export async function openDirect(handle) {
  const opened = await attempt(() => post("direct", { user: store.me, other: handle }));
  return opened?.channel ?? "";
}

