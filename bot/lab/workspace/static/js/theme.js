// Light or dark: as the system has it, until somebody chooses.

const root = document.documentElement;

/** A private window may forbid keeping things; the choice is then forgotten with the page. */
function kept(change) {
  try {
    return change(localStorage);
  } catch {
    return null;
  }
}

export function useTheme(asked) {
  const theme = asked ?? kept((storage) => storage.getItem("theme"));
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
}

export function otherTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  kept((storage) => storage.setItem("theme", root.dataset.theme));
}
