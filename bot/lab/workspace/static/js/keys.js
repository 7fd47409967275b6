// Walking through messages with the arrow keys.

/** Up and Down go from message to message, Home and End to the first and last; Tab then reaches what is in it. */
export function walk(list, event) {
  const at = document.activeElement;
  if (at !== list && !at.matches(".message")) return;
  const all = [...list.querySelectorAll(".message")];
  const here = all.indexOf(at);
  const next = { ArrowUp: here < 0 ? all.length - 1 : here - 1, ArrowDown: here < 0 ? all.length - 1 : here + 1, Home: 0, End: all.length - 1 }[event.key];
  if (next === undefined || event.altKey || !all.length) return;
  event.preventDefault();
  all[Math.max(0, Math.min(next, all.length - 1))].focus();
}
