// The message box: sends messages and commands, and completes commands and mentions.

import { post } from "./api.js";
import { el, icon } from "./dom.js";
import { attempt } from "./messages.js";
import { store, title } from "./store.js";

const HINTS = 8;
const where = (channel) => (channel.kind === "public" ? `#${channel.name}` : title(channel));

/** What could stand where the cursor is: [{insert, label, hint, detail}] */
function offers(text) {
  const command = /^\/(\S*)$/.exec(text);
  if (command) {
    return store.commands
      .filter((one) => one.command.startsWith(text))
      .map((one) => ({ insert: `${one.command} `, label: one.command, hint: one.usage_hint, detail: one.description }));
  }
  const mention = /(?:^|\s)@(\w*)$/.exec(text);
  if (!mention) return [];
  return [...store.members.values()]
    .filter((member) => member.name.startsWith(mention[1]) && member.id !== store.me)
    .map((member) => ({ insert: `${text.slice(0, text.length - mention[1].length)}${member.name} `, label: `@${member.name}`, detail: member.real_name }));
}

/** Once a command is typed, how it goes on. */
function usage(text) {
  const known = store.commands.find((one) => text.startsWith(`${one.command} `));
  return known?.usage_hint ? `${known.command} ${known.usage_hint}` : "";
}

async function send(text, thread) {
  const at = { user: store.me, channel: store.place };
  if (!text.startsWith("/")) return attempt(() => post("post", { ...at, text, thread_ts: thread }));
  const [command, ...rest] = text.split(" ");
  return attempt(() => post("slash", { ...at, command, text: rest.join(" ").trim() }));
}

export function composer({ thread = "" } = {}) {
  const label = thread ? "Reply…" : `Message ${where(store.channels.get(store.place))}, or / for commands`;
  const box = el("textarea", { id: thread ? "reply" : "composer", rows: 1, placeholder: label, "aria-label": label, maxLength: 12000, autocomplete: "off" });
  const list = el("div.offers", { role: "listbox", hidden: true });
  const hint = el("div.usage");
  const go = el("button.send", { type: "button", "aria-label": "Send", disabled: true }, icon("send"));
  let shown = [];
  let at = 0;

  const show = () => {
    shown = offers(box.value.slice(0, box.selectionStart)).slice(0, HINTS);
    at = Math.min(at, Math.max(0, shown.length - 1));
    list.hidden = !shown.length;
    list.replaceChildren(...shown.map((one, place) =>
      el(place === at ? "button.offer.active" : "button.offer", { type: "button", role: "option", "aria-selected": String(place === at), tabIndex: -1, onmousedown: (event) => { event.preventDefault(); take(place); } },
        el("span.offer-name", one.label), one.hint && el("code", one.hint), el("small", one.detail))));
    hint.textContent = shown.length ? "" : usage(box.value);
    go.disabled = !box.value.trim();
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  };
  const take = (place) => {
    box.value = shown[place].insert + box.value.slice(box.selectionStart).trimStart();
    at = 0;
    show();
    box.focus();
  };
  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    show();
    hint.textContent = text.startsWith("/") ? "Sending…" : "";
    await send(text, thread);
    if (hint.textContent === "Sending…") hint.textContent = "";
  };
  box.oninput = () => { at = 0; show(); };
  go.onclick = submit;
  box.onkeydown = (event) => {
    const open = !list.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length;
      show();
    } else if (open && (event.key === "Tab" || (event.key === "Enter" && box.value !== shown[at].insert.trim()))) take(at);
    else if (open && event.key === "Escape") { list.hidden = true; event.stopPropagation(); }
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit();
    else return;
    event.preventDefault();
  };
  return el("div.composer", list, el("div.composer-box", box, go), hint);
}
