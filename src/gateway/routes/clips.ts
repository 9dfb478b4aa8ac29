import { z } from 'zod';
import { maxSightings } from '../../domain/alert.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import { clipFacesSchema } from '../schemas/clip.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';

const byAppearance = z.object({
  id,
  appearance: z.coerce
    .number()
    .int()
    .min(0)
    .max(maxSightings)
    .describe("0: the alert's own; else the sighting's number"),
});

/** Clips of alerts and sightings, under the rights of their pictures. */
export function clipRoutes({ services, auditor }: RouteContext): Route[] {
  const visible = visibleIn(services);
  return [
    route({
      method: 'GET',
      path: '/api/alerts/:id/clips/:appearance',
      role: 'operator',
      summary: 'The seconds around an appearance, MP4 as the camera coded it; parts by `Range`',
      params: byAppearance,
      answers: { 200: 'video/mp4', 206: 'video/mp4' },
      async handle({ principal, params }) {
        const { file } = await visible.clip(params.id, params.appearance, principal);
        await auditor.viewed(principal.name, params.id);
        return { file, contentType: 'video/mp4' };
      },
    }),
    route({
      method: 'GET',
      path: '/api/alerts/:id/clips/:appearance/faces',
      role: 'operator',
      summary: 'What was seen in a clip, and when its pictures are shown',
      params: byAppearance,
      answers: { 200: clipFacesSchema },
      async handle({ principal, params }) {
        const { id: alertId, appearance } = params;
        const clip = await visible.clip(alertId, appearance, principal);
        await auditor.viewed(principal.name, alertId);
        const faces = await clip.faces();
        if (faces !== null) return { json: faces };
        throw new GatewayError('NOT_FOUND', `Alert ${alertId} has no clip ${appearance}`);
      },
    }),
  ];
}
