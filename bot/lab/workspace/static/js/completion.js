// What could stand where the cursor is: commands, how they go on, and people.
//   {insert, label, hint?, detail?}; `insert` is the whole text up to the cursor.

import { store } from "./store.js";

/** A usage hint's alternatives: "status p72 | help" are two. */
const ways = (command) => (command.usage_hint ?? "").split("|").map((way) => way.trim()).filter(Boolean);
const called = (text) => store.commands.find((one) => text.startsWith(`${one.command} `));

const commands = (text) =>
  store.commands
    .filter((one) => one.command.startsWith(text))
    .map((one) => ({ insert: `${one.command} `, label: one.command, hint: one.usage_hint, detail: one.description }));

function goingOn(command, text) {
  const typed = text.slice(command.command.length).trimStart();
  const fitting = ways(command).filter((way) => way.startsWith(typed) && way !== typed);
  return fitting.map((way) => ({ insert: `${command.command} ${way}`, label: way }));
}

function people(text) {
  const typed = /(?:^|\s)@(\w*)$/.exec(text)?.[1];
  if (typed === undefined) return [];
  return [...store.members.values()]
    .filter((member) => member.name.startsWith(typed) && member.id !== store.me)
    .map((member) => ({ insert: `${text.slice(0, text.length - typed.length)}${member.name} `, label: `@${member.name}`, detail: member.real_name }));
}

/** `eager`: Enter takes the first one. How a command goes on is only offered: Enter still sends what was typed. */
export function offers(text) {
  if (/^\/\S*$/.test(text)) return { eager: true, list: commands(text) };
  const command = called(text);
  const list = command ? goingOn(command, text) : [];
  return list.length ? { eager: false, list } : { eager: true, list: people(text) };
}

/** How the command that is being typed goes on: the alternative with its first word, or all of them. */
export function usage(text) {
  const command = called(text);
  if (!command) return "";
  const verb = text.slice(command.command.length).trim().split(/\s+/)[0];
  const fitting = ways(command).filter((way) => verb && way.split(" ")[0] === verb);
  return `${command.command} ${fitting[0] ?? command.usage_hint ?? ""}`;
}
