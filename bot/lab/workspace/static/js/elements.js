// Interactive elements. Each is made for a `host`: how it tells what a person did, and what they entered before.
//   host.act(block, element, value)  an action for the bot
//   host.enter(block, element, value)  something entered in a form
//   host.held(block, element)  what was entered so far, or undefined

import { post } from "./api.js";
import { confirmed } from "./confirm.js";
import { el, icon, menu } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { store, title } from "./store.js";

const words = (text) => text?.text ?? "";
const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];

function button(block, element, host) {
  const style = element.style ? `.${element.style}` : "";
  const face = element.text ? plain(element.text.text) : [icon("dots")];
  const node = el(`button.btn${style}`, { type: "button", title: element.accessibility_label }, face);
  node.onclick = async () => {
    if (element.confirm && !(await confirmed(element.confirm))) return;
    if (element.url) window.open(element.url, "_blank", "noopener");
    node.classList.add("busy");
    node.disabled = true;
    await host.act(block, element, undefined);
    node.classList.remove("busy");
    node.disabled = false;
  };
  return node;
}

function overflow(block, element, host) {
  const node = el("button.btn.quiet", { type: "button", "aria-label": "More" }, icon("dots"));
  node.onclick = () =>
    menu(
      node,
      element.options.map((option) => ({
        label: words(option.text),
        hint: words(option.description),
        onpick: async () => {
          if (!element.confirm || (await confirmed(element.confirm))) host.act(block, element, option.value);
        },
      })),
    );
  return node;
}

/** A choice was made: an action where the element stands among actions, an entry where it stands in a form. */
async function chose(block, element, host, value) {
  const inForm = block.type === "input";
  if (!inForm && element.confirm && !(await confirmed(element.confirm))) return;
  host.enter(block, element, value);
  if (!inForm || block.dispatch_action) host.act(block, element, value);
}

function select(options, initial) {
  return (block, element, host) => {
    const held = host.held(block, element) ?? initial(element) ?? "";
    const node = el("select.field", { "aria-label": words(element.placeholder) || words(block.label) });
    node.append(el("option", { value: "" }, words(element.placeholder) || "Choose…"));
    for (const { value, label, group } of options(element)) {
      const option = el("option", { value, selected: value === held }, label);
      (group ? groupNode(node, group) : node).append(option);
    }
    node.onchange = () => chose(block, element, host, node.value || null);
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
      const box = el("input", { type: "checkbox", checked: held.has(value) });
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
    const box = el("input", { type: "radio", name, checked: option.value === held });
    box.onchange = () => chose(block, element, host, option.value);
    list.append(el("label.choice", box, el("span", words(option.text), option.description && el("small", words(option.description)))));
  }
  return list;
}

/** A select whose options the bot is asked for as somebody types. */
function external(block, element, host) {
  const id = `options-${block.block_id}-${element.action_id}`;
  const list = el("datalist", { id });
  const node = el("input.field", { list: id, placeholder: words(element.placeholder), autocomplete: "off" });
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
      "aria-label": words(block.label) || words(element.placeholder) || element.type,
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
  icon_button: button,
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
