import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecognitionFigures, RecognitionLevel } from '../domain/assessment/recognition.ts';
import { packageRoot } from './package-root.ts';

const interval = z.tuple([z.number(), z.number()]);
const report = z.object({
  date: z.iso.datetime(),
  fpir: z.number(),
  galleryPeople: z.number(),
  models: z.array(z.object({ task: z.string(), sha256: z.string() })),
  levels: z.array(
    z.object({
      level: z.string(),
      medianInterEyeDistance: z.number(),
      meanRecognisability: z.number(),
    }),
  ),
  rows: z.array(
    z.object({
      level: z.string(),
      kind: z.string(),
      branch: z.string(),
      probes: z.number(),
      rank1: z.number(),
      tpir: z.number(),
      intervals: z.object({ rank1: interval, tpir: interval }),
    }),
  ),
});
type Report = z.output<typeof report>;

/** The evaluation's report that ships with Nightglass. */
const shippedReport = join(packageRoot, 'docs/evaluation.json');

/**
 * How people were found at each level of quality, of the report that `nightglass evaluate` wrote:
 * of tracks and of single frames, by videos alone, as cameras see people.
 */
export function recognitionFigures(file: string = shippedReport): RecognitionFigures {
  const read = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  const recogniser = read.models.find(({ task }) => task === 'embed')?.sha256 ?? '';
  return {
    date: read.date,
    fpir: read.fpir,
    enrolled: read.galleryPeople,
    recogniser,
    tracks: levelsOf(read, 'track'),
    singles: levelsOf(read, 'single-video'),
  };
}

function levelsOf({ levels, rows }: Report, kind: string): RecognitionLevel[] {
  return levels.flatMap(({ level, medianInterEyeDistance: eyes, meanRecognisability }) => {
    const row = rows.find(
      (each) => each.level === level && each.kind === kind && each.branch === 'fused',
    );
    if (row === undefined) return [];
    const { probes, rank1, tpir, intervals } = row;
    const measured = (value: number, [low, high]: readonly [number, number]) => ({
      value,
      low,
      high,
    });
    return [
      {
        level,
        eyes,
        meanRecognisability,
        probes,
        rank1: measured(rank1, intervals.rank1),
        tpir: measured(tpir, intervals.tpir),
      },
    ];
  });
}
