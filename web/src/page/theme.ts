import { signal } from '@preact/signals';

export const themes = ['dark', 'light', 'system'] as const;
export type Theme = (typeof themes)[number];

const key = 'nightglass.theme';
const stored = localStorage.getItem(key);

/** The colours of the page: dark, as control rooms are, unless somebody chose otherwise. */
export const theme = signal<Theme>(themes.find((known) => known === stored) ?? 'dark');

const systemIsLight = matchMedia('(prefers-color-scheme: light)');

function apply(): void {
  const light = theme.value === 'light' || (theme.value === 'system' && systemIsLight.matches);
  document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
}

theme.subscribe((chosen) => {
  localStorage.setItem(key, chosen);
  apply();
});
systemIsLight.addEventListener('change', apply);
