import { z } from 'zod';
import type { ArmingKind } from '../domain/arming.ts';
import { armingBounds } from '../domain/arming-bounds.ts';
import { timesConfig } from './scene-config.ts';

const ids = z.array(z.string().min(1).max(63)).max(armingBounds.named).default([]);

/** When cameras and watchlists are armed; those that none names are armed always. */
export const armingConfig = {
  schedules: z
    .array(
      timesConfig
        .extend({ cameras: ids, watchlists: ids })
        .refine(({ cameras, watchlists }) => cameras.length + watchlists.length > 0, {
          error: 'must name "cameras" or "watchlists"',
        }),
    )
    .max(armingBounds.schedules)
    .superRefine((schedules, context) => {
      const seen = new Set<string>();
      for (const [index, schedule] of schedules.entries()) {
        for (const kind of ['cameras', 'watchlists'] as const) {
          for (const [at, id] of schedule[kind].entries()) {
            if (seen.has(`${kind} ${id}`)) {
              const message = 'must stand in one schedule alone';
              context.addIssue({ code: 'custom', path: [index, kind, at], message });
            }
            seen.add(`${kind} ${id}`);
          }
        }
      }
    })
    .default([]),
};

export type ArmingScheduleConfig = z.output<(typeof armingConfig)['schedules']>[number];

/** What stands in a schedule, each camera and watchlist by itself. */
export function scheduledSubjects({
  cameras,
  watchlists,
}: ArmingScheduleConfig): { readonly kind: ArmingKind; readonly id: string }[] {
  return [
    ...cameras.map((id) => ({ kind: 'camera' as const, id })),
    ...watchlists.map((id) => ({ kind: 'watchlist' as const, id })),
  ];
}
