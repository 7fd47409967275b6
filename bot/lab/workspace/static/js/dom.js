// Building elements: text only ever goes in as text.

/** el("p.note", {title: "x", onclick: f}, "text", node, [more]) */
export function el(spec, ...rest) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  const first = rest[0];
  if (first && typeof first === "object" && !Array.isArray(first) && !(first instanceof Node)) set(node, rest.shift());
  add(node, rest);
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !["list", "form"].includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  reply: "M21 11.5a8.4 8.4 0 0 1-12 7.6L3 21l1.9-6A8.4 8.4 0 1 1 21 11.5z",
  send: "M4 12l16-8-6 16-3-6z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  chevron: "M7 10l5 5 5-5",
  rack: "M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  thumb: "M7 11v9H4v-9zM7 11l4-8c2 0 2.5 1.5 2 3.5L12.5 9H19c1 0 1.6.8 1.4 1.8l-1.5 7.5c-.2 1-.9 1.7-1.9 1.7H7",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
};

/** A small line drawing; decoration only. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function toast(text) {
  const place = document.getElementById("toast");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(place.timer);
  place.timer = setTimeout(() => place.classList.remove("shown"), 4000);
}
