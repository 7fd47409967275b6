// The conversation and the thread beside it.

import { renderBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { openDrawer, shutDrawer } from "./drawer.js";
import { fleetToggle } from "./fleet.js";
import { viewHost } from "./forms.js";
import { walk } from "./keys.js";
import { avatar, messageList } from "./messages.js";
import { keepFocus, patch } from "./patch.js";
import { name, openThread, readOlder, store, threadMessages, title, topMessages } from "./store.js";

const channelPane = document.getElementById("channel");
const threadPane = document.getElementById("thread");
const NEAR = 80;

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
const byMouse = () => matchMedia("(pointer: fine)").matches;
const where = (channel) => (channel.kind === "public" ? `#${channel.name}` : title(channel));

/** Who one is stands in the head only where the sidebar, which says it too, has no room. */
function head(label, detail, lead) {
  const drawer = (said, first, ...face) =>
    el("button.btn.quiet.drawer", { type: "button", "aria-label": said, "aria-expanded": "false", onclick: (event) => openDrawer(event.currentTarget, first) }, face);
  return el("header.pane-head",
    drawer("Channels", "#sidebar .current", icon("menu")), el("h1", lead, el("span", label)), el("p.faint", detail), fleetToggle(),
    drawer(`Acting as ${name(store.me)}. Change`, "#sidebar .taken", avatar(store.me, "small")));
}

export function drawPlace() {
  if (document.body.classList.contains("drawer-open")) shutDrawer();
  if (store.place === "home") return drawHome();
  const channel = store.channels.get(store.place);
  if (!channel) return;
  const list = messagePane("Messages");
  list.addEventListener("scroll", () => older(list));
  const lead = channel.kind === "public" ? icon("hash") : avatar(channel.members.find((id) => id !== store.me), "tiny");
  channelPane.replaceChildren(head(title(channel), channel.topic, lead), list, composer());
  document.title = `${title(channel)} · Power lab`;
  fill(list);
  list.scrollTop = list.scrollHeight;
  if (byMouse()) document.getElementById("composer").focus();
}

function messagePane(label) {
  const list = el("div.messages", { role: "log", "aria-label": label, tabIndex: 0 });
  list.addEventListener("keydown", (event) => walk(list, event));
  return list;
}

async function older(list) {
  if (list.scrollTop > NEAR || list.reading) return;
  list.reading = true;
  const height = list.scrollHeight;
  if (await readOlder().catch(() => false)) {
    fill(list);
    list.scrollTop += list.scrollHeight - height;
  }
  list.reading = false;
}

function fill(list) {
  const messages = topMessages();
  patch(list, messages.length ? messageList(messages) : [welcome()]);
}

function welcome() {
  const channel = store.channels.get(store.place);
  const names = store.commands.slice(0, 3).map((one) => el("code", one.command));
  return el("div.welcome", icon("bolt"), el("h2", `This is ${where(channel)}`),
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
  if (!open) return shutThread();
  const whose = `${store.me} ${store.place} ${store.thread}`;
  const list = threadPane.querySelector(".messages");
  if (list && threadPane.dataset.whose === whose) return keepEnd(list, () => patch(list, threadNodes()));
  threadPane.dataset.whose = whose;
  newThread();
}

const threadNodes = () => messageList(threadMessages(), { inThread: true });

function newThread() {
  const shut = el("button.btn.quiet", { type: "button", "aria-label": "Close thread", onclick: () => openThread("") }, icon("close"));
  const list = messagePane("Thread");
  patch(list, threadNodes());
  threadPane.replaceChildren(el("header.pane-head", el("h1", "Thread"), el("p.faint", where(store.channels.get(store.place))), shut), list, composer({ thread: store.thread }));
  list.scrollTop = list.scrollHeight;
  (byMouse() ? document.getElementById("reply") : shut).focus();
}

/** Back to the message whose thread it was. */
function shutThread() {
  const had = threadPane.contains(document.activeElement) || document.activeElement === document.body;
  const [, , ts] = (threadPane.dataset.whose ?? "").split(" ");
  delete threadPane.dataset.whose;
  threadPane.replaceChildren();
  if (had && ts) channelPane.querySelector(`[data-ts="${CSS.escape(ts)}"] [data-key="thread"]`)?.focus({ preventScroll: true });
}

export function drawHome() {
  document.title = "Home · Power lab";
  const home = store.home;
  const blocks = home ? renderBlocks(home.blocks, viewHost(home)) : [el("div.welcome", icon("home"), el("h2", "Nothing here yet"), el("p", "The bot has not published a Home for you."))];
  keepFocus(channelPane, () => channelPane.replaceChildren(head("hscbot", "App Home", icon("home")), el("div.messages.home", blocks)));
}
