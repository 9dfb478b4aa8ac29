import {
  type Language,
  language,
  languageNames,
  languages,
  languageTags,
} from '../i18n/language.ts';
import { t } from '../i18n/t.ts';
import type { FieldControl } from '../kit/field.tsx';

/**
 * Chooses the language of the page, which is remembered.
 *
 * @param control what ties it to a label of its own, where it has one
 */
export function LanguageSwitch(control: Partial<FieldControl>) {
  const chosen = language.value;
  return (
    <select
      class="language"
      {...control}
      aria-label={control.id === undefined ? t('shell.language') : undefined}
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
