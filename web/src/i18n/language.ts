import { signal } from '@preact/signals';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** Each language by its own name. */
export const languageNames: Record<Language, string> = { en: 'English', zh: '简体中文' };

/** The tag for `lang` attributes and for `Intl`. */
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

const key = 'nightglass.language';

/** The language of the page. Components that call `t` follow it, since `t` reads this signal. */
export const language = signal<Language>(firstLanguage());

// The first value is a guess until somebody chooses.
language.subscribe((chosen) => {
  document.documentElement.lang = languageTags[chosen];
  if (chosen !== firstLanguage()) localStorage.setItem(key, chosen);
});

function firstLanguage(): Language {
  const stored = localStorage.getItem(key);
  if (languages.some((known) => known === stored)) return stored as Language;
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en';
}
