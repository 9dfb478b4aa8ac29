import type { ShadowProgress } from '../domain/shadow.ts';
import type { ShadowFigures, ShadowReport, ShadowShare } from '../services/shadow/shadow-report.ts';
import { textTable, withoutControls } from './text-table.ts';

/** What models beside those in use would do, for a terminal. */
export function shadowText(report: ShadowReport | null): string {
  if (report === null) return 'No models have run beside those in use.\n';
  const { end, endedAt, lists, name, progress, startedAt, until, version } = report;
  const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const time =
    endedAt === null
      ? `since ${day(startedAt)}, until ${day(until)}`
      : `from ${day(startedAt)} to ${day(endedAt)} (${endWords[end ?? 'stopped']})`;
  const head = `${withoutControls(`${name}@${version}`)} beside the models in use, ${time} UTC\n`;
  const figures =
    lists.length === 0
      ? 'Nothing was compared yet.\n'
      : textTable(
          columns,
          lists.flatMap((list) => [
            row(list.watchlistName, list),
            ...list.cameras.map((camera) => row(`  ${camera.cameraId}`, camera)),
          ]),
        );
  return [
    head,
    progress === null ? '' : progressText(progress, report.share),
    `\n${figures}`,
    lists.length === 0 ? '' : `\n${legend}`,
    endedAt === null
      ? `\nTo put it to use: nightglass models use ${withoutControls(version)}; to drop it: nightglass models shadow --stop\n`
      : '',
  ].join('');
}

const endWords = {
  over: 'its time was over',
  stopped: 'dropped',
  used: 'put to use',
  superseded: 'other models were put to use',
} as const;

const columns = [
  ...['list, camera', 'tracks', 'both', 'in use alone', 'new alone', 'neither', 'kept', 'added'],
  ...['same person', 'confirmed', 'dismissed', 'ms'],
];

const legend = `both, in use alone, new alone, neither: which version would report the track.
kept: of those that the version in use reported, the new one would report; added: of the others.
confirmed, dismissed: of alerts that people decided so, the new version would raise. 95 % intervals (Wilson).
`;

function row(label: string, figures: ShadowFigures): string[] {
  const { added, both, confirmed, dismissed, kept, milliseconds, neither } = figures;
  return [
    ...[label, figures.tracks, both, figures.onlyInUse, figures.onlyNew, neither].map(String),
    ...[kept, added, figures.samePerson, confirmed, dismissed].map(shareText),
    milliseconds === null ? '–' : milliseconds.toFixed(0),
  ];
}

function shareText({ count, interval, of }: ShadowShare): string {
  if (of === 0) return '–';
  const per = (share: number) => (100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0);
  return `${per(count / of)} % (${per(interval[0])}–${per(interval[1])}; ${count}/${of})`;
}

function progressText(progress: ShadowProgress, share: number): string {
  const { busySeconds, dropped, fault, seconds, state, templates } = progress;
  if (state === 'failed') return `It does not run: ${withoutControls(fault ?? '')}\n`;
  if (state === 'waiting') return 'No running program has taken it up yet.\n';
  const { made, pending, failed } = templates;
  const load = seconds === 0 ? 0 : busySeconds / seconds;
  return (
    `templates: ${made} made, ${pending} to be made, ${failed} cannot be made; ` +
    `${(100 * load).toFixed(1)} % of a core (at most ${100 * share} %)\n` +
    `tracks not compared: ${dropped.busy} for want of room, ${dropped.templates} before a list had its templates, ${dropped.failed} failed\n`
  );
}
