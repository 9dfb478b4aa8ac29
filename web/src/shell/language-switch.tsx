import {
  type Language,
  language,
  languageNames,
  languages,
  languageTags,
} from '../i18n/language.ts';
import { t } from '../i18n/t.ts';

/** Chooses the language of the page, which is remembered. */
export function LanguageSwitch() {
  const chosen = language.value;
  return (
    <select
      class="language"
      aria-label={t('shell.language')}
      value={chosen}
      onChange={(event) => (language.value = event.currentTarget.value as Language)}
    >
      {languages.map((each) => (
        <option key={each} value={each} lang={languageTags[each]}>
          {languageNames[each]}
        </option>
      ))}
    </select>
  );
}
