import { z } from 'zod';
import { durations, inferenceBounds, mostCameras, mostDenoisers } from '../domain/bounds.ts';
import { listReviewPolicies } from '../domain/list-review.ts';
import { accessConfig } from './access-config.ts';
import { armingConfig } from './arming-config.ts';
import { auditConfig } from './audit-config.ts';
import { backupConfig } from './backup-config.ts';
import { cameraConfig } from './camera-config.ts';
import { cameraTargetsConfig } from './camera-targets-config.ts';
import { clipsConfig } from './clips-config.ts';
import { clusterConfig } from './cluster-config.ts';
import { deploymentConfig } from './deployment-config.ts';
import { boundedDuration } from './duration.ts';
import { evidenceConfig } from './evidence-config.ts';
import { federationConfig } from './federation-config.ts';
import { footageConfig } from './footage-config.ts';
import { learningConfig } from './learning-config.ts';
import { limitsConfig } from './limits-config.ts';
import { onvifConfig } from './onvif-config.ts';
import { pushConfig } from './push-config.ts';
import { outboxConfig, receiversConfig } from './receivers-config.ts';
import { storeConfig } from './store-config.ts';
import { tracesConfig } from './telemetry-config.ts';
import { tlsConfig } from './tls-config.ts';
import { watchlistConfig } from './watchlist-config.ts';

const section = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

/**
 * The configuration file. Strict: an unknown key is an error. Each section is
 * optional, each value has the default that `config/example.yaml` states.
 */
export const configSchema = z
  .strictObject({
    /** Folder for the database, relative to the configuration file. */
    data: z.string().min(1).default('./data'),
    server: section({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8480),
      /** Path that everything is served below; requests without it are served too. */
      basePath: z
        .string()
        .max(200)
        .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,8}$/, {
          error: 'must be a path such as "/nightglass", without a slash at its end',
        })
        .optional(),
      /** Proxies before the gateway, whose word on who asks is believed. */
      proxies: z
        .array(
          z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
            error: 'must be an IP address or network',
          }),
        )
        .default([]),
      /** Certificate and key; without it plain HTTP. */
      tls: tlsConfig.optional(),
      /** Bounds on what clients may take of the program: see `gatewayLimitBounds`. */
      limits: section(limitsConfig),
    }),
    access: section(accessConfig),
    models: section({
      /** Path of a manifest; without it the models that ship with Nightglass. */
      manifest: z.string().min(1).optional(),
      /** Files of public keys; where there are any, models that none of them has signed are refused. */
      trusted: z.array(z.string().min(1)).max(8).default([]),
      /** Tried in this order. */
      providers: z
        .array(z.enum(['tensorrt', 'cuda', 'webgpu', 'cpu']))
        .min(1)
        .default(['cpu']),
      /** Whether a provider that is not there may be skipped. */
      fallback: z.boolean().default(false),
      /**
       * `int8`: where a model has it, else FP32. `auto`: FP16 on a GPU, FP32 on a CPU, where the
       * detector runs in INT8 if the processor multiplies bytes (VNNI, ARM dot product).
       */
      precision: z.enum(['auto', 'fp32', 'fp16', 'int8']).default('auto'),
      /** Within an operator, of each of the workers. */
      threads: z.int().min(1).max(64).default(1),
      /** Threads that look for faces, and that recognise them; default by the machine's cores. */
      workers: section({
        detect: z.int().min(1).max(inferenceBounds.detectThreads).optional(),
        faces: z.int().min(1).max(inferenceBounds.faceThreads).optional(),
      }),
      timeout: boundedDuration(...durations.inferenceTimeout).prefault('5s'),
    }),
    detection: section({
      /** Frames a second that are analysed, a camera. */
      rate: z.number().gt(0).max(60).default(5),
      /** The longer side of the picture that the detector sees, pixels. */
      inputSize: z.int().min(128).max(1920).multipleOf(32).default(640),
      minScore: z.number().gt(0).lt(1).default(0.5),
      /** Older frames are dropped unseen. */
      maxAge: boundedDuration(...durations.frameAge).prefault('1s'),
    }),
    tracking: section({
      /** How long a face may be hidden and still be the same track. */
      maxOcclusion: boundedDuration(...durations.occlusion).prefault('2s'),
      minHits: z.int().min(1).max(10).default(2),
    }),
    quality: section({
      minInterEyeDistance: z.number().min(2).max(200).default(6),
      minScore: z.number().min(0).max(100).default(45),
    }),
    keyframes: section({
      perTrack: z.int().min(1).max(50).default(5),
    }),
    alerts: section({
      /** How long a person must be out of view before the same camera alerts again. */
      quietPeriod: boundedDuration(...durations.quietPeriod).prefault('60s'),
      /** Somebody seen again within this time joins the undecided alert as a sighting; 0 for never. */
      joinWithin: boundedDuration(...durations.joinWithin).prefault('30m'),
      /** A face that keeps its place for so long is marked as still, and raises no further alert there. */
      stillAfter: boundedDuration(...durations.stillAfter).prefault('10m'),
    }),
    clips: section(clipsConfig),
    footage: section(footageConfig),
    store: section(storeConfig),
    audit: section(auditConfig),
    /** What people say about it, for reports. */
    deployment: section(deploymentConfig),
    /** Without it none are made but by command. */
    backup: backupConfig.optional(),
    evidence: section(evidenceConfig),
    /** Without it no face is taken for training. */
    learning: learningConfig.optional(),
    retention: section({
      /** After a longer time off, somebody must confirm the clock before anything is deleted. */
      clockGap: boundedDuration(...durations.clockGap).prefault('7d'),
      /** How long copies of the database are kept that were set aside: damaged, or before an upgrade. */
      damagedCopies: boundedDuration(...durations.retention).prefault('30d'),
    }),
    preview: section({
      enabled: z.boolean().default(true),
      /** Path of an ffmpeg program that encodes in place of the product's own encoder. */
      ffmpeg: z.string().min(1).optional(),
      /** Whether browsers that can may have H.264 and H.265 as the camera sends it. */
      passThrough: z.boolean().default(true),
    }),
    telemetry: section({
      /** Without it nothing is traced. */
      traces: tracesConfig.optional(),
    }),
    log: section({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    }),
    /** Without it everything runs in this process. */
    cluster: clusterConfig.optional(),
    /** A site of a control room, or that control room. */
    federation: federationConfig.optional(),
    cameraTargets: section(cameraTargetsConfig),
    onvif: section(onvifConfig),
    arming: section(armingConfig),
    outbox: section(outboxConfig),
    /** Who is sent what happens. */
    receivers: receiversConfig,
    /** Without it nobody gets alerts on a device. */
    push: pushConfig.optional(),
    cameras: z.array(cameraConfig).max(mostCameras).default([]),
    watchlists: z.array(watchlistConfig).max(256).default([]),
    review: section({
      /** Whether a new or materially changed list waits for somebody else before it matches. */
      watchlists: z.enum(listReviewPolicies).default('off'),
    }),
  })
  .superRefine((config, context) => {
    const seen = new Set<string>();
    config.cameras.forEach((camera, index) => {
      if (seen.has(camera.id)) {
        context.addIssue({
          code: 'custom',
          path: ['cameras', index, 'id'],
          message: 'must be unique; another camera has it already',
        });
      }
      seen.add(camera.id);
      if ((camera.username === undefined) !== (camera.password === undefined)) {
        context.addIssue({
          code: 'custom',
          path: ['cameras', index],
          message: 'must have both "username" and "password", or neither',
        });
      }
    });
    const denoisers = new Set(config.cameras.flatMap(({ models }) => models?.denoise ?? []));
    if (denoisers.size > mostDenoisers) {
      context.addIssue({
        code: 'custom',
        path: ['cameras'],
        message: `must name ${mostDenoisers} different denoisers at most, not ${denoisers.size}`,
      });
    }
    const lists = new Set<string>();
    config.watchlists.forEach((list, index) => {
      if (lists.has(list.id)) {
        context.addIssue({
          code: 'custom',
          path: ['watchlists', index, 'id'],
          message: 'must be unique; another watchlist has it already',
        });
      }
      lists.add(list.id);
      list.cameras.forEach((id, at) => {
        if (id !== '*' && !seen.has(id)) {
          context.addIssue({
            code: 'custom',
            path: ['watchlists', index, 'cameras', at],
            message: `must be the id of a camera above, or "*" for all`,
          });
        }
      });
    });
  });

export type Config = z.output<typeof configSchema>;
export type WatchlistConfig = Config['watchlists'][number];
