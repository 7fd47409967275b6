// The standard markdown of markdown blocks, as far as bots use it, as elements.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { inline, lines, link } from "./mrkdwn.js";

const MARKDOWN = [
  [/`([^`\n]+)`/u, (inside) => el("code", inside)],
  [/\*\*([^*\n]+)\*\*/u, (inside) => el("strong", inline(inside, MARKDOWN))],
  [/\[([^\]\n]+)\]\(([^)\s]+)\)/u, (label, url) => link(url, label)],
  [/(?<![*\w])[*_]([^*_\n]+)[*_](?![*\w])/u, (inside) => el("em", inline(inside, MARKDOWN))],
  [/~~([^~\n]+)~~/u, (inside) => el("s", inline(inside, MARKDOWN))],
  [/:([a-z0-9_+-]+):/u, (inside) => emoji(inside)],
];

const said = (text) => inline(text, MARKDOWN);
const KINDS = [
  ["heading", /^#{1,6} +/],
  ["rule", /^(---+|\*\*\*+)\s*$/],
  ["bullets", /^\s*[-*+] +/],
  ["numbers", /^\s*\d+[.)] +/],
  ["quote", /^> ?/],
  ["table", /^\s*\|.*\|\s*$/],
  ["blank", /^\s*$/],
];
const kindOf = (line) => KINDS.find(([, pattern]) => pattern.test(line)) ?? ["paragraph", /^/];

const items = (rows, bare) =>
  bare.map((text, at) => el(`li.indent-${Math.min(3, Math.floor(rows[at].search(/\S/) / 2))}`, said(text)));

const MAKERS = {
  heading: (rows, bare) => bare.map((text) => el("p.heading", said(text))),
  rule: () => el("hr"),
  bullets: (rows, bare) => el("ul", items(rows, bare)),
  numbers: (rows, bare) => el("ol", { start: Number.parseInt(rows[0], 10) }, items(rows, bare)),
  quote: (rows, bare) => el("blockquote", lines(bare.join("\n"), MARKDOWN)),
  table,
  blank: () => [],
  paragraph: (rows) => el("p", lines(rows.join("\n"), MARKDOWN)),
};

const cells = (row) => row.trim().slice(1, -1).split("|").map((cell) => cell.trim());

/** Rows between pipes; the second one, where it is dashes, tells how each column is aligned. */
function table(rows) {
  const ruled = rows.length > 1 && cells(rows[1]).every((cell) => /^:?-+:?$/.test(cell));
  const aligned = ruled ? cells(rows[1]).map((cell) => (/^:.*:$/.test(cell) ? ".align-center" : cell.endsWith(":") ? ".align-right" : "")) : [];
  const body = ruled ? rows.toSpliced(1, 1) : rows;
  const line = (row, at) => el("tr", cells(row).map((cell, column) => el(`${ruled && !at ? "th" : "td"}${aligned[column] ?? ""}`, said(cell))));
  return el("div.table", el("table", body.map(line)));
}

function blocks(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const [kind, mark] = kindOf(line);
    if (groups.at(-1)?.kind !== kind) groups.push({ kind, rows: [], bare: [] });
    groups.at(-1).rows.push(line);
    groups.at(-1).bare.push(line.replace(mark, ""));
  }
  return groups.flatMap(({ kind, rows, bare }) => MAKERS[kind](rows, bare));
}

export const markdown = (text) =>
  text.split(/```\w*\n?/).flatMap((part, at) => (at % 2 ? el("pre", part.replace(/\n$/, "")) : blocks(part)));
