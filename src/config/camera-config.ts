import { z } from 'zod';
import { deviceEventKinds } from '../domain/onvif.ts';
import { boundedDuration } from './duration.ts';
import {
  faceSizeConfig,
  maskConfig,
  motionConfig,
  scheduleConfig,
  zoneConfig,
} from './scene-config.ts';
import { secretReference } from './secret.ts';

const cameraId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'must be lower-case letters, digits, "-" or "_", at most 63',
});

const cameraUrl = z.string().superRefine((text, context) => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as rtsp://192.0.2.10:554/stream1',
      params: { secret: true },
    });
    return;
  }
  if (url.username !== '' || url.password !== '') {
    context.addIssue({
      code: 'custom',
      message:
        'must not hold credentials; give them as "username" and "password: {env: VARIABLE}" beside it',
      params: { secret: true },
    });
  }
  if (!['rtsp:', 'rtsps:'].includes(url.protocol)) {
    context.addIssue({ code: 'custom', message: 'must start with rtsp:// or rtsps://' });
  }
});

const serviceAddress = z
  .string()
  .max(2000)
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), {
    error: 'must be an address such as http://192.0.2.10/onvif/device_service',
    abort: true,
    params: { secret: true },
  })
  .refine(
    (text) => {
      const { username, password, search } = new URL(text);
      return `${username}${password}${search}` === '';
    },
    {
      error: 'must hold neither credentials nor a query; the login is that of the camera',
      params: { secret: true },
    },
  );

/** What the camera itself is asked for beside its picture; with the camera's login. */
const cameraOnvif = z.strictObject({
  /** Of its device service. */
  address: serviceAddress,
  /** What it says of these is heard. */
  events: z.array(z.enum(deviceEventKinds)).min(1).max(deviceEventKinds.length),
});

/** How long a camera may take; for those that are slower, or should be given up sooner. */
const cameraLimits = z
  .strictObject({
    /** To take a connection. */
    connect: boundedDuration(100, 60_000).prefault('2s'),
    /** To answer a request, and to agree on TLS. */
    answer: boundedDuration(500, 300_000).prefault('30s'),
    /** From packets to a picture: until the next key picture, at the start and later. */
    firstPicture: boundedDuration(1_000, 600_000).prefault('30s'),
    /** Without a packet. */
    silence: boundedDuration(1_000, 600_000).prefault('10s'),
  })
  .prefault({});

/** Whom to believe that a camera is the one meant, over rtsps. */
const cameraTls = z.strictObject({
  /** SHA-256 of the camera's own certificate. */
  fingerprint: z
    .string()
    .regex(/^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, {
      error: 'must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons',
    })
    .optional(),
  /** File with the certificates to trust, PEM; relative to the configuration file. */
  ca: z.string().min(1).optional(),
  /** The name in the certificate where it is not the host of the URL. */
  serverName: z.string().min(1).max(253).optional(),
  /** TLS 1.0 and 1.1 and weak ciphers, for cameras that know no better. */
  legacy: z.boolean().default(false),
});

/** Models that serve this camera in place of the usual ones. */
const cameraModels = z.strictObject({
  /** A variant of the denoiser: its name in the manifest, or the file of it that the manifest names. */
  denoise: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
    error: 'must be the name of a denoiser in the manifest, or its file there, without a folder',
  }),
});

/** One camera. */
export const cameraConfig = z.strictObject({
  id: cameraId,
  name: z.string().min(1).max(100).optional(),
  url: cameraUrl,
  /** A second, smaller stream of the same camera, for the preview alone. */
  previewUrl: cameraUrl.optional(),
  username: z.string().min(1).optional(),
  password: secretReference.optional(),
  /** `http` is RTSP in an HTTP tunnel; where the camera refuses one of `tcp` and `udp`, the other is tried. */
  transport: z.enum(['tcp', 'udp', 'http', 'multicast']).default('tcp'),
  limits: cameraLimits,
  /** Whether the password may go out as it is (basic authentication) without TLS. */
  allowBasic: z.boolean().default(false),
  tls: cameraTls.optional(),
  onvif: cameraOnvif.optional(),
  models: cameraModels.optional(),
  hardware: z
    .union([z.literal(false), z.enum(['auto', 'vaapi', 'cuda', 'qsv', 'videotoolbox'])])
    .default(false),
  /** Turns the picture clockwise, for cameras that hang on their side or head. */
  rotate: z
    .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)], {
      error: 'must be 0, 90, 180 or 270',
    })
    .default(0),
  /** Left and right change places, after the turn. */
  mirror: z.boolean().default(false),
  /** Privacy masks, rectangles or polygons, blackened before anything sees the picture. */
  masks: z.array(maskConfig).max(32).default([]),
  /** Faces are looked for where something moves. */
  motion: motionConfig,
  /** Where faces count; everywhere where there are none. */
  zones: z.array(zoneConfig).max(16).default([]),
  faceSize: faceSizeConfig.optional(),
  /** When it is analysed; always without one. */
  schedule: scheduleConfig.optional(),
  enabled: z.boolean().default(true),
});

export type CameraConfig = z.output<typeof cameraConfig>;
