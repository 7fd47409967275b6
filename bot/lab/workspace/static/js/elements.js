// Interactive elements. Each is made for a `host`: how it tells what a person did, and what they entered before.
//   host.act(block, element, value)  an action for the bot
//   host.enter(block, element, value)  something entered in a form
//   host.held(block, element)  what was entered so far, or undefined

import { post } from "./api.js";
import { confirmed } from "./confirm.js";
import { el, icon } from "./dom.js";
import { menu } from "./menu.js";
import { plain } from "./mrkdwn.js";
import { store, title } from "./store.js";

const words = (text) => text?.text ?? "";
const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];

/** Presses a button. It stays focusable meanwhile, so that the keyboard does not lose its place. */
async function press(node, element, work) {
  if (node.classList.contains("busy")) return;
  if (element.confirm && !(await confirmed(element.confirm))) return;
  if (element.url) window.open(element.url, "_blank", "noopener");
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
  await work();
  node.classList.remove("busy");
  node.removeAttribute("aria-busy");
}

function button(block, element, host) {
  const style = element.style ? `.${element.style}` : "";
  const node = el(`button.btn${style}`, { type: "button", "aria-label": element.accessibility_label, "data-key": element.action_id }, plain(words(element.text)));
  node.onclick = () => press(node, element, () => host.act(block, element, undefined));
  return node;
}

function iconButton(block, element, host) {
  const label = element.accessibility_label ?? words(element.text);
  const node = el("button.btn.quiet", { type: "button", title: label, "aria-label": label, "data-key": element.action_id }, icon(element.icon));
  node.onclick = () => press(node, element, () => host.act(block, element, undefined));
  return node;
}

function feedback(block, element, host) {
  const one = ({ text, value, accessibility_label: said }, which) => {
    const label = said ?? words(text);
    const node = el(`button.btn.quiet.${which}`, { type: "button", title: label, "aria-label": label, "data-key": `${element.action_id} ${which}` }, icon("thumb"));
    node.onclick = () => press(node, element, () => host.act(block, element, value));
    return node;
  };
  return el("span.feedback", one(element.positive_button, "up"), one(element.negative_button, "down"));
}

function overflow(block, element, host) {
  const node = el("button.btn.more-of", { type: "button", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", "data-key": element.action_id }, icon("dots"));
  const item = (option) => ({
    label: words(option.text),
    hint: words(option.description),
    onpick: () => press(node, element, () => host.act(block, element, option.value)),
  });
  node.onclick = () => menu(node, element.options.map(item));
  return node;
}

/** A choice was made: an action where the element stands among actions, an entry in a form. Whether it holds. */
async function chose(block, element, host, value) {
  const inForm = block.type === "input";
  if (!inForm && element.confirm && !(await confirmed(element.confirm))) return false;
  host.enter(block, element, value);
  if (!inForm || block.dispatch_action) host.act(block, element, value);
  return true;
}

/** In a form the label names it; among actions nothing but its own words do. */
const labelOf = (block, element) => (block.label ? null : words(element.placeholder) || element.type.replaceAll("_", " "));

function select(options, initial) {
  return (block, element, host) => {
    const held = host.held(block, element) ?? initial(element) ?? "";
    const node = el("select.field", { "aria-label": labelOf(block, element), "data-key": element.action_id });
    node.append(el("option", { value: "" }, words(element.placeholder) || "Choose…"));
    for (const { value, label, group } of options(element)) {
      const option = el("option", { value, selected: value === held }, label);
      (group ? groupNode(node, group) : node).append(option);
    }
    let stands = node.value;
    node.onchange = async () => {
      if (await chose(block, element, host, node.value || null)) stands = node.value;
      else node.value = stands;
    };
    return node;
  };
}

function groupNode(node, label) {
  const last = node.lastElementChild;
  if (last?.tagName === "OPTGROUP" && last.label === label) return last;
  return node.appendChild(el("optgroup", { label }));
}

const staticOptions = (element) => [
  ...(element.options ?? []).map((option) => ({ value: option.value, label: words(option.text) })),
  ...(element.option_groups ?? []).flatMap((group) =>
    group.options.map((option) => ({ value: option.value, label: words(option.text), group: words(group.label) })),
  ),
];
const people = () => [...store.members.values()].map((member) => ({ value: member.id, label: member.real_name }));
const channels = () =>
  [...store.channels.values()].filter((one) => one.kind === "public").map((one) => ({ value: one.id, label: `#${one.name}` }));
const conversations = () => [...store.channels.values()].map((one) => ({ value: one.id, label: title(one) }));

/** Several of a list, as boxes to tick. */
function several(options, initial) {
  return (block, element, host) => {
    const held = new Set(host.held(block, element) ?? initial(element) ?? []);
    const list = el("div.choices");
    for (const { value, label, description } of options(element)) {
      const box = el("input", { type: "checkbox", checked: held.has(value), "data-key": `${element.action_id} ${value}` });
      box.onchange = () => {
        box.checked ? held.add(value) : held.delete(value);
        chose(block, element, host, [...held]);
      };
      list.append(el("label.choice", box, el("span", label, description && el("small", description))));
    }
    return list;
  };
}

function radio(block, element, host) {
  const held = host.held(block, element) ?? element.initial_option?.value;
  const list = el("div.choices", { role: "radiogroup" });
  const name = `${block.block_id} ${element.action_id}`;
  for (const option of element.options) {
    const box = el("input", { type: "radio", name, checked: option.value === held, "data-key": `${element.action_id} ${option.value}` });
    box.onchange = () => chose(block, element, host, option.value);
    list.append(el("label.choice", box, el("span", words(option.text), option.description && el("small", words(option.description)))));
  }
  return list;
}

/** A select whose options the bot is asked for as somebody types. */
function external(block, element, host) {
  const id = `options-${block.block_id}-${element.action_id}`;
  const list = el("datalist", { id });
  const node = el("input.field", { list: id, placeholder: words(element.placeholder), autocomplete: "off", "aria-label": labelOf(block, element), "data-key": element.action_id });
  const byLabel = new Map();
  node.value = words(host.held(block, element)?.text ?? element.initial_option?.text);
  node.oninput = async () => {
    const picked = byLabel.get(node.value);
    if (picked) return chose(block, element, host, picked);
    if (node.value.length < (element.min_query_length ?? 3)) return;
    const offered = await post("options", { ...host.where, user: store.me, action_id: element.action_id, value: node.value });
    const options = optionsOf(offered);
    list.replaceChildren(...options.map((option) => el("option", { value: words(option.text) })));
    options.forEach((option) => byLabel.set(words(option.text), option));
  };
  return el("span", node, list);
}

function typed(type, read = (value) => value, show = (value) => value ?? "") {
  return (block, element, host) => {
    const held = host.held(block, element) ?? element.initial_value ?? element.initial_date ?? element.initial_time ?? element.initial_date_time;
    const long = element.multiline;
    const node = el(long ? "textarea.field" : "input.field", {
      placeholder: words(element.placeholder),
      "aria-label": labelOf(block, element),
      "data-key": element.action_id,
      maxLength: element.max_length ?? 3000,
      autofocus: element.focus_on_load,
    });
    if (!long) node.type = type;
    if (type === "number") node.step = element.is_decimal_allowed ? "any" : "1";
    node.value = show(held);
    node.oninput = () => host.enter(block, element, node.value === "" ? null : read(node.value));
    const inActions = block.type !== "input";
    if (inActions || block.dispatch_action) node.onchange = () => chose(block, element, host, node.value ? read(node.value) : null);
    return node;
  };
}

const seconds = (value) => Math.floor(new Date(value).getTime() / 1000);
const localTime = (value) => (value ? new Date(value * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "");
const values = (options) => options?.map((option) => option.value);

const MAKERS = {
  button,
  overflow,
  workflow_button: button,
  icon_button: iconButton,
  feedback_buttons: feedback,
  static_select: select(staticOptions, (element) => element.initial_option?.value),
  users_select: select(people, (element) => element.initial_user),
  channels_select: select(channels, (element) => element.initial_channel),
  conversations_select: select(conversations, (element) => element.initial_conversation),
  external_select: external,
  multi_static_select: several(staticOptions, (element) => values(element.initial_options)),
  multi_users_select: several(people, (element) => element.initial_users),
  multi_channels_select: several(channels, (element) => element.initial_channels),
  multi_conversations_select: several(conversations, (element) => element.initial_conversations),
  checkboxes: several(
    (element) => element.options.map((one) => ({ value: one.value, label: words(one.text), description: words(one.description) })),
    (element) => values(element.initial_options),
  ),
  radio_buttons: radio,
  plain_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("number"),
  datepicker: typed("date"),
  timepicker: typed("time"),
  datetimepicker: typed("datetime-local", seconds, localTime),
};

export function interactive(block, element, host) {
  const make = MAKERS[element.type];
  return make ? make(block, element, host) : el("pre.unknown", JSON.stringify(element, null, 2));
}
