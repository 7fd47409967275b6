// The control API, and the live feed of changes.

async function answer(response) {
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error), { answer: body });
  return body;
}

export const get = async (path) => answer(await fetch(`/lab/${path}`));

export const post = async (path, body) =>
  answer(
    await fetch(`/lab/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

/**
 * Follows each change that `user` may see; `lost` is called when a feed that was open breaks.
 * What comes before `tell` is kept for it: one opens the feed, reads what there is, then listens, and misses nothing.
 */
export function live(user, lost) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/lab/live?user=${encodeURIComponent(user)}`);
  const early = [];
  let hear = (event) => early.push(event);
  let over = false;
  socket.onmessage = (event) => over || hear(JSON.parse(event.data));
  const opened = new Promise((resolve, reject) => {
    socket.onopen = () => {
      socket.onclose = () => over || lost();
      resolve();
    };
    socket.onclose = () => reject(new Error("no_connection"));
  });
  return {
    opened,
    tell: (listener) => {
      hear = listener;
      early.splice(0).forEach(listener);
    },
    stop: () => {
      over = true;
      socket.close();
    },
  };
}
