import type { CameraAssessment } from '../../../src/client/nightglass-client.ts';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

export type Assessment = NonNullable<CameraAssessment['assessment']>;
export type MeasureReport = Assessment['measures'][number];

const units = {
  px: 'assessment.valuePx',
  degree: 'assessment.valueDegree',
  '1/s': 'assessment.valueRate',
  bit: 'assessment.valueBit',
} as const;

/** A value of a measure with its unit; a dash for none. */
export function measureValue(value: number | null, unit: string): string {
  if (value === null) return '–';
  if (unit === 'share') return formatPercent(value);
  const size = Math.abs(value);
  const digits = size >= 20 || Number.isInteger(value) ? 0 : size >= 1 ? 1 : 2;
  const number = formatNumber(value, digits);
  const known = Object.entries(units).find(([name]) => name === unit)?.[1];
  return known === undefined ? number : t(known, { value: number });
}

/** The range in which a measure costs nothing, in words; a dash where there is none. */
export function goodValues({ good: { from, to }, unit }: MeasureReport): string {
  const [low, high] = [measureValue(from, unit), measureValue(to, unit)];
  if (from === null) return to === null ? '–' : t('assessment.goodTo', { to: high });
  if (to === null) return t('assessment.goodFrom', { from: low });
  return t('assessment.goodBetween', { from: low, to: high });
}
