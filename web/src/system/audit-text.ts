import type { TextKey } from '../i18n/dictionaries.ts';
import { t } from '../i18n/t.ts';
import { auditActions } from './audit-actions.ts';

/** An action in words; its name where it is not known here. */
export function auditText(action: string): string {
  const key = (auditActions as Readonly<Record<string, TextKey>>)[action];
  return key === undefined ? action : t(key);
}
