import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReceiverConfig } from '../config/receivers-config.ts';
import { readSecret, readSecretHeaders } from '../config/secret.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import { privateNetworks, targetRules } from '../services/cameras/target-rules.ts';
import type { Sender } from '../services/outbox/sender.ts';
import { webhookKey } from '../services/outbox/webhook/sign-webhook.ts';
import { webhookSender } from '../services/outbox/webhook/webhook-sender.ts';
import type { Foundation } from './foundation.ts';
import { version } from './version.ts';

/** A receiver with all that is needed to reach it, its secrets read. */
export interface ConfiguredReceiver {
  readonly receiver: Receiver;
  open(): Sender;
}

type Reading = Pick<Foundation, 'baseDir' | 'clock' | 'config' | 'env'>;

/**
 * The receivers of the configuration.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a secret or address that cannot be used
 */
export function configuredReceivers(reading: Reading): ConfiguredReceiver[] {
  return reading.config.receivers.map((config, index) => {
    const url = addressOf(config, `receivers[${index}].webhook.url`, reading);
    const receiver = receiverOf(config, new URL(url).host);
    const options = webhookOptions(config, url, `receivers[${index}].webhook`, reading);
    return { receiver, open: () => webhookSender(options) };
  });
}

/** @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` */
function addressOf({ id, webhook }: ReceiverConfig, where: string, reading: Reading): string {
  const { baseDir, env } = reading;
  const text =
    typeof webhook.url === 'string' ? webhook.url : readSecret(webhook.url, where, baseDir, env);
  const url = URL.parse(text.trim());
  const refuse = (why: string): never => {
    // The address may be a secret: it is not quoted.
    throw new NightglassError('CONFIG_INVALID', `Cannot send to the receiver ${id}: ${why}`, {
      hint: `Correct ${where}.`,
    });
  };
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return refuse('its address is none of the form https://…');
  }
  if (url.username !== '' || url.password !== '') return refuse('its address holds credentials');
  if (url.protocol === 'http:' && webhook.allow.length === 0) {
    return refuse('http:// goes to networks of one\'s own alone, which "allow" names');
  }
  return url.href;
}

function webhookOptions(
  { id, dashboard, language, webhook }: ReceiverConfig,
  url: string,
  where: string,
  { baseDir, clock, env }: Reading,
) {
  const keyOf = (name: 'secret' | 'oldSecret'): Buffer[] => {
    const reference = webhook[name];
    if (reference === undefined) return [];
    const path = `${where}.${name}`;
    return [webhookKey(readSecret(reference, path, baseDir, env), path)];
  };
  const rules = targetRules(privateNetworks, {
    allowed: webhook.allow,
    as: `the receiver ${id}`,
    hint: 'Its setting "allow" names the private networks that it may be in.',
  });
  return {
    url,
    keys: [...keyOf('secret'), ...keyOf('oldSecret')],
    headers: readSecretHeaders(webhook.headers, `${where}.headers`, baseDir, env),
    timeoutMs: webhook.timeout,
    template: webhook.template,
    language,
    dashboard,
    ...(webhook.ca === undefined ? {} : { ca: readPem(webhook.ca, `${where}.ca`, baseDir) }),
    addresses: (host: string) => rules.addresses(host),
    clock,
    version,
  };
}

/** A receiver as the configuration has it, without how it is reached. */
function receiverOf({ id, language, rules, show }: ReceiverConfig, host: string): Receiver {
  const { leastScore = null, schedule = null, quietHours, quietExcept = null, ...rest } = rules;
  const quiet = quietHours === undefined ? null : { ...quietHours, except: quietExcept };
  const all = { ...rest, leastScore, schedule, quietHours: quiet };
  return { id, by: 'webhook', host, rules: all, show, language };
}

/** @throws NightglassError `CONFIG_INVALID` */
function readPem(file: string, where: string, baseDir: string): string {
  try {
    return readFileSync(resolve(baseDir, file), 'utf8');
  } catch (cause) {
    throw new NightglassError('CONFIG_INVALID', `Cannot read ${where}: ${file}`, {
      hint: 'Check the path and who may read it.',
      cause,
    });
  }
}
