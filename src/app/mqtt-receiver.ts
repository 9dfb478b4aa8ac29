import type { MqttConfig } from '../config/receivers-config.ts';
import { readSecret } from '../config/secret.ts';
import { mqttClientId } from '../services/outbox/mqtt/client-id.ts';
import { MqttSender } from '../services/outbox/mqtt/mqtt-sender.ts';
import { installationIdIn } from '../store/installation-id.ts';
import {
  assertOwnNetwork,
  type ReceiverReading,
  receiverAddresses,
  type SenderPlan,
  trusted,
} from './receiver-reading.ts';
import { version as productVersion } from './version.ts';

/** A receiver that is a topic of a broker. @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` */
export function mqttReceiver(
  id: string,
  config: MqttConfig,
  where: string,
  { baseDir, clock, dataDir, env, log }: ReceiverReading,
): SenderPlan {
  const { allow, ca, commands, homeAssistant, keepPictures, timeout, topic, username, version } =
    config;
  const url = new URL(config.url);
  if (url.protocol === 'mqtt:') assertOwnNetwork(id, allow, 'mqtt://');
  const password =
    config.password && readSecret(config.password, `${where}.password`, baseDir, env);
  const options = {
    ...{ url, version, topic, homeAssistant, keepPictures, timeoutMs: timeout, clock },
    ...{ commands, log },
    ...{ productVersion, addresses: receiverAddresses(id, allow) },
    ...trusted(ca, where, baseDir),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  return {
    by: 'mqtt',
    host: url.host,
    settings: options,
    open: (receiver) => {
      const clientId = mqttClientId(installationIdIn(dataDir), id);
      return new MqttSender({ ...options, clientId, receiver });
    },
  };
}
