// Block Kit: one function for each kind of block. What is not known is shown as it came.

import { el } from "./dom.js";
import { interactive } from "./elements.js";
import { markdown } from "./markdown.js";
import { link, mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

export const textOf = (text) => (text.type === "mrkdwn" ? mrkdwn(text.text) : plain(text.text));

/** Images from elsewhere are not fetched: the page talks to nobody but its own server. */
function image({ image_url: elsewhere, slack_file: own, alt_text: alt, title }) {
  const url = own ? own.id ? `/lab/files/${own.id}` : own.url.replace("/files-pri/", "/lab/files/").replace(/\/[^/]*$/, "") : elsewhere;
  const inside = url?.startsWith("/") || url?.startsWith(`${location.origin}/`) ? el("img", { src: url, alt }) : link(url ?? "", alt);
  return el("figure.image", inside, title && el("figcaption", plain(title.text)));
}

function section(block, host) {
  const body = el("div.section-body", block.text && el("div.text", textOf(block.text)));
  if (block.fields) body.append(el("div.fields", block.fields.map((field) => el("div.text", textOf(field)))));
  const side = block.accessory && (block.accessory.type === "image" ? image(block.accessory) : interactive(block, block.accessory, host));
  return el("div.section", body, side && el("div.accessory", side));
}

let inputs = 0;

/** The label, hint and error of an input, tied to its field or to its group of fields. */
function input(block, host) {
  const id = `input-${(inputs += 1)}`;
  const error = host.error?.(block.block_id);
  const element = interactive(block, block.element, host);
  const fields = element.matches("input, select, textarea") ? [element] : [...element.querySelectorAll("input")];
  const group = element.classList.contains("choices");
  if (!group && fields[0]) fields[0].id = id;
  if (group) element.setAttribute("role", element.getAttribute("role") ?? "group");
  if (group) element.setAttribute("aria-labelledby", `${id}-label`);
  const about = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const told = group ? element : fields[0];
  if (about) told?.setAttribute("aria-describedby", about);
  if (error) told?.setAttribute("aria-invalid", "true");
  if (!block.optional && !group) told?.setAttribute("aria-required", "true");
  return el(error ? "div.input.wrong" : "div.input",
    el(group ? "span.label" : "label.label", { id: `${id}-label`, htmlFor: group ? null : id }, plain(block.label.text), block.optional && el("small", " (optional)")),
    element,
    error && el("p.error", { id: `${id}-error`, role: "alert" }, error),
    block.hint && el("p.hint", { id: `${id}-hint` }, plain(block.hint.text)));
}

function table(block) {
  const cell = (one) => (one.type === "rich_text" ? richText(one) : [String(one.text ?? one.value)]);
  const rows = block.rows.map((row, at) => el("tr", row.map((one, column) => {
    const align = block.column_settings?.[column]?.align;
    return el(`${at ? "td" : "th"}${align ? `.align-${align}` : ""}`, cell(one));
  })));
  return el("div.table", { tabIndex: 0, role: "region", "aria-label": "Table" }, el("table", rows));
}

const STATUS = { pending: "○", in_progress: "◐", complete: "●", error: "✕" };
const task = (one) => el(`div.task.${one.status}`, el("span.status", { role: "img", "aria-label": one.status.replace("_", " ") }, STATUS[one.status]), el("span", one.title),
  one.details && el("div.more", richText(one.details)), one.output && el("div.more", richText(one.output)));

const BLOCKS = {
  section,
  input,
  table,
  header: (block) => el("h3.header", plain(block.text.text)),
  divider: () => el("hr"),
  context: (block) => el("div.context", block.elements.map((one) => (one.type === "image" ? image(one) : el("span", textOf(one))))),
  context_actions: (block, host) => el("div.actions.tight", block.elements.map((one) => interactive(block, one, host))),
  actions: (block, host) => el("div.actions", block.elements.map((one) => interactive(block, one, host))),
  image,
  rich_text: (block) => el("div.rich-text", richText(block)),
  markdown: (block) => el("div.text", markdown(block.text)),
  alert: (block) => el(`div.alert.${block.level ?? "default"}`, textOf(block.text)),
  task_card: task,
  plan: (block) => el("div.plan", el("strong", block.title), (block.tasks ?? []).map(task)),
};

export function renderBlocks(blocks, host) {
  return blocks.map((block) => {
    const make = BLOCKS[block.type];
    return el("div.block", make ? make(block, host) : el("pre.unknown", JSON.stringify(block, null, 2)));
  });
}
