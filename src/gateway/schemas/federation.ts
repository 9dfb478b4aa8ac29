import { z } from 'zod';
import { federationBounds } from '../../domain/bounds.ts';
import { siteIdPattern } from '../../domain/federation.ts';
import { wallTime } from './values.ts';

const heldLists = z
  .array(
    z.object({
      id: z.string(),
      version: z.int().min(0).describe('The one that all is there of; 0 while it comes'),
      people: z.int().min(0),
    }),
  )
  .readonly();

const connected = z.boolean().describe('Whether the NATS server is reached');

export const federationSchema = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('none') }),
    z.object({
      role: z.literal('site'),
      site: z.string(),
      connected,
      heardAt: wallTime.nullable().describe('Last answer of the centre since the start'),
      lists: heldLists.describe('Lists of the centre; they are changed there alone'),
      refused: z.array(z.object({ id: z.string(), why: z.string() })).readonly(),
      alerts: z
        .object({
          waiting: z.int().min(0).describe('Those that the centre does not have as they are'),
          oldestAt: wallTime.nullable().describe('When the one raised first of them was'),
          lost: z.int().min(0).describe('Since the start: deleted before the centre had them'),
          fault: z.string().nullable().describe('Why the last was not taken'),
        })
        .describe('Alerts on their way to the centre'),
    }),
    z.object({
      role: z.literal('centre'),
      connected,
      sites: z
        .array(
          z.object({
            site: z.string(),
            heardAt: wallTime.nullable().describe('Its last message since the start'),
            up: z.boolean().describe('Whether it was heard in the last minute'),
            lists: heldLists.describe('What it said that it has'),
            behind: z.array(z.string()).readonly().describe('Lists that it lacks as they are here'),
            waiting: z
              .int()
              .min(0)
              .nullable()
              .describe('Alerts that it says are not all here; null where it does not say'),
            late: z
              .int()
              .min(0)
              .nullable()
              .describe('Alerts that came over a minute after they were raised, since the start'),
          }),
        )
        .readonly(),
      lists: z
        .array(z.object({ id: z.string(), sites: z.array(z.string()).readonly() }))
        .readonly()
        .describe('Which lists go where'),
    }),
  ])
  .describe('What this installation is to others: a site, a centre, or neither');

export const listSitesBody = z.strictObject({
  sites: z
    .array(z.string().regex(siteIdPattern))
    .max(federationBounds.sites)
    .describe('Ids of the configuration; the list goes to these and to no others'),
});

export const listSitesSchema = z.object({ sites: z.array(z.string()).readonly() });
