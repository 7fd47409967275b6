// One message, and a list of them.

import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { el, icon, toast } from "./dom.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { dismiss, isBot, name, openThread, store } from "./store.js";

const when = (ts) => new Date(Number(ts) * 1000);
const clock = (ts) => when(ts).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
const GAP = 5 * 60;

export function avatar(id, size = "") {
  const initials = isBot(id) ? icon("bolt") : name(id).split(" ").map((word) => word[0]).slice(0, 2).join("");
  const hue = isBot(id) ? "bot" : `hue-${Math.max(0, [...store.members.keys()].indexOf(id)) % 6}`;
  return el(`span.avatar.${hue}${size && `.${size}`}`, { "aria-hidden": "true" }, initials);
}

const entries = new Map();

/** What a person does to the elements of a message; what they entered survives its edits. */
function hostOf(message, channel) {
  const whose = `${store.me} ${channel} ${message.ts}`;
  if (!entries.has(whose)) entries.set(whose, {});
  const entered = entries.get(whose);
  return {
    where: { channel, ts: message.ts },
    held: (block, element) => entered[block.block_id]?.[element.action_id],
    enter: (block, element, value) => ((entered[block.block_id] ??= {})[element.action_id] = value),
    act: async (block, element, value) => {
      const click = { user: store.me, channel, ts: message.ts, action_id: element.action_id, block_id: block.block_id };
      await attempt(() => post("click", { ...click, value: value ?? null, values: entered }));
    },
  };
}

export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(`That did not work: ${error.message}`);
    return null;
  }
}

/** As small as Slack shows it; a click opens it whole. Its description can be read by everybody. */
function picture(one, url) {
  const alt = one.alt_txt ?? one.title;
  const size = { width: one.thumb_480_w ?? one.original_w, height: one.thumb_480_h ?? one.original_h };
  return el("div.picture",
    el("button.picture-open", { type: "button", title: "Open the whole picture", "data-key": `open ${one.id}`, onclick: () => openPicture(url, one, alt) },
      el("img", { src: url, alt, loading: "lazy", ...size })),
    one.alt_txt && el("details.alt", el("summary", { "data-key": `alt ${one.id}`, "aria-label": `Description of ${one.name}` }, "ALT"), el("p", one.alt_txt)));
}

function openPicture(url, one, alt) {
  const dialog = el("dialog.lightbox", { "aria-label": one.title, onclose: () => dialog.remove() },
    el("button.btn.quiet", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close")),
    el("div.whole", { tabIndex: 0, role: "region", "aria-label": one.title }, el("img", { src: url, alt })));
  document.body.append(dialog);
  dialog.showModal();
}

function file(one) {
  const url = `/lab/files/${one.id}`;
  const size = one.size < 1024 ? `${one.size} bytes` : `${(one.size / 1024).toFixed(1)} kB`;
  const shown = one.mimetype.startsWith("image/") && one.mimetype !== "image/svg+xml";
  const more = one.preview_is_truncated ? "\n…" : "";
  return el("div.file",
    el("div.file-head", icon("file"), el("span.file-name", one.title, el("small", `${one.pretty_type} · ${size}`)),
      el("a.btn.quiet", { href: url, download: one.name, "data-key": one.id, "aria-label": `Download ${one.name}` }, icon("download"))),
    shown && picture(one, url),
    one.preview && el("details.preview", { open: one.lines < 12 }, el("summary", { "data-key": `preview ${one.id}` }, `${one.lines} ${one.lines === 1 ? "line" : "lines"}`), el("pre", { tabIndex: 0, role: "region", "aria-label": `Preview of ${one.name}` }, one.preview + more)));
}

function threadLink(message) {
  const count = message.reply_count;
  return el("button.thread-link", { type: "button", "data-key": "thread", onclick: () => openThread(message.ts) },
    (message.reply_users ?? []).slice(0, 3).map((id) => avatar(id, "tiny")),
    el("strong", `${count} ${count === 1 ? "reply" : "replies"}`), el("span.faint", `Last reply at ${clock(message.latest_reply)}`));
}

function reaction({ name: label, count, users }) {
  return el("span.reaction", { title: users.map(name).join(", ") }, emoji(label), " ", count);
}

function body(message, channel) {
  if (message.subtype === "tombstone") return el("p.faint", message.text);
  const content = message.blocks?.length ? renderBlocks(message.blocks, hostOf(message, channel)) : el("div.text", mrkdwn(message.text ?? ""));
  return [
    content,
    message.edited && el("span.edited", { title: `Edited at ${clock(message.edited.ts)}` }, "(edited)"),
    (message.files ?? []).map(file),
    message.reactions && el("div.reactions", message.reactions.map(reaction)),
  ];
}

function messageNode(message, { grouped, inThread }) {
  const hidden = message.is_ephemeral;
  const classes = ["article", "message", grouped && "grouped", hidden && "ephemeral"].filter(Boolean).join(".");
  const tools = el("div.tools",
    !inThread && !hidden && el("button.btn.quiet", { type: "button", title: "Reply in thread", "aria-label": "Reply in thread", "data-key": "reply", onclick: () => openThread(message.thread_ts || message.ts) }, icon("reply")),
    hidden && el("button.btn.quiet", { type: "button", title: "Dismiss", "aria-label": "Dismiss", "data-key": "dismiss", onclick: () => dismiss(message.ts) }, icon("close")));
  return el(classes, { "data-ts": message.ts, tabIndex: -1, "aria-label": `${name(message.user)}, ${clock(message.ts)}` },
    grouped ? el("time.side", clock(message.ts)) : avatar(message.user),
    el("div.content",
      hidden && el("p.only-you", icon("eye"), "Only visible to you"),
      !grouped && el("div.byline", el("strong", name(message.user)), isBot(message.user) && el("span.badge", "APP"), el("time.faint", { dateTime: when(message.ts).toISOString() }, clock(message.ts))),
      body(message, message.channel ?? store.place),
      !inThread && message.reply_count && threadLink(message)),
    tools.childElementCount ? tools : null);
}

const drawn = new WeakMap();

/** The node of a message, the same one for as long as nothing about it changed. */
function nodeOf(message, flags) {
  const key = `${store.me} ${flags.grouped} ${flags.inThread}`;
  if (!drawn.has(message)) drawn.set(message, new Map());
  const nodes = drawn.get(message);
  if (!nodes.has(key)) nodes.set(key, messageNode(message, flags));
  return nodes.get(key);
}

const day = (ts) => when(ts).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
const days = new Map();

function dayNode(ts) {
  const label = day(ts) === day(Date.now() / 1000) ? "Today" : day(ts);
  if (!days.has(label)) days.set(label, el("div.day", { role: "separator" }, el("span", label)));
  return days.get(label);
}

/** The messages with their days, those of one author close together without repeating their name. */
export function messageList(messages, { inThread = false } = {}) {
  const nodes = [];
  let last = null;
  for (const message of messages) {
    const newDay = !last || day(last.ts) !== day(message.ts);
    if (newDay && !inThread) nodes.push(dayNode(message.ts));
    const near = last && message.user === last.user && Number(message.ts) - Number(last.ts) < GAP;
    const alike = near && Boolean(last.is_ephemeral) === Boolean(message.is_ephemeral) && !last.reply_count;
    nodes.push(nodeOf(message, { grouped: !newDay && alike, inThread }));
    last = message;
  }
  return nodes;
}
