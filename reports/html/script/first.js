// Before anything is drawn: the theme that was chosen, and the word for the style that scripts run here.
document.documentElement.classList.add("scripted");
try {
  const theme = localStorage.getItem("driftaudit:theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Nothing is kept in this browser: it follows the system.
}
