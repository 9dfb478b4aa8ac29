import { t } from '../i18n/t.ts';

/** Whom the alert is about; the name goes when the person is deleted from the watchlist. */
export function nameOnAlert({ personName }: { readonly personName: string }): string {
  return personName === '' ? t('alerts.personDeleted') : personName;
}
