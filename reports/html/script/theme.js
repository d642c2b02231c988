// Light or dark: as the system has it, until somebody chooses.

const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

function showTheme() {
  byId("theme").setAttribute("aria-pressed", String(isDark()));
}

function startTheme() {
  byId("theme").addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    showTheme();
    try {
      localStorage.setItem("driftaudit:theme", chosen);
    } catch {
      say("This browser does not keep the choice");
    }
  });
  system.addEventListener("change", showTheme);
  showTheme();
}
