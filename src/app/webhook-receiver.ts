import type { ReceiverConfig, WebhookConfig } from '../config/receivers-config.ts';
import { readSecret, readSecretHeaders } from '../config/secret.ts';
import { NightglassError } from '../domain/errors.ts';
import { webhookKey } from '../services/outbox/webhook/sign-webhook.ts';
import { webhookSender } from '../services/outbox/webhook/webhook-sender.ts';
import {
  assertOwnNetwork,
  type ReceiverReading,
  receiverAddresses,
  type SenderPlan,
  trusted,
} from './receiver-reading.ts';
import { version } from './version.ts';

/** A receiver that takes messages by POST. @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` */
export function webhookReceiver(
  { id, dashboard, language }: ReceiverConfig,
  config: WebhookConfig,
  where: string,
  reading: ReceiverReading,
): SenderPlan {
  const { baseDir, clock, env } = reading;
  const url = addressOf(id, config, `${where}.url`, reading);
  const keyOf = (name: 'secret' | 'oldSecret'): Buffer[] => {
    const reference = config[name];
    if (reference === undefined) return [];
    const path = `${where}.${name}`;
    return [webhookKey(readSecret(reference, path, baseDir, env), path)];
  };
  const options = {
    ...{ url: url.href, language, dashboard, clock, version, template: config.template },
    keys: [...keyOf('secret'), ...keyOf('oldSecret')],
    headers: readSecretHeaders(config.headers, `${where}.headers`, baseDir, env),
    timeoutMs: config.timeout,
    addresses: receiverAddresses(id, config.allow),
    ...trusted(config.ca, where, baseDir),
  };
  return {
    by: 'webhook',
    host: url.host,
    settings: options,
    open: () => webhookSender(options),
  };
}

/** @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` */
function addressOf(
  id: string,
  { allow, url: given }: WebhookConfig,
  where: string,
  { baseDir, env }: ReceiverReading,
): URL {
  const text = typeof given === 'string' ? given : readSecret(given, where, baseDir, env);
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
  if (url.protocol === 'http:') assertOwnNetwork(id, allow, 'http://');
  return url;
}
