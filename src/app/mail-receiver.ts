import type { EmailConfig, ReceiverConfig } from '../config/receivers-config.ts';
import { readSecret } from '../config/secret.ts';
import { MailSender } from '../services/outbox/mail/mail-sender.ts';
import {
  assertOwnNetwork,
  type ReceiverReading,
  receiverAddresses,
  type SenderPlan,
  trusted,
} from './receiver-reading.ts';

/** A receiver that is written to by mail. @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` */
export function mailReceiver(
  { id, dashboard, language }: ReceiverConfig,
  config: EmailConfig,
  where: string,
  { baseDir, clock, env, log }: ReceiverReading,
): SenderPlan {
  const { allow, ca, digest, from, host, timeout, tls, to, username } = config;
  const { port = tls === 'implicit' ? 465 : 587 } = config;
  if (tls === 'none') assertOwnNetwork(id, allow, 'mail without TLS');
  const password =
    config.password && readSecret(config.password, `${where}.password`, baseDir, env);
  const options = {
    ...{ receiverId: id, host, port, tls, from, to, language, dashboard, clock, log },
    ...{ timeoutMs: timeout, addresses: receiverAddresses(id, allow) },
    ...trusted(ca, where, baseDir),
    ...(digest === undefined ? {} : { digestMs: digest }),
    ...(username === undefined || password === undefined
      ? {}
      : { login: { user: username, pass: password } }),
  };
  return {
    by: 'email',
    host: `${host}:${port}`,
    settings: options,
    open: () => new MailSender(options),
  };
}
