import type { CameraDrift } from '../../../src/client/nightglass-client.ts';
import { formatDay, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';

export type DriftChange = CameraDrift['changes'][number];
export type DriftMeasure = DriftChange['measure'];

const subjects: Readonly<Record<DriftMeasure, 'face' | 'minute' | 'person' | 'alert'>> = {
  ...{ sharpness: 'face', noise: 'face', compression: 'face', interEyeDistance: 'face' },
  ...{ yaw: 'face', pitch: 'face', underExposure: 'face', overExposure: 'face' },
  ...{ quality: 'face', recognisability: 'face', brightness: 'minute', frameRate: 'minute' },
  ...{ strangerScore: 'person', confirmedScore: 'alert' },
};

const sinceKeys = {
  always: 'drift.since',
  day: 'drift.sinceDay',
  night: 'drift.sinceNight',
} as const;

/** Since when it is what: "Since Tuesday 24 November this camera is blurred". */
export function changeSentence({ measure, direction, since, time }: DriftChange): string {
  return t(sinceKeys[time], {
    day: formatDay(since),
    what: t(`drift.k_${measure}_${direction}`),
  });
}

/** By which figures. */
export function changeFigures({ measure, before, after }: DriftChange): string {
  return t('drift.figures', {
    name: t(`drift.m_${measure}`),
    before: driftNumber(before.median),
    after: driftNumber(after.median),
    many: before.count,
    few: after.count,
    subject: t(`drift.of_${subjects[measure]}`),
  });
}

/** A value of a measure, with as many digits as say something. */
export function driftNumber(value: number): string {
  return formatNumber(value, Math.abs(value) < 3 ? 2 : Math.abs(value) < 20 ? 1 : 0);
}
