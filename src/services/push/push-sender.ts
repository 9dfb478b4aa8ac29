import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { Attempt } from '../../domain/outbox/delivery.ts';
import type { Priority } from '../../domain/outbox/notice.ts';
import type { PushAddress } from '../../domain/push/push-device.ts';
import { pushTreatment } from '../../domain/push/push-priority.ts';
import type { TargetRules } from '../cameras/target-rules.ts';
import { guardedPost } from '../outbox/webhook/guarded-post.ts';
import type { PushNotice } from './push-notice.ts';
import type { VapidKeys } from './vapid-keys.ts';

export interface PushSenderOptions {
  /** Known to push services (RFC 8292). */
  readonly keys: VapidKeys;
  /** Whom push services may write to. */
  readonly contact: string;
  readonly timeoutMs: number;
  readonly ca?: string;
  readonly addresses: TargetRules['addresses'];
  readonly clock: Clock;
}

/** What became of a message; `gone` where the push service knows the browser no longer. */
export type PushAttempt = Attempt | 'gone';

/** A way to one browser. */
export interface PushSender {
  /** @param createdAt wall milliseconds: what waited long is kept for less long */
  send(notice: PushNotice, priority: Priority, createdAt: number): Promise<PushAttempt>;
  close(): void;
}

/** The push resource is no more (RFC 8030, section 7.3), or never was. */
const gone = new Set([404, 410]);
/** This very message will never be taken. */
const refusals = new Set([400, 413]);

/** Sends encrypted messages (RFC 8291) to one browser's push service, and to nothing else. */
export function pushSender(address: PushAddress, options: PushSenderOptions): PushSender {
  const { addresses, ca, clock, contact, keys, timeoutMs } = options;
  const url = new URL(address.endpoint);
  const door = guardedPost({
    ...{ url, addresses, timeoutMs, clock },
    ...(ca === undefined ? {} : { ca }),
  });
  const { p256dh, auth } = address;
  const subscription = {
    endpoint: address.endpoint,
    expirationTime: null,
    keys: { p256dh, auth },
  };
  return {
    async send(notice, priority, createdAt) {
      const { ttl, urgency } = pushTreatment(priority, clock.now() - createdAt);
      try {
        const body = await encryptNotification(
          subscription,
          new TextEncoder().encode(JSON.stringify(notice)),
        );
        const vapid = await vapidHeaders(subscription, { ...keys, subject: contact });
        const { status, retryAfter } = await door.post(body, {
          ...vapid.headers,
          ttl: String(ttl),
          urgency,
          'content-encoding': 'aes128gcm',
          'content-type': 'application/octet-stream',
        });
        return gone.has(status) ? 'gone' : attemptOf(status, retryAfter);
      } catch (error) {
        return { taken: false, refused: false, reason: reasonOf(error, url.host) };
      }
    },
    close: () => door.close(),
  };
}

function attemptOf(status: number, retryAfter: string | undefined): Attempt {
  if (status >= 200 && status < 300) return { taken: true };
  const redirects = status >= 300 && status < 400;
  const wait = Number(retryAfter ?? Number.NaN) * 1000;
  return {
    taken: false,
    refused: refusals.has(status),
    reason: redirects ? `status ${status}: redirects are not followed` : `status ${status}`,
    ...(wait > 0 && Number.isFinite(wait) ? { retryAfterMs: wait } : {}),
  };
}

/** Why nothing was answered. Never the address: who has it may write to the browser's service. */
function reasonOf(error: unknown, host: string): string {
  if (isNightglassError(error, 'FORBIDDEN')) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return `${host}: no answer in time`;
  return `${host}: ${code ?? 'the message could not be sent'}`;
}
