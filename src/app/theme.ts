// Light or dark: the system's wish, until the reader chooses; the choice is kept on this machine.
const KEY = 'splitscope.theme';
type Theme = 'light' | 'dark';

/** Puts the theme on the page and follows the system while nothing was chosen. */
export function applyTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => show(chosen() ?? (system.matches ? 'dark' : 'light'));
  system.addEventListener('change', apply);
  apply();
}

/** Changes to the other theme and keeps that. */
export function toggleTheme(): void {
  const next: Theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage may be closed to this page; the choice then lasts as long as the page.
  }
  show(next);
}

function show(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

function chosen(): Theme | null {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : null;
  } catch {
    return null;
  }
}
