import type { z } from 'zod';
import type { statisticsSchema } from '../../../src/gateway/schemas/statistics.ts';

/** What became of the alerts of a time, by the gateway's own schema. */
export type Statistics = z.infer<typeof statisticsSchema>;
export type VerdictCounts = Statistics['total'];
export type Suggestion = Statistics['suggestions'][number];
