// rich_text blocks.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelLink, dated, groupMention, link, mention } from "./mrkdwn.js";

const PARTS = {
  text: (part) => part.text.split("\n").flatMap((line, at) => [at ? el("br") : "", line]),
  emoji: (part) => emoji(part.name),
  link: (part) => link(part.url, part.text),
  user: (part) => mention(part.user_id),
  channel: (part) => channelLink(part.channel_id),
  usergroup: (part) => groupMention(part.usergroup_id),
  broadcast: (part) => el("span.mention", `@${part.range}`),
  date: (part) => dated(part.timestamp, part.format),
  color: (part) => el("code", part.value),
  team: (part) => part.team_id,
};
const STYLES = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };

function part(one) {
  const make = PARTS[one.type];
  let nodes = make ? [make(one)].flat() : [el("code", JSON.stringify(one))];
  for (const [style, tag] of Object.entries(STYLES)) if (one.style?.[style]) nodes = [el(tag, nodes)];
  return nodes;
}

const parts = (element) => element.elements.flatMap(part);

const SPANS = {
  rich_text_section: (span) => el("div.rich", parts(span)),
  rich_text_preformatted: (span) => el("pre", span.elements.map((one) => one.text ?? one.url ?? "").join("")),
  rich_text_quote: (span) => el("blockquote", parts(span)),
  rich_text_list: (span) => {
    const list = el(span.style === "ordered" ? "ol" : "ul", span.elements.map((item) => el("li", parts(item))));
    if (span.style === "ordered" && span.offset) list.start = span.offset + 1;
    list.classList.add(`indent-${span.indent ?? 0}`);
    return list;
  },
};

export function richText(block) {
  return block.elements.map((span) => SPANS[span.type]?.(span) ?? el("pre.unknown", JSON.stringify(span, null, 2)));
}
