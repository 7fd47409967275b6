// Slack's mrkdwn as elements. Nothing is ever parsed as HTML.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { name, store } from "./store.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[entity]);

export const mention = (id) => el(id === store.me ? "span.mention.me" : "span.mention", `@${name(id)}`);
export const channelLink = (id) => el("a.mention", { href: `#${id}` }, `#${store.channels.get(id)?.name ?? id}`);
export const groupMention = (id) => el("span.mention", `@${store.groups.get(id)?.handle ?? id}`);

export function link(url, label) {
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(label || url);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}

/** <!date^timestamp^format^link|fallback> and rich text dates. */
export function dated(seconds, format) {
  const when = new Date(seconds * 1000);
  const date = { day: "numeric", month: "long", year: "numeric" };
  const said = {
    date: when.toLocaleDateString(undefined, date),
    date_num: when.toISOString().slice(0, 10),
    date_short: when.toLocaleDateString(undefined, { ...date, month: "short" }),
    date_short_pretty: when.toLocaleDateString(undefined, { ...date, month: "short" }),
    date_long: when.toLocaleDateString(undefined, { ...date, weekday: "long" }),
    date_long_pretty: when.toLocaleDateString(undefined, { ...date, weekday: "long" }),
    date_pretty: when.toLocaleDateString(undefined, date),
    time: when.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" }),
    time_secs: when.toLocaleTimeString(),
    ago: `${Math.max(0, Math.round((Date.now() / 1000 - seconds) / 60))} min ago`,
  };
  return el("time", { dateTime: when.toISOString() }, format.replace(/\{(\w+)\}/g, (whole, word) => said[word] ?? whole));
}

function angle(inside) {
  const [target, label] = splitOnce(inside, "|");
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelLink(target.slice(1));
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9));
  if (target.startsWith("!date^")) {
    const [, seconds, format] = target.split("^");
    return Number(seconds) ? dated(Number(seconds), format ?? "{date}") : document.createTextNode(label);
  }
  if (target.startsWith("!")) return el("span.mention", `@${label || target.slice(1)}`);
  return link(unescape(target), unescape(label));
}

function splitOnce(text, by) {
  const at = text.indexOf(by);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const edge = "(?<![\\p{L}\\p{N}])";
const after = "(?![\\p{L}\\p{N}])";
const INLINE = [
  [/`([^`\n]+)`/u, (inside) => el("code", unescape(inside))],
  [/<([^<>\n]+)>/u, angle],
  [new RegExp(`${edge}\\*(?! )([^*\\n]+?)(?<! )\\*${after}`, "u"), (inside) => el("strong", inline(inside))],
  [new RegExp(`${edge}_(?! )([^_\\n]+?)(?<! )_${after}`, "u"), (inside) => el("em", inline(inside))],
  [new RegExp(`${edge}~(?! )([^~\\n]+?)(?<! )~${after}`, "u"), (inside) => el("s", inline(inside))],
  [/:([a-z0-9_+-]+):/u, (inside) => emoji(inside)],
];
/** The text with the rule that matches first taken out, again and again. */
export function inline(text, rules = INLINE) {
  const plain = rules === INLINE ? unescape : (same) => same;
  const nodes = [];
  while (text) {
    let best = null;
    for (const [pattern, make] of rules) {
      const match = pattern.exec(text);
      if (match && (!best || match.index < best.match.index)) best = { match, make };
    }
    if (!best) return [...nodes, plain(text)];
    nodes.push(plain(text.slice(0, best.match.index)), best.make(...best.match.slice(1)));
    text = text.slice(best.match.index + best.match[0].length);
  }
  return nodes;
}

export function lines(text, rules = INLINE) {
  return text.split("\n").flatMap((line, at) => [at ? el("br") : "", ...inline(line, rules)]);
}

/** mrkdwn as a list of nodes. */
export function mrkdwn(text) {
  return text.split(/```/).flatMap((part, at) => {
    if (at % 2) return el("pre", unescape(part.replace(/^\n/, "").replace(/\n$/, "")));
    return part.split(/((?:^|\n)(?:(?:&gt;|>)[^\n]*\n?)+)/).flatMap((piece) => {
      if (!/^\n?(&gt;|>)/.test(piece)) return lines(piece);
      return el("blockquote", lines(piece.trim().replace(/^(&gt;|>) ?/gm, "")));
    });
  });
}

/** plain_text: emoji only. */
export function plain(text) {
  return text.split("\n").flatMap((line, at) => [at ? el("br") : "", ...inline(line, [INLINE.at(-1)])]);
}
