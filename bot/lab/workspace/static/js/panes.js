// The conversation and the thread beside it.

import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { viewHost } from "./forms.js";
import { avatar, messageList } from "./messages.js";
import { openThread, readOlder, store, threadMessages, title, topMessages } from "./store.js";

const channelPane = document.getElementById("channel");
const threadPane = document.getElementById("thread");
const NEAR = 80;

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;

function head(label, detail, lead) {
  const toggle = el("button.btn.quiet.drawer", { type: "button", "aria-label": "Channels", onclick: () => document.body.classList.toggle("drawer-open") }, icon("menu"));
  return el("header.pane-head", toggle, el("h1", lead, label), el("p.faint", detail));
}

export function drawPlace() {
  document.body.classList.remove("drawer-open");
  if (store.place === "home") return drawHome();
  const channel = store.channels.get(store.place);
  if (!channel) return;
  const list = el("div.messages", { role: "log", "aria-label": "Messages", tabIndex: 0 });
  list.onscroll = async () => {
    if (list.scrollTop > NEAR || list.reading) return;
    list.reading = true;
    const height = list.scrollHeight;
    if (await readOlder()) {
      fill(list);
      list.scrollTop += list.scrollHeight - height;
    }
    list.reading = false;
  };
  const lead = channel.kind === "public" ? icon("hash") : avatar(channel.members.find((id) => id !== store.me), "tiny");
  channelPane.replaceChildren(head(title(channel), channel.topic, lead), list, composer());
  document.title = `${title(channel)} · Power lab`;
  fill(list);
  list.scrollTop = list.scrollHeight;
  if (matchMedia("(pointer: fine)").matches) document.getElementById("composer").focus();
}

function fill(list) {
  const messages = topMessages();
  list.replaceChildren(el("div.filler"), ...(messages.length ? messageList(messages) : [welcome()]));
}

function welcome() {
  const channel = store.channels.get(store.place);
  const names = store.commands.slice(0, 3).map((one) => el("code", one.command));
  return el("div.welcome", icon("bolt"), el("h2", `This is ${channel.kind === "public" ? `#${channel.name}` : title(channel)}`),
    el("p", channel.topic || "Nothing was said here yet."), names.length > 0 && el("p", "Try ", names.flatMap((one, at) => [at ? ", " : "", one])));
}

export function drawMessages() {
  const list = channelPane.querySelector(".messages");
  if (!list) return;
  keepEnd(list, () => fill(list));
  drawThread();
}

/** Redraws a list that stays at its end if it was there, and where it was otherwise. */
function keepEnd(list, redraw) {
  const end = atEnd(list);
  const top = list.scrollTop;
  redraw();
  list.scrollTop = end ? list.scrollHeight : top;
}

export function drawThread() {
  const open = Boolean(store.thread) && store.place !== "home";
  const beside = channelPane.querySelector(".messages");
  const toggle = () => {
    threadPane.hidden = !open;
    document.body.classList.toggle("thread-open", open);
  };
  if (beside) keepEnd(beside, toggle);
  else toggle();
  if (!open) return threadPane.replaceChildren();
  const list = threadPane.querySelector(".messages");
  if (list && threadPane.dataset.ts === store.thread) return keepEnd(list, () => list.replaceChildren(...messageList(threadMessages(), { inThread: true })));
  threadPane.dataset.ts = store.thread;
  const shut = el("button.btn.quiet", { type: "button", "aria-label": "Close thread", onclick: () => openThread("") }, icon("close"));
  const fresh = el("div.messages", { role: "log", "aria-label": "Thread", tabIndex: 0 }, messageList(threadMessages(), { inThread: true }));
  threadPane.replaceChildren(el("header.pane-head", el("h1", "Thread"), el("p.faint", `#${title(store.channels.get(store.place))}`), shut), fresh, composer({ thread: store.thread }));
  fresh.scrollTop = fresh.scrollHeight;
}

export function drawHome() {
  document.title = "Home · Power lab";
  const home = store.home;
  const blocks = home ? renderBlocks(home.blocks, viewHost(home)) : [el("div.welcome", icon("home"), el("h2", "Nothing here yet"), el("p", "The bot has not published a Home for you."))];
  channelPane.replaceChildren(head("hscbot", "App Home", icon("home")), el("div.messages.home", blocks));
}
