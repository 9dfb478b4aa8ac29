import { z } from 'zod';
import { cameraStatusSchema } from './camera.ts';
import { box, matchScores, qualityScore, verdict, wallTime } from './values.ts';

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'failing']),
  version: z.string(),
  ready: z.boolean().optional(),
  uptimeSeconds: z.number().optional(),
  problems: z
    .array(z.object({ code: z.string(), message: z.string(), cameraId: z.string().optional() }))
    .optional(),
  providers: z
    .array(
      z.object({
        model: z.string(),
        task: z.string(),
        provider: z.string(),
        requested: z.string(),
        precision: z.string(),
        partly: z.boolean().optional().describe('True when the CPU runs some of its operators'),
      }),
    )
    .optional(),
  cameras: z.array(cameraStatusSchema).optional(),
  store: z.object({ writable: z.boolean(), message: z.string().optional() }).optional(),
  framesDropped: z.record(z.string(), z.number()).optional(),
  clients: z.int().optional().describe('Open event sockets'),
});

export const readySchema = z.object({ ready: z.boolean() });

export const searchSchema = z.object({
  faces: z.array(
    z.object({
      box,
      quality: qualityScore,
      verdict,
      candidates: z.array(
        z.object({
          watchlistId: z.string(),
          watchlistName: z.string(),
          personId: z.string(),
          personName: z.string(),
          templateId: z.string(),
          scores: matchScores,
          threshold: z.number(),
          fpir: z.number(),
          gallerySize: z.int(),
          matched: z.boolean(),
        }),
      ),
    }),
  ),
});

export const auditSchema = z.object({
  records: z.array(
    z.object({
      sequence: z.int(),
      at: wallTime,
      who: z.string(),
      what: z.string(),
      target: z.string(),
      detail: z.unknown(),
      previous: z.string(),
      hash: z.string(),
    }),
  ),
});

export const reloadSchema = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
});
