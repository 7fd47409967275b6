// The message box: sends messages and commands, and completes what is typed.

import { post } from "./api.js";
import { offers, usage } from "./completion.js";
import { el, icon } from "./dom.js";
import { attempt } from "./messages.js";
import { store, title } from "./store.js";

const TALLEST = 200;
// What was typed and not sent, by seat and place.
const drafts = new Map();

async function send({ user, channel, thread }, text) {
  if (!text.startsWith("/")) return attempt(() => post("post", { user, channel, text, thread_ts: thread }));
  const [command, ...rest] = text.split(" ");
  return attempt(() => post("slash", { user, channel, command, text: rest.join(" ").trim() }));
}

function labelFor(thread) {
  if (thread) return "Reply…";
  const channel = store.channels.get(store.place);
  const whom = `Message ${channel.kind === "public" ? `#${channel.name}` : title(channel)}`;
  return matchMedia("(min-width: 721px)").matches ? `${whom}, or / for commands` : whom;
}

export function composer({ thread = "" } = {}) {
  const at = { user: store.me, channel: store.place, thread };
  const id = thread ? "reply" : "composer";
  const label = labelFor(thread);
  const box = el("textarea", {
    id, rows: 1, placeholder: label, "aria-label": label, maxLength: 12000, autocomplete: "off",
    "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": `${id}-offers`, "aria-describedby": `${id}-usage`,
  });
  const list = el("div.offers", { id: `${id}-offers`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const hint = el("div.usage", { id: `${id}-usage` });
  const go = el("button.send", { type: "button", "aria-label": "Send", disabled: true }, icon("send"));
  new Composer(at, box, list, hint, go).show();
  return el("div.composer", list, el("div.composer-box", box, go), hint);
}

class Composer {
  #shown = [];
  #active = -1;

  constructor(at, box, list, hint, go) {
    Object.assign(this, { at, box, list, hint, go, draft: `${at.user} ${at.channel} ${at.thread}` });
    box.value = drafts.get(this.draft) ?? "";
    box.oninput = () => this.show();
    box.onkeydown = (event) => this.#key(event);
    go.onclick = () => this.#submit();
  }

  /** What fits what is typed now, from its first offer. */
  show() {
    const { eager, list } = offers(this.box.value.slice(0, this.box.selectionStart));
    this.#shown = list;
    this.#active = eager ? 0 : -1;
    this.#draw();
    this.hint.textContent = list.length ? "" : usage(this.box.value);
    this.go.disabled = !this.box.value.trim();
    drafts.set(this.draft, this.box.value);
    // A moment later: a new box stands in no page yet, and has no height.
    queueMicrotask(() => this.#grow());
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, TALLEST)}px`;
  }

  #draw() {
    this.list.hidden = !this.#shown.length;
    this.list.replaceChildren(...this.#shown.map((one, place) => this.#offer(one, place)));
    const active = this.list.children[this.#active];
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  #offer(one, place) {
    const active = place === this.#active;
    // Taken on the press: a click would first take the focus away from the box.
    const take = (event) => {
      event.preventDefault();
      this.#take(place);
    };
    return el(active ? "div.offer.active" : "div.offer", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": String(active), onmousedown: take },
      el("span.offer-name", one.label), one.hint && el("code", one.hint), one.detail && el("small", one.detail));
  }

  #take(place) {
    const rest = this.box.value.slice(this.box.selectionStart).trimStart();
    const { insert } = this.#shown[place];
    this.box.value = insert + rest;
    this.box.setSelectionRange(insert.length, insert.length);
    this.show();
    this.box.focus();
  }

  #key(event) {
    const open = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step && !event.altKey) this.#move(step);
    else if (open && event.key === "Tab" && !event.shiftKey) this.#take(Math.max(0, this.#active));
    else if (open && event.key === "Enter" && !event.shiftKey && this.#wanted()) this.#take(this.#active);
    else if (open && event.key === "Escape") this.#hide(event);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submit();
    else return;
    event.preventDefault();
  }

  #move(step) {
    const count = this.#shown.length;
    this.#active = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
    this.#draw();
  }

  /** Whether Enter means the offer: one is chosen, and it isn't what stands there already. */
  #wanted() {
    return this.#active >= 0 && this.box.value.trim() !== this.#shown[this.#active].insert.trim();
  }

  #hide(event) {
    event.stopPropagation();
    this.#shown = [];
    this.#draw();
  }

  async #submit() {
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.show();
    this.hint.textContent = text.startsWith("/") ? "Sending…" : "";
    const sent = await send(this.at, text);
    if (this.hint.textContent === "Sending…") this.hint.textContent = "";
    if (sent || this.box.value) return;
    this.box.value = text;
    this.show();
  }
}
