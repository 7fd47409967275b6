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

/** Calls `tell` with each change that `user` may see, `lost` when the feed breaks. The returned function ends it. */
export function live(user, tell, lost) {
  const socket = new WebSocket(`ws://${location.host}/lab/live?user=${encodeURIComponent(user)}`);
  let over = false;
  socket.onmessage = (event) => over || tell(JSON.parse(event.data));
  socket.onclose = () => over || lost();
  return () => {
    over = true;
    socket.close();
  };
}
