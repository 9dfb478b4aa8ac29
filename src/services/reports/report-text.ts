import { type AlertOutcome, alertOutcomes } from '../../domain/alert-outcome.ts';
import { escapeHtml } from './report-document.ts';
import type { AlertOutcomes, TransparencyReport } from './transparency-report.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:600}
th,td{text-align:right;padding:.2rem .6rem;border-bottom:1px solid #8886}th:first-child,td:first-child{text-align:left}`;

const columns = [
  'alerts',
  'sightings',
  'confirmed',
  'dismissed',
  'not decided',
  'minutes to decision, median',
  'minutes to decision, 90 %',
] as const;

const acts: Readonly<Record<string, string>> = {
  'search.run': 'Searches with a picture',
  'footage.searched': 'Searches of recorded footage',
  'evidence.exported': 'Cases exported',
  'subject.exported': "People's data exported on their request (parts)",
  'learning.exported': 'Exports of faces for training',
  'watchlist.created': 'Watchlists created',
  'watchlist.updated': 'Watchlists changed',
  'watchlist.put_in_force': 'Watchlists put in force',
  'watchlist.removed': 'Watchlists deleted',
  'watchlist.imported': 'Watchlists imported',
  'watchlist.exported': 'Watchlists exported',
  'person.created': 'People put on lists',
  'person.enrolled': 'Enrolments of pictures',
  'person.removed': 'People deleted from lists',
  'person.image_removed': 'Enrolled pictures deleted',
  'alert.lost': 'Alerts that could not be stored and were lost',
  'access.denied': 'Acts that were refused for want of rights',
};

/** The report as tables, each with a title and a head. */
function tablesOf(report: TransparencyReport): readonly (readonly [string, Cell[][]])[] {
  const { total, byCamera, byWatchlist } = report;
  const cameraHead = ['camera', 'people seen', ...columns, 'dismissed a thousand people seen'];
  const cameraRow = (name: string, of: typeof total): Cell[] => [
    name,
    of.peopleSeen,
    ...cells(of),
    of.falsePerThousand === null ? null : of.falsePerThousand.toFixed(2),
  ];
  return [
    [
      'By camera',
      [
        cameraHead,
        ...byCamera.map((each) => cameraRow(each.cameraId, each)),
        cameraRow('all', total),
      ],
    ],
    [
      'By watchlist',
      [
        ['watchlist', 'purpose', 'authorisation', ...columns],
        ...byWatchlist.map((each) => [each.name, each.purpose, each.authorisation, ...cells(each)]),
      ],
    ],
    [
      'What came of confirmed alerts, by camera',
      [
        ['camera', ...outcomeHead],
        ...byCamera.map((each) => [each.cameraId, ...outcomeCells(each)]),
        ['all', ...outcomeCells(total)],
      ],
    ],
    [
      'What came of confirmed alerts, by watchlist',
      [
        ['watchlist', ...outcomeHead],
        ...byWatchlist.map((each) => [each.name, ...outcomeCells(each)]),
      ],
    ],
    [
      'Acts on record',
      [
        ['act', 'times'],
        ...report.acts.map(({ what, count }) => [acts[what] ?? what, count]),
        ['Alerts deleted by retention', report.purged.alerts],
        ['Watchlists deleted by retention', report.purged.watchlists],
      ],
    ],
  ];
}

const outcomeNames: Readonly<Record<AlertOutcome, string>> = {
  stopped: 'stopped or spoken to',
  identified: 'identified by a document',
  same_person: 'was the person',
  other_person: 'was another person',
  not_found: 'not found',
  no_action: 'no action',
};

const outcomeHead = ['confirmed', ...alertOutcomes.map((each) => outcomeNames[each]), 'not said'];

function outcomeCells({ confirmed, outcomes }: AlertOutcomes): Cell[] {
  const counts = alertOutcomes.map((each) => outcomes[each]);
  const said = counts.reduce((sum, count) => sum + count, 0);
  return [confirmed, ...counts, confirmed - said];
}

type Cell = string | number | null;

function cells(of: AlertOutcomes): Cell[] {
  const minutes = (ms: number | null) => (ms === null ? null : (ms / 60_000).toFixed(1));
  return [
    of.alerts,
    of.sightings,
    of.confirmed,
    of.dismissed,
    of.open,
    minutes(of.reviewMedian),
    minutes(of.reviewNinetieth),
  ];
}

/** What the figures mean, and what they leave out. */
function notesOf({ from, logBegins, madeAt, to, total }: TransparencyReport): string[] {
  return [
    `From ${iso(from)} to ${iso(to)}; made ${iso(madeAt)} from the audit log and the counts of people seen.`,
    ...(logBegins === null
      ? []
      : [`The log begins ${iso(logBegins)}: what came before is not in this report.`]),
    ...(total.peopleSeen === null ? ['How many people were seen is not known here.'] : []),
    'People seen: tracks of faces that were compared with watchlists; somebody who comes twice counts twice.',
    'Alerts were raised in the period; their decisions count whenever they came, the last one where there are several.',
    'What came of a confirmed alert is what people said of it, the last where they said several things; was another person: the confirmation was wrong.',
    'A dismissed alert is one that people judged to show somebody else. A confirmed one is a judgement too, not a proof.',
  ];
}

/** As one page without scripts. */
export function reportAsHtml(report: TransparencyReport): string {
  const tables = tablesOf(report).map(([title, [head = [], ...rows]]) => {
    const line = (tag: 'th' | 'td', row: readonly Cell[]) =>
      `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell ?? '–'))}</${tag}>`).join('')}</tr>`;
    return `<table><caption>${escapeHtml(title)}</caption><thead>${line('th', head)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>Transparency report</title>
<style>${style}</style></head><body>
<h1>Transparency report</h1>
${notesOf(report)
  .map((note) => `<p>${escapeHtml(note)}</p>`)
  .join('\n')}
${tables.join('\n')}
</body></html>
`;
}

/** As comma-separated values (RFC 4180), the tables one below the other. */
export function reportAsCsv(report: TransparencyReport): string {
  const lines = [
    ...notesOf(report).map((note) => [note]),
    ...tablesOf(report).flatMap(([title, rows]) => [[], [title], ...rows]),
  ];
  return lines.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

/** A cell that a spreadsheet would take for a formula begins with an apostrophe. */
function quoted(cell: Cell): string {
  const text = String(cell ?? '');
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
