import {
  type Language,
  language,
  languageNames,
  languages,
  languageTags,
} from '../i18n/language.ts';
import { t } from '../i18n/t.ts';
import { useStore } from '../live/store.ts';

/** Chooses the language of the page, which is remembered. */
export function LanguageSwitch() {
  const chosen = useStore(language);
  return (
    <select
      class="language"
      aria-label={t('shell.language')}
      value={chosen}
      onChange={(event) => language.set(event.currentTarget.value as Language)}
    >
      {languages.map((each) => (
        <option key={each} value={each} lang={languageTags[each]}>
          {languageNames[each]}
        </option>
      ))}
    </select>
  );
}
