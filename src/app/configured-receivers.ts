import type { ReceiverConfig } from '../config/receivers-config.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { Sender } from '../services/outbox/sender.ts';
import { mailReceiver } from './mail-receiver.ts';
import { mqttReceiver } from './mqtt-receiver.ts';
import type { CameraFollower, ReceiverReading, SenderPlan } from './receiver-reading.ts';
import { webhookReceiver } from './webhook-receiver.ts';

/** A receiver with all that is needed to reach it. */
export interface ConfiguredReceiver {
  readonly receiver: Receiver;
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
    return { receiver, open: () => plan.open(receiver) };
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

/** A receiver as the configuration has it, without how it is reached. */
function receiverOf(
  { id, language, rules, show }: ReceiverConfig,
  { by, host }: Pick<SenderPlan, 'by' | 'host'>,
): Receiver {
  const { leastScore = null, schedule = null, quietHours, quietExcept = null, ...rest } = rules;
  const quiet = quietHours === undefined ? null : { ...quietHours, except: quietExcept };
  const all = { ...rest, leastScore, schedule, quietHours: quiet };
  return { id, by, host, rules: all, show, language };
}
