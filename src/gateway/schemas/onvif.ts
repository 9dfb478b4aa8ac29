import { z } from 'zod';
import { onvifBounds } from '../../domain/bounds.ts';
import { streamAddressProblems } from '../../domain/onvif.ts';
import { cameraLogin } from './camera-setup.ts';

export const deviceBody = z.strictObject({
  address: z
    .string()
    .min(1)
    .max(onvifBounds.address)
    .describe('`http://` or `https://` of its device service, or its host alone'),
  login: cameraLogin.optional().describe('Of an ONVIF user of the device; not kept'),
  tls: z
    .strictObject({
      fingerprint: z.string().max(95).optional().describe('SHA-256 of its own certificate'),
      serverName: z.string().min(1).max(253).optional(),
      legacy: z.boolean().optional(),
    })
    .optional(),
});

export const foundDeviceSchema = z.object({
  address: z.string().describe('Of its device service, at the machine that answered'),
  name: z.string().nullable().describe('As the device says'),
  model: z.string().nullable(),
  location: z.string().nullable(),
  cameras: z.array(z.string()).describe('Cameras that are set up at its address already'),
});

const profileSchema = z.object({
  token: z.string(),
  name: z.string(),
  codec: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  framesPerSecond: z.number().nullable(),
  url: z.string().nullable().describe('Of its stream, at the device that was asked'),
  namedHost: z.string().nullable().describe('The host that the device named in place of its own'),
  problem: z.enum(streamAddressProblems).nullable().describe('Why there is no address'),
  hasSnapshot: z.boolean(),
});

export const deviceSchema = z.object({
  address: z.string(),
  manufacturer: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  serialNumber: z.string().nullable(),
  clockOffsetSeconds: z.number().nullable().describe('Its clock less that of this machine'),
  hasEvents: z.boolean().describe('Whether it tells of motion and tampering'),
  profiles: z.array(profileSchema),
});
