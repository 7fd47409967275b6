// Are you sure?

import { el } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

/** Whether the person went ahead. */
export function confirmed(confirm) {
  const text = confirm.text.type === "mrkdwn" ? mrkdwn(confirm.text.text) : plain(confirm.text.text);
  const yes = el(`button.btn.${confirm.style ?? "primary"}`, { value: "yes" }, confirm.confirm.text);
  const dialog = el("dialog.modal.small", { "aria-label": confirm.title.text });
  dialog.append(
    el("form", { method: "dialog" },
      el("header.modal-head", el("h2", confirm.title.text)),
      el("div.modal-body", el("p", text)),
      el("footer.modal-foot", el("button.btn", { value: "no" }, confirm.deny.text), yes)),
  );
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
  });
}
