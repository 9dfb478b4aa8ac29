import { z } from 'zod';
import { noticeKinds, priorities } from '../../domain/outbox/notice.ts';
import { receiverLanguages, receiverWays, sentPictures } from '../../domain/outbox/receiver.ts';
import { weekdays } from '../../domain/schedule.ts';
import { wallTime } from './values.ts';

const ids = z.union([z.literal('*'), z.array(z.string())]);

const times = {
  timeZone: z.string(),
  times: z.array(
    z.object({
      days: z.array(z.enum(weekdays)),
      from: z.number().describe('Minutes after midnight'),
      to: z.number().describe('Past midnight where it is before `from`'),
    }),
  ),
};

const rules = z.object({
  events: z.array(z.enum(noticeKinds)),
  watchlists: ids,
  cameras: ids,
  leastPriority: z.enum(priorities),
  leastScore: z.number().nullable(),
  schedule: z.object(times).nullable().describe('At other times nothing is sent'),
  quietHours: z
    .object({ ...times, except: z.enum(priorities).nullable() })
    .nullable()
    .describe('At these times only what is at least as urgent as `except` is sent'),
});

export const receiverSchema = z.object({
  id: z.string(),
  by: z.enum(receiverWays),
  host: z.string().describe('Where it is; the rest of the address may be a secret'),
  language: z.enum(receiverLanguages),
  rules,
  show: z
    .object({
      names: z.boolean(),
      scores: z.boolean(),
      pictures: z.array(z.enum(sentPictures)),
    })
    .describe('What of an alert it is shown beside list, camera, time and state'),
  waiting: z.number().describe('Deliveries that wait'),
  dead: z.number().describe('Dead letters'),
  oldestAt: wallTime.nullable().describe('When the oldest that waits came'),
  lastDeliveredAt: wallTime.nullable().describe('Since the start of the program'),
  fault: z
    .object({ since: wallTime, reason: z.string() })
    .nullable()
    .describe('Why it takes nothing'),
  nextAt: wallTime.nullable().describe('When it is tried again'),
  counts: z
    .record(z.string(), z.number())
    .describe(
      'Since it was first configured: `delivered`, `retried`, `dead:REASON`, `lost:REASON`',
    ),
});

export const receiverTestSchema = z.object({
  ok: z.boolean(),
  milliseconds: z.number(),
  reason: z.string().nullable().describe('Why it was not taken'),
});

export const deadQuery = z.object({
  after: z.coerce
    .number<string | number>()
    .int()
    .min(0)
    .default(0)
    .describe('`next` of the page before'),
  limit: z.coerce.number<string | number>().int().min(1).max(500).default(100),
});

export const deadLetterSchema = z.object({
  number: z.number(),
  kind: z.enum(noticeKinds),
  alertId: z.string().nullable(),
  createdAt: wallTime,
  deadAt: wallTime,
  attempts: z.number(),
  reason: z.string(),
});

export const resendBody = z.strictObject({
  numbers: z.union([z.literal('all'), z.array(z.int().min(1)).min(1).max(1000)]),
});
