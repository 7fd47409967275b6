// The sidebar where there is no room for it: it slides in over the conversation.

let opener = null;

export function openDrawer(button, first) {
  opener = button;
  document.body.classList.add("drawer-open");
  button.setAttribute("aria-expanded", "true");
  document.querySelector(first)?.focus();
}

export function shutDrawer() {
  document.body.classList.remove("drawer-open");
  opener?.setAttribute("aria-expanded", "false");
  opener?.focus();
  opener = null;
}
