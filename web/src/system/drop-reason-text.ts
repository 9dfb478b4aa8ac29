import { t } from '../i18n/t.ts';

const reasonTexts = {
  busy: 'system.dropBusy',
  stale: 'system.dropStale',
  rate: 'system.dropRate',
  decode_error: 'system.dropDecode',
  failed: 'system.dropFailed',
  shutdown: 'system.dropShutdown',
} as const;

/** Why frames were left out, in words; a reason that is not known here stands for itself. */
export function reasonText(reason: string): string {
  return reason in reasonTexts ? t(reasonTexts[reason as keyof typeof reasonTexts]) : reason;
}
