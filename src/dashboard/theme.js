const THEMES = ['system', 'light', 'dark'];
const KEY = 'prescale.theme';

/** A button that goes round system, light and dark, and remembers. `onChange` is for what cannot follow by style. */
export function startTheme(button, onChange) {
  const apply = (theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    onChange();
  };
  let current = THEMES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : 'system';
  apply(current);
  button.addEventListener('click', () => {
    current = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length];
    localStorage.setItem(KEY, current);
    apply(current);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}
