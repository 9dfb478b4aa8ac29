import type { Advice, Assessment, Change, Use } from '../domain/assessment/assessment.ts';
import { limits } from '../domain/assessment/limits.ts';
import type { Measured } from '../domain/assessment/recognition.ts';
import { componentNames } from '../domain/quality/component-report.ts';
import type { QualityComponent } from '../domain/quality/quality.ts';

const verdicts: Readonly<Record<Use, string>> = {
  alerts: 'Good for alerts',
  review: 'Only for review by people: most listed people raise no alert',
  unusable: 'Not usable for recognition',
  unseen: 'Nobody was seen: nothing can be said yet',
};

const changeTexts: Readonly<Record<Change, string>> = {
  nearer: 'Bring people nearer, or use a longer lens',
  lower: 'Hang the camera lower: it looks at people from too steep an angle',
  front: 'Turn the camera so that people walk towards it: faces are seen from the side',
  light: 'Put more light on the faces: the picture is dark or noisy',
  glare: 'Avoid glare: faces are washed out (less exposure, no light behind people)',
  shutter: 'Use a shorter shutter time: faces are smeared by motion',
  focus: 'Focus the lens, or clean it: faces are blurred in all directions',
  bitRate: 'Raise the bit rate: compression takes the detail from faces',
  frameRate: 'Raise the frame rate: people are seen in too few pictures',
};

/** The report of an assessment for a terminal. */
export function assessmentText(what: string, assessment: Assessment): string {
  const lines = [`${what}: ${verdicts[assessment.use]}`, '', ...verdictLines(assessment)];
  lines.push('', 'What to change, largest effect first:');
  if (assessment.advice.length === 0) lines.push('  Nothing stands out.');
  for (const [index, advice] of assessment.advice.entries()) {
    lines.push(`  ${index + 1}. ${adviceText(advice)}`);
  }
  lines.push('', 'Measured (a tenth below, half, a tenth above):');
  for (const { measure, unit, count, low, median, high } of assessment.measures) {
    if (low === null || median === null || high === null) continue;
    const name = measure.padEnd(18);
    lines.push(`  ${name} ${[low, median, high].map(figure).join(' / ')} ${unit}, of ${count}`);
  }
  lines.push('', ...cautions(assessment));
  return `${lines.join('\n')}\n`;
}

/** The verdict's own sentences. */
export function verdictLines(assessment: Assessment): string[] {
  const { expected, figures, medianDistance, tracks, usable, unusable } = assessment;
  if (expected === null || medianDistance === null) {
    return [`${assessment.frames} pictures were looked at, without a face.`];
  }
  const lines = [
    `Half of the people seen have ${medianDistance.toFixed(1)} px between the eyes.`,
    `Of people on a list about ${hundred(expected.tpir)} of 100 would be found at one false alert in ` +
      `${Math.round(1 / figures.fpir)} searches (95 %: ${range(expected.tpir)}), ` +
      `${hundred(expected.rank1)} would stand first among candidates (${range(expected.rank1)}).`,
    `${usable} of ${tracks} people (tracks) gave a usable template.`,
  ];
  const why = Object.entries(unusable).toSorted(([, a], [, b]) => b - a);
  if (why.length > 0) {
    const reasons = why.map(([reason, count]) => `${reasonName(reason)} ${count}`).join(', ');
    lines.push(`Why others did not: ${reasons}.`);
  }
  if (assessment.preliminary) lines.push('Preliminary: few people passed.');
  return lines;
}

export function adviceText({ change, gain, share, factor }: Advice): string {
  const parts = [changeTexts[change]];
  if (factor !== null) {
    const times = (by: number) => `${by.toFixed(1)} times larger`;
    parts.push(
      factor.alerts === null
        ? `: ${times(factor.good)} for ${limits.goodDistance} px`
        : `: ${times(factor.alerts)} for ${limits.alertDistance} px, ${times(factor.good)} for ${limits.goodDistance} px`,
    );
  }
  parts.push(` (concerns ${percent(share)} of people`);
  if (gain > 0) parts.push(`; would find about ${Math.round(gain * 100)} more of 100`);
  return `${parts.join('')})`;
}

/** What the figures rest on. */
export function cautions({ evaluated, figures }: Assessment): string[] {
  const probes = figures.tracks.map(({ probes: count }) => count);
  return [
    `The figures rest on the development protocol of ${figures.date.slice(0, 10)}: ${figures.enrolled} people enrolled, ` +
      `${Math.min(...probes)} to ${Math.max(...probes)} tracks a level, read off between its levels by pixels between the eyes and by how recognisable faces are. Your people and your list differ.`,
    ...(evaluated ? [] : ['They are of another recogniser than the one in use.']),
  ];
}

export function verdictText(use: Use): string {
  return verdicts[use];
}

/** A reason as quality reports name it. */
export function reasonName(reason: string): string {
  if (reason === 'not_a_face') return 'no face (back of a head, covered, part of one)';
  return componentNames[reason as QualityComponent]?.name ?? reason;
}

export function figure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 20 ? 0 : size >= 1 ? 1 : 2);
}

function hundred({ value }: Measured): string {
  return Math.round(value * 100).toFixed(0);
}

function range({ low, high }: Measured): string {
  return `${Math.round(low * 100)} to ${Math.round(high * 100)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
