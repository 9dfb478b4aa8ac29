import { createHash } from 'node:crypto';
import type { ReceiverConfig } from '../config/receivers-config.ts';
import type { Receiver, ReceiverRules } from '../domain/outbox/receiver.ts';
import type { Sender } from '../services/outbox/sender.ts';
import { mailReceiver } from './mail-receiver.ts';
import { mqttReceiver } from './mqtt-receiver.ts';
import type { CameraFollower, ReceiverReading, SenderPlan } from './receiver-reading.ts';
import { webhookReceiver } from './webhook-receiver.ts';

/** A receiver with all that is needed to reach it. */
export interface ConfiguredReceiver {
  readonly receiver: Receiver;
  /** Hash of all that it is made of, secrets too: alike where nothing has changed. */
  readonly settings: string;
  open(): Sender & Partial<CameraFollower>;
}

/**
 * The receivers of the configuration.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a secret or address that cannot be used
 */
export function configuredReceivers(reading: ReceiverReading): ConfiguredReceiver[] {
  return reading.config.receivers.map((config, index) => {
    const plan = planOf(config, `receivers[${index}]`, reading);
    const receiver = receiverOf(config, plan);
    const settings = hashOf([config, receiver, plan.settings]);
    return { receiver, settings, open: () => plan.open(receiver) };
  });
}

function planOf(config: ReceiverConfig, where: string, reading: ReceiverReading): SenderPlan {
  if (config.webhook !== undefined) {
    return webhookReceiver(config, config.webhook, `${where}.webhook`, reading);
  }
  if (config.mqtt !== undefined) {
    return mqttReceiver(config.id, config.mqtt, `${where}.mqtt`, reading);
  }
  if (config.email !== undefined) {
    return mailReceiver(config, config.email, `${where}.email`, reading);
  }
  throw new TypeError(`The receiver ${config.id} has no way to it`);
}

/** Of what is data: clock, log and functions are alike for all. */
function hashOf(settings: readonly object[]): string {
  const text = JSON.stringify(settings, (key, value) =>
    key === 'clock' || key === 'log' ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

/** A receiver as the configuration has it, without how it is reached. */
function receiverOf(
  { id, language, rules, show }: ReceiverConfig,
  { by, host }: Pick<SenderPlan, 'by' | 'host'>,
): Receiver {
  return { id, by, host, rules: receiverRules(rules), show, language };
}

/** Rules as the configuration has them. */
export function receiverRules(rules: ReceiverConfig['rules']): ReceiverRules {
  const { leastScore = null, schedule = null, quietHours, quietExcept = null, ...rest } = rules;
  const quiet = quietHours === undefined ? null : { ...quietHours, except: quietExcept };
  return { ...rest, leastScore, schedule, quietHours: quiet };
}
