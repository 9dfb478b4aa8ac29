import { z } from 'zod';
import { priorities } from '../../domain/outbox/notice.ts';
import { receiverLanguages } from '../../domain/outbox/receiver.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import { wallTime } from './values.ts';

const settings = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(pushBounds.name)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, { error: 'must hold no hidden characters' })
    .describe('What its owner calls it'),
  language: z.enum(receiverLanguages),
  leastPriority: z.enum(priorities).describe('What is less urgent is not sent'),
};

const key = z.string().regex(/^[A-Za-z0-9_-]{1,120}={0,2}$/, { error: 'must be base64url' });

/** As `PushSubscription.toJSON()` has it, with what the owner wants. */
export const pushDeviceBody = z.strictObject({
  ...settings,
  endpoint: z.string().min(1).max(pushBounds.endpoint),
  keys: z.strictObject({ p256dh: key, auth: key }),
});

export const pushDeviceSchema = z.object({
  id: z.string(),
  ...settings,
  host: z.string().describe('Of the push service of its browser'),
  fingerprint: z
    .string()
    .describe('SHA-256 of its address, base64url: by it a browser knows which one it is'),
  createdAt: wallTime,
  lastDeliveredAt: wallTime.nullable().describe('Since the start of the program'),
  fault: z
    .object({ since: wallTime, reason: z.string() })
    .nullable()
    .describe('Why nothing can be sent to it'),
  nextAt: wallTime.nullable().describe('When it is tried again'),
});

export const pushSchema = z.object({
  enabled: z.boolean().describe('Whether alerts can be sent to devices'),
  publicKey: z.string().nullable().describe('What a browser subscribes with (VAPID), base64url'),
  devices: z.array(pushDeviceSchema).describe("The caller's own"),
  most: z.number().describe('Devices that the caller may have'),
  all: z.number().nullable().describe('Devices of all; null but for administrators of all'),
});

export const pushTestSchema = z.object({
  ok: z.boolean(),
  reason: z.string().nullable().describe('Why it was not taken'),
});
