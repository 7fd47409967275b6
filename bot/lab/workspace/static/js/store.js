// Everything the page knows, and who wants to hear of changes to it.

import { get, live, post } from "./api.js";

const PAGE = 200;

export const store = {
  me: null,
  members: new Map(),
  channels: new Map(),
  groups: new Map(),
  commands: [],
  bot: "",
  team: "",
  messages: new Map(),
  more: new Map(),
  ephemeral: [],
  dismissed: new Set(),
  views: [],
  errors: new Map(),
  home: null,
  unread: new Map(),
  place: "",
  thread: "",
};

const listeners = new Set();
export const listen = (listener) => listeners.add(listener);
const emit = (kind, detail = {}) => listeners.forEach((listener) => listener(kind, detail));

export const name = (id) => store.members.get(id)?.real_name ?? (id === "USLACKBOT" ? "Slackbot" : id);
export const isBot = (id) => store.members.get(id)?.is_bot ?? id === "USLACKBOT";

export function title(channel) {
  if (channel.kind === "public" || channel.kind === "private") return channel.name;
  const others = channel.members.filter((id) => id !== store.me);
  return others.map(name).join(", ");
}

let stop = () => {};

/** Takes a person's seat: reads everything as they see it, then follows what changes. */
export async function become(user) {
  stop();
  store.me = user;
  await readWorkspace();
  await readInbox();
  store.messages.clear();
  store.unread.clear();
  store.more.clear();
  if (store.place && store.place !== "home") await readMessages(store.place);
  stop = live(user, hear, () => setTimeout(() => become(user).catch(() => emit("lost")), 1000));
  emit("all");
}

async function readWorkspace() {
  const workspace = await get("workspace");
  Object.assign(store, { commands: workspace.commands, bot: workspace.bot, team: workspace.team });
  store.members = new Map(workspace.members.map((member) => [member.id, member]));
  store.channels = new Map(workspace.channels.map((channel) => [channel.id, channel]));
  store.groups = new Map(workspace.groups.map((group) => [group.id, group]));
  emit("channels");
}

async function readInbox() {
  const inbox = await get(`users/${store.me}/inbox`);
  Object.assign(store, { ephemeral: inbox.ephemeral, views: inbox.views, home: inbox.home });
  store.errors = new Map(inbox.views.map((view) => [view.id, view.errors]));
}

async function readMessages(id, before = "") {
  const page = await get(`channels/${id}/messages?limit=${PAGE}&before=${before}&user=${store.me}`);
  store.messages.set(id, [...page.messages, ...(before ? store.messages.get(id) : [])]);
  store.more.set(id, page.has_more);
}

export async function readOlder() {
  const first = store.messages.get(store.place)?.[0];
  if (!first || !store.more.get(store.place)) return false;
  await readMessages(store.place, first.ts);
  return true;
}

/** Goes to a conversation by id, or to the Home of the bot. */
export async function goTo(place, thread = "") {
  Object.assign(store, { place, thread });
  store.unread.delete(place);
  if (place === "home") await post("home", { user: store.me });
  else if (!store.messages.has(place)) await readMessages(place);
  emit("place");
}

export function openThread(ts) {
  store.thread = ts;
  emit("thread");
}

const HEARD = {
  message: heardMessage,
  message_changed: heardChange,
  message_deleted: heardDeletion,
  ephemeral: heardEphemeral,
  ephemeral_deleted: (event) => {
    store.ephemeral = store.ephemeral.filter((one) => one.ts !== event.ts);
    emit("messages", { channel: event.channel });
  },
  channel: () => readWorkspace(),
  view: heardView,
  view_closed: (event) => {
    store.views = store.views.filter((view) => view.id !== event.view_id);
    emit("views");
  },
  view_errors: (event) => {
    store.errors.set(event.view_id, event.errors);
    emit("views");
  },
};

const hear = (event) => HEARD[event.type]?.(event);

function heardMessage({ channel, message }) {
  const list = store.messages.get(channel);
  if (channel !== store.place && message.user !== store.me) store.unread.set(channel, (store.unread.get(channel) ?? 0) + 1);
  if (list) {
    list.push(message);
    if (message.thread_ts && message.thread_ts !== message.ts) countReply(list, message);
  }
  emit("messages", { channel, added: message });
  emit("channels");
}

function countReply(list, reply) {
  const root = list.find((one) => one.ts === reply.thread_ts);
  if (!root) return;
  root.thread_ts = root.ts;
  root.reply_count = (root.reply_count ?? 0) + 1;
  root.latest_reply = reply.ts;
  root.reply_users = [...new Set([...(root.reply_users ?? []), reply.user])];
}

function heardChange({ channel, message }) {
  const list = store.messages.get(channel);
  const at = list?.findIndex((one) => one.ts === message.ts) ?? -1;
  if (at < 0) return;
  list[at] = message;
  emit("messages", { channel, changed: message });
}

async function heardDeletion({ channel, ts }) {
  const list = store.messages.get(channel);
  if (!list) return;
  const root = list.find((one) => one.ts === ts);
  if (root?.reply_count) await readMessages(channel);
  else store.messages.set(channel, list.filter((one) => one.ts !== ts));
  emit("messages", { channel });
}

function heardEphemeral({ message }) {
  store.ephemeral = [...store.ephemeral.filter((one) => one.ts !== message.ts), message];
  emit("messages", { channel: message.channel, added: message });
}

function heardView({ view }) {
  if (view.type === "home") store.home = view;
  else {
    store.errors.delete(view.id);
    const at = store.views.findIndex((one) => one.id === view.id);
    if (at < 0) store.views.push(view);
    else store.views[at] = view;
  }
  emit(view.type === "home" ? "home" : "views");
}

export function dismiss(ts) {
  store.dismissed.add(`${store.me} ${ts}`);
  emit("messages", { channel: store.place });
}

const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;
const byTs = (a, b) => (a.ts < b.ts ? -1 : 1);
const mine = (one) => one.channel === store.place && !store.dismissed.has(`${store.me} ${one.ts}`);

/** What the conversation's own pane shows, oldest first. */
export function topMessages() {
  const said = (store.messages.get(store.place) ?? []).filter((one) => !isReply(one) || one.subtype === "thread_broadcast");
  return [...said, ...store.ephemeral.filter((one) => mine(one) && !one.thread_ts)].sort(byTs);
}

/** What the thread's pane shows: the root first. */
export function threadMessages() {
  const said = (store.messages.get(store.place) ?? []).filter((one) => store.thread === one.ts || store.thread === one.thread_ts);
  return [...said, ...store.ephemeral.filter((one) => mine(one) && one.thread_ts === store.thread)].sort(byTs);
}
