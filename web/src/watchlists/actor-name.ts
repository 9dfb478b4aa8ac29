import { t } from '../i18n/t.ts';

/** Who changed a list; the program itself does so as the configuration says. */
export function actorName(name: string): string {
  return name === 'system' ? t('watchlists.byConfiguration') : name;
}
