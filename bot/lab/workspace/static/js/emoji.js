// The emoji that operations messages use; any other name stays as it was typed.

import { el } from "./dom.js";

const KNOWN = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", rotating_light: "🚨", no_entry: "⛔", no_entry_sign: "🚫",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", arrows_counterclockwise: "🔄", rocket: "🚀", zap: "⚡", fire: "🔥", wave: "👋",
  eyes: "👀", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", tada: "🎉", lock: "🔒", unlock: "🔓", key: "🔑", bell: "🔔",
  no_bell: "🔕", mag: "🔍", memo: "📝", clipboard: "📋", page_facing_up: "📄", paperclip: "📎", link: "🔗", wrench: "🔧", gear: "⚙️",
  hammer_and_wrench: "🛠️", construction: "🚧", information_source: "ℹ️", question: "❓", exclamation: "❗", bulb: "💡", stopwatch: "⏱️",
  alarm_clock: "⏰", clock1: "🕐", calendar: "📅", chart_with_upwards_trend: "📈", floppy_disk: "💾", cd: "💿", desktop_computer: "🖥️",
  computer: "💻", satellite: "🛰️", electric_plug: "🔌", battery: "🔋", globe_with_meridians: "🌐", package: "📦", label: "🏷️",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", red_circle: "🔴", large_blue_circle: "🔵",
  white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_red_square: "🟥", small_red_triangle: "🔺", arrow_right: "➡️",
  arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️", double_vertical_bar: "⏸️", arrow_forward: "▶️",
  octagonal_sign: "🛑", stop_sign: "🛑", skull: "💀", ghost: "👻", robot_face: "🤖", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  shield: "🛡️", scroll: "📜", speech_balloon: "💬", thread: "🧵", pushpin: "📌", star: "⭐", sparkles: "✨", heart: "❤️", smile: "😄",
  slightly_smiling_face: "🙂", thinking_face: "🤔", raised_hand: "✋", pray: "🙏", ok_hand: "👌", "100": "💯", boom: "💥", ambulance: "🚑",
};

export function emoji(name) {
  const known = KNOWN[name];
  return known ? el("span.emoji", { title: `:${name}:` }, known) : document.createTextNode(`:${name}:`);
}
