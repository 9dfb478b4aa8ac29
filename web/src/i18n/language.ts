import { Store } from '../live/store.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** Each language by its own name. */
export const languageNames: Record<Language, string> = { en: 'English', zh: '简体中文' };

/** The tag for `lang` attributes and for `Intl`. */
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

const key = 'nightglass.language';

/** The language of the page. The whole page is drawn anew when it changes, so `t` may be called anywhere. */
export const language = new Store<Language>(firstLanguage());

apply();
language.subscribe(() => {
  localStorage.setItem(key, language.value);
  apply();
});

function firstLanguage(): Language {
  const stored = localStorage.getItem(key);
  if (languages.some((known) => known === stored)) return stored as Language;
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') ? 'zh' : 'en';
}

function apply(): void {
  document.documentElement.lang = languageTags[language.value];
}
