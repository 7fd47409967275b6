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
  fleet: null,
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

/** Whether a person can go there. */
export const visible = (channel, user = store.me) => Boolean(channel) && (channel.kind === "public" || channel.members.includes(user));

let feed = null;
let sittings = 0;

/** Takes a person's seat: reads everything as they see it, at `place`, then follows what changes. */
export async function become(user, place = store.place) {
  await sit(user, place, (sittings += 1));
}

async function sit(user, place, turn) {
  feed?.stop();
  const mine = live(user, () => again(user, turn));
  feed = mine;
  await mine.opened;
  const [workspace, inbox, { fleet }, page] = await Promise.all([get("workspace"), get(`users/${user}/inbox`), get("fleet"), place && place !== "home" ? pageOf(place, user) : null]);
  if (turn !== sittings) return mine.stop();
  if (user !== store.me) store.unread.clear();
  Object.assign(store, { me: user, place, fleet, messages: new Map(), more: new Map() });
  tookWorkspace(workspace);
  tookInbox(inbox);
  if (page) tookPage(place, page);
  emit("all");
  mine.tell(hear);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The feed broke: tries until it holds again, or until somebody takes another seat. */
async function again(user, turn) {
  for (let wait = 300; turn === sittings; wait = Math.min(wait * 2, 5000)) {
    await pause(wait);
    if (turn !== sittings) return;
    try {
      return await sit(user, store.place, turn);
    } catch {
      emit("lost");
    }
  }
}

function tookWorkspace(workspace) {
  Object.assign(store, { commands: workspace.commands, bot: workspace.bot, team: workspace.team });
  store.members = new Map(workspace.members.map((member) => [member.id, member]));
  store.channels = new Map(workspace.channels.map((channel) => [channel.id, channel]));
  store.groups = new Map(workspace.groups.map((group) => [group.id, group]));
}

async function readWorkspace() {
  tookWorkspace(await get("workspace"));
  emit("channels");
}

function tookInbox(inbox) {
  Object.assign(store, { ephemeral: inbox.ephemeral, views: inbox.views, home: inbox.home });
  store.errors = new Map(inbox.views.map((view) => [view.id, view.errors]));
}

const pageOf = (id, user, before = "") => get(`channels/${id}/messages?limit=${PAGE}&before=${before}&user=${user}`);

function tookPage(id, page, later = []) {
  store.messages.set(id, [...page.messages, ...later]);
  store.more.set(id, page.has_more);
}

async function readMessages(id, before = "") {
  const page = await pageOf(id, store.me, before);
  tookPage(id, page, before ? store.messages.get(id) : []);
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
  if (store.place === place) emit("place");
}

export function showThread(ts) {
  store.thread = ts;
  emit("thread");
}

/** A thread is a place of its own: the browser's Back closes it. */
export const openThread = (ts) => (location.hash = ts ? `#${store.place}/${ts}` : `#${store.place}`);

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
  fleet: async () => {
    store.fleet = (await get("fleet")).fleet;
    emit("fleet");
  },
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
  if (list?.some((one) => one.ts === message.ts)) return heardChange({ channel, message });
  if (channel !== store.place && message.user !== store.me) store.unread.set(channel, (store.unread.get(channel) ?? 0) + 1);
  if (list) {
    list.push(message);
    if (isReply(message)) countReply(list, message);
  }
  emit("messages", { channel });
  emit("channels");
}

/** The root as a new object: what is drawn is kept for as long as its message is the same one. */
function countReply(list, reply) {
  const at = list.findIndex((one) => one.ts === reply.thread_ts);
  if (at < 0) return;
  const { ts, reply_count: count = 0, reply_users: users = [] } = list[at];
  list[at] = { ...list[at], thread_ts: ts, reply_count: count + 1, latest_reply: reply.ts, reply_users: [...new Set([...users, reply.user])] };
}

function heardChange({ channel, message }) {
  const list = store.messages.get(channel);
  const at = list?.findIndex((one) => one.ts === message.ts) ?? -1;
  if (at < 0) return;
  list[at] = message;
  emit("messages", { channel });
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
  emit("messages", { channel: message.channel });
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
