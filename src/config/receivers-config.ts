import { z } from 'zod';
import { mostCameras, outboxBounds } from '../domain/bounds.ts';
import { noticeKinds, priorities } from '../domain/outbox/notice.ts';
import { receiverLanguages, receiverWays, sentPictures } from '../domain/outbox/receiver.ts';
import { type Template, templateFields, unknownFields } from '../domain/outbox/template.ts';
import { boundedSize } from './byte-size.ts';
import { boundedDuration } from './duration.ts';
import { endpoint } from './endpoint.ts';
import { timesConfig } from './scene-config.ts';
import { secretHeaders, secretReference } from './secret.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
  error: 'must be lower-case letters, digits, "-" or "_", at most 63',
});

const ids = z.union([z.literal('*'), z.array(z.string().min(1)).min(1).max(mostCameras)]);

/** An IP address or network. */
export const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address or network',
});

/** What a receiver is sent; each setting that is left out lets everything through. */
export const rulesConfig = z
  .strictObject({
    events: z
      .array(z.enum(noticeKinds))
      .min(1)
      .max(noticeKinds.length)
      .default([...noticeKinds]),
    watchlists: ids.default('*'),
    cameras: ids.default('*'),
    leastPriority: z.enum(priorities).default('low'),
    leastScore: z.number().gt(-1).lt(1).optional(),
    schedule: timesConfig.optional(),
    quietHours: timesConfig.optional(),
    /** What is sent in quiet hours all the same; without it nothing is. */
    quietExcept: z.enum(priorities).optional(),
  })
  .refine(({ quietExcept, quietHours }) => quietExcept === undefined || quietHours !== undefined, {
    error: 'must have "quietHours" where it has "quietExcept"',
  })
  .prefault({});

/** What of an alert leaves the program; without it where and when alone. */
const showConfig = z
  .strictObject({
    names: z.boolean().default(false),
    scores: z.boolean().default(false),
    pictures: z.array(z.enum(sentPictures)).max(sentPictures.length).default([]),
  })
  .refine(
    ({ pictures }) =>
      !pictures.includes('enhanced') || pictures.includes('face') || pictures.includes('frame'),
    {
      error: 'must send "face" or "frame" beside "enhanced", which a machine made',
      path: ['pictures'],
    },
  )
  .prefault({});

const template = z
  .json()
  .refine((value) => JSON.stringify(value).length <= 16_384, { error: 'must be at most 16 KiB' })
  .refine((value) => unknownFields(value as Template).length === 0, {
    error: `must name no other fields than ${templateFields.map((one) => `{{${one}}}`).join(', ')}`,
  })
  .transform((value) => value as Template);

const webhookConfig = z.strictObject({
  /** The address, or where it is written if it holds a secret. */
  url: z.union([endpoint('https://example.org/hooks/nightglass'), secretReference]),
  /** Signs each message; of two, the older one is on its way out. */
  secret: secretReference.optional(),
  oldSecret: secretReference.optional(),
  headers: secretHeaders,
  timeout: boundedDuration(100, 120_000).prefault('10s'),
  /** Body in place of a CloudEvent, for services with a form of their own. */
  template: template.optional(),
  /** Addresses of this machine and of private networks that it may be at. */
  allow: z.array(network).max(32).default([]),
  /** Certificates to trust in place of those of the machine, PEM. */
  ca: z.string().min(1).optional(),
});

const brokerUrl = z.string().superRefine((text, context) => {
  const url = URL.parse(text);
  const fault = (message: string) =>
    context.addIssue({ code: 'custom', message, params: { secret: true } });
  if (url === null || !['mqtt:', 'mqtts:'].includes(url.protocol)) {
    fault('must be an address such as mqtts://broker.example.org:8883');
  } else if (`${url.username}${url.password}${url.search}${url.pathname}` !== '') {
    fault('must hold host and port alone; the login is "username" and "password" beside it');
  }
});

const topic = z.string().regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, {
  error: 'must be words of letters, digits, "-" and "_" with "/" between them',
});

const mqttConfig = z
  .strictObject({
    url: brokerUrl,
    version: z.enum(['3.1.1', '5']).default('5'),
    username: z.string().min(1).optional(),
    password: secretReference.optional(),
    /** Begins all topics. */
    topic: topic.max(100).default('nightglass'),
    /** Prefix of Home Assistant's discovery; without it nothing is told of entities. */
    homeAssistant: topic.max(100).optional(),
    /** Whether the broker keeps the picture of the last alert. */
    keepPictures: z.boolean().default(false),
    /** Whether what others publish there arms and disarms cameras and watchlists of the rule. */
    commands: z.boolean().default(false),
    timeout: boundedDuration(100, 120_000).prefault('10s'),
    allow: z.array(network).max(32).default([]),
    ca: z.string().min(1).optional(),
  })
  .refine(({ username, password }) => password === undefined || username !== undefined, {
    error: 'must have a "username" beside the "password"',
  });

const mailAddress = z
  .string()
  .max(320)
  .regex(/^(?:[^<>\r\n"]{1,100} <[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)$/, {
    error: 'must be an address such as control@example.org or Control room <control@example.org>',
  });

const emailConfig = z
  .strictObject({
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, { error: 'must be a host' }),
    /** Default 587, with `tls: implicit` 465. */
    port: z.int().min(1).max(65_535).optional(),
    /** `none` only in networks of one's own, which `allow` names. */
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    username: z.string().min(1).optional(),
    password: secretReference.optional(),
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(50),
    /** What comes within so long goes into one mail. */
    digest: boundedDuration(60_000, 86_400_000).optional(),
    timeout: boundedDuration(1_000, 300_000).prefault('30s'),
    allow: z.array(network).max(32).default([]),
    ca: z.string().min(1).optional(),
  })
  .refine(({ username, password }) => (password === undefined) === (username === undefined), {
    error: 'must have both "username" and "password", or neither',
  });

/** Somebody outside who is sent what happens. */
const receiverConfig = z
  .strictObject({
    id,
    language: z.enum(receiverLanguages).default('en'),
    /** Address of the dashboard, for links. */
    dashboard: endpoint('https://nightglass.example.org').optional(),
    rules: rulesConfig,
    show: showConfig,
    webhook: webhookConfig.optional(),
    mqtt: mqttConfig.optional(),
    email: emailConfig.optional(),
  })
  .refine((receiver) => receiverWays.filter((way) => receiver[way] !== undefined).length === 1, {
    error: `must have one of ${receiverWays.map((way) => `"${way}"`).join(', ')}`,
  });

export const receiversConfig = z
  .array(receiverConfig)
  .max(outboxBounds.receivers)
  .superRefine((receivers, context) => {
    const seen = new Set<string>();
    for (const [index, { id, webhook }] of receivers.entries()) {
      if (seen.has(id)) {
        const message = 'must be unique; another receiver has it already';
        context.addIssue({ code: 'custom', path: [index, 'id'], message });
      }
      seen.add(id);
      if (webhook?.oldSecret !== undefined && webhook.secret === undefined) {
        const message = 'must have a "secret" beside the "oldSecret"';
        context.addIssue({ code: 'custom', path: [index, 'webhook', 'oldSecret'], message });
      }
    }
  })
  .default([]);

/** What waits for receivers, in the database. */
export const outboxConfig = {
  /** Deliveries that wait for a receiver; beyond it the oldest become dead letters. */
  maxWaiting: z.int().min(outboxBounds.waiting[0]).max(outboxBounds.waiting[1]).default(50_000),
  maxBytes: boundedSize(...outboxBounds.bytes).prefault('64MiB'),
  maxDead: z.int().min(outboxBounds.dead[0]).max(outboxBounds.dead[1]).default(10_000),
  /** What a receiver has not taken for so long becomes a dead letter. */
  giveUpAfter: boundedDuration(...outboxBounds.giveUpAfter).prefault('24h'),
  keepDead: boundedDuration(...outboxBounds.keepDead).prefault('30d'),
};

export type ReceiverConfig = z.output<typeof receiverConfig>;
export type WebhookConfig = z.output<typeof webhookConfig>;
export type EmailConfig = z.output<typeof emailConfig>;
export type MqttConfig = z.output<typeof mqttConfig>;
