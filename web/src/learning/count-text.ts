import { t } from '../i18n/t.ts';

/** How many alerts there are, and faces with them. */
export function countText({
  alerts,
  pictures,
}: {
  readonly alerts: number;
  readonly pictures: number;
}): string {
  const said = {
    alerts: t('learning.alerts', { count: alerts }),
    pictures: t('learning.pictures', { count: pictures }),
  };
  return t('learning.countOf', said);
}
