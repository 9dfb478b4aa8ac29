import type { CameraDrift } from '../client/nightglass-client.ts';
import { textTable, withoutControls } from './text-table.ts';

type Change = CameraDrift['changes'][number];
type Measure = Change['measure'];

/** What a camera is, by what changed. */
const sentences: Readonly<Record<Measure, Readonly<Record<Change['direction'], string>>>> = {
  sharpness: { down: 'this camera is blurred', up: 'this camera is sharper' },
  noise: { down: 'this camera has less noise', up: 'this camera has more noise' },
  compression: {
    down: 'its pictures are compressed more',
    up: 'its pictures are compressed less',
  },
  interEyeDistance: { down: 'faces are smaller', up: 'faces are larger' },
  yaw: { down: 'faces look more towards it', up: 'faces are turned further to the side' },
  pitch: { down: 'faces are seen less from above', up: 'faces are seen more from above or below' },
  underExposure: { down: 'fewer faces are too dark', up: 'faces are too dark' },
  overExposure: { down: 'fewer faces are too bright', up: 'faces are too bright' },
  quality: { down: 'faces are worse', up: 'faces are better' },
  recognisability: { down: 'faces are harder to recognise', up: 'faces are easier to recognise' },
  brightness: { down: 'its pictures are darker', up: 'its pictures are brighter' },
  frameRate: { down: 'it sends fewer pictures', up: 'it sends more pictures' },
  strangerScore: {
    down: 'strangers look less like people of watchlists',
    up: 'strangers look more like people of watchlists',
  },
  confirmedScore: {
    down: 'confirmed alerts have lower scores',
    up: 'confirmed alerts have higher scores',
  },
};

/** What is likely behind it, and what to do. Measures that are no cause by themselves have none. */
const advice: Readonly<Partial<Record<Measure, string>>> = {
  sharpness: 'Clean the dome or lens, check the focus, and at night the infrared light.',
  noise: 'Check the light, the infrared lamp and the gain of the camera.',
  compression: 'Check bit rate and codec of the stream, and the network.',
  interEyeDistance: 'Was it moved or zoomed? Set it back, or take the new view as reference.',
  yaw: 'Was it moved, or do people walk another way?',
  pitch: 'Was it moved?',
  underExposure: 'Check lamps, infrared light, and exposure; is something in front of it?',
  overExposure: 'Check back light and exposure, and the infrared lamp for reflections.',
  quality: 'See what else changed; compare a picture of today with an older one.',
  recognisability: 'See what else changed; compare a picture of today with an older one.',
  brightness: 'Check lamps, infrared light, and exposure; is something in front of it?',
  frameRate: 'Check the settings of the stream, the network, and the load of the camera.',
  strangerScore: 'Did a watchlist grow? Check thresholds (calibration), and what else changed.',
  confirmedScore: 'Are enrolled pictures old? See what else changed.',
};

const subjects: Readonly<Record<Measure, string>> = {
  ...{ sharpness: 'faces', noise: 'faces', compression: 'faces', interEyeDistance: 'faces' },
  ...{ yaw: 'faces', pitch: 'faces', underExposure: 'faces', overExposure: 'faces' },
  ...{ quality: 'faces', recognisability: 'faces', brightness: 'minutes', frameRate: 'minutes' },
  ...{ strangerScore: 'people', confirmedScore: 'alerts' },
};

const times = { always: '', day: 'by day ', night: 'at night ' } as const;

/** A report in sentences and a table. */
export function driftText(report: CameraDrift): string {
  const { cameraId, changes, judgedTo, measures, reference } = report;
  const lines = changes.flatMap((change) => [
    sentence(change),
    `  ${advice[change.measure] ?? ''}`,
  ]);
  if (reference !== null) {
    const note = reference.note === '' ? '' : `: ${withoutControls(reference.note)}`;
    const by = withoutControls(reference.by);
    lines.push(`compared from ${reference.from} on, by the word of ${by}${note}`);
  }
  if (measures.every(({ compared }) => compared === 0)) {
    lines.push(`${cameraId}: nothing to compare yet; that takes some 22 days with faces`);
  } else if (changes.length === 0) lines.push(`${cameraId}: as usual, up to ${judgedTo}`);
  const rows = measures.flatMap(({ measure, weeks }) =>
    weeks.map(({ from, count, low, median, high }) => [
      ...[measure, from, figure(median), `${figure(low)} to ${figure(high)}`, String(count)],
    ]),
  );
  const table = textTable(['MEASURE', 'WEEK OF', 'MEDIAN', 'HALF OF THEM', 'COUNTED'], rows);
  return `${lines.join('\n')}\n${rows.length === 0 ? '' : `\n${table}`}`;
}

function sentence({ measure, direction, time, since, before, after }: Change): string {
  const day = new Date(`${since}T00:00:00Z`).toLocaleDateString('en-GB', {
    ...{ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' },
  });
  const figures = `${measure} ${figure(before.median)} -> ${figure(after.median)}`;
  const many = (count: number) => count.toLocaleString('en');
  const counts = `median, ${many(before.count)} ${subjects[measure]} before, ${many(after.count)} since`;
  return `since ${day} ${times[time]}${sentences[measure][direction]}: ${figures} (${counts})`;
}

function figure(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 0);
}
