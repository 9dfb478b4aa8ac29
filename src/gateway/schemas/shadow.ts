import { z } from 'zod';
import { shadowEnds } from '../../domain/shadow.ts';
import { wallTime } from './values.ts';

const share = z.object({
  count: z.int().min(0),
  of: z.int().min(0),
  interval: z
    .tuple([z.number(), z.number()])
    .readonly()
    .describe("Of the share, 95 %, Wilson's; 0 to 1 where `of` is 0"),
});

const figures = {
  tracks: z.int().min(0).describe('Tracks that both versions judged'),
  both: z.int().min(0).describe('Which both would report'),
  onlyInUse: z.int().min(0),
  onlyNew: z.int().min(0),
  neither: z.int().min(0),
  kept: share.describe('Of what the version in use reported: what the new one would report'),
  added: share.describe('Of what the version in use did not report: what the new one would'),
  samePerson: share.describe('Of `both`: what both report as the same person'),
  sameNearest: share.describe('Of all tracks: who resembles the same person most by both'),
  confirmed: share.describe('Of alerts that people confirmed since: what the new one would raise'),
  dismissed: share.describe('Of alerts that people dismissed since: what the new one would raise'),
  milliseconds: z.number().nullable().describe('That the new version takes for a track, mean'),
};

const bins = z.array(z.object({ from: z.number(), count: z.int() })).readonly();

export const shadowSchema = z
  .object({
    shadow: z
      .object({
        name: z.string(),
        version: z.string(),
        startedAt: wallTime,
        until: wallTime,
        endedAt: wallTime.nullable().describe('Null while it runs'),
        end: z.enum(shadowEnds).nullable(),
        share: z.number().describe('Of one processor core, that it may take'),
        progress: z
          .object({
            state: z.enum(['waiting', 'templates', 'comparing', 'failed']),
            fault: z.string().nullable(),
            templates: z.object({
              made: z.int(),
              pending: z.int(),
              failed: z.int().describe('Enrolled pictures that give none by these models'),
            }),
            dropped: z
              .object({ busy: z.int(), templates: z.int(), failed: z.int() })
              .describe('Tracks that it did not judge'),
            busySeconds: z.number(),
            seconds: z.number(),
          })
          .nullable()
          .describe('Null for tokens limited to some cameras or lists'),
        lists: z
          .array(
            z.object({
              watchlistId: z.string(),
              watchlistName: z.string(),
              ...figures,
              cameras: z.array(z.object({ cameraId: z.string(), ...figures })).readonly(),
              scores: z
                .object({ inUse: bins, new: bins })
                .describe('Best score of each track, bins of 0.02; empty ones are left out'),
            }),
          )
          .readonly()
          .describe('Of lists and cameras that the caller may see'),
      })
      .nullable()
      .describe('The run under way, else the last one; null where there was none'),
  })
  .describe('Models of another version beside those in use: counts of what they would have done');
