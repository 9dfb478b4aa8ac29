import type { Clock } from '../../../domain/clock.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import type { Attempt } from '../../../domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../../domain/outbox/message.ts';
import type { ReceiverLanguage } from '../../../domain/outbox/receiver.ts';
import { fieldsOf, filledIn, type Template } from '../../../domain/outbox/template.ts';
import type { TargetRules } from '../../cameras/target-rules.ts';
import { cloudEvent } from '../cloud-event.ts';
import { linkTo } from '../link-to.ts';
import type { Sender } from '../sender.ts';
import { wordingOf } from '../wording.ts';
import { guardedPost } from './guarded-post.ts';
import { signatureHeaders } from './sign-webhook.ts';

export interface WebhookOptions {
  /** May hold a secret: it is never quoted. */
  readonly url: string;
  /** Keys in force, the newest first; none: nothing is signed. */
  readonly keys: readonly Buffer[];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Without one a CloudEvent is sent. */
  readonly template: Template | undefined;
  readonly language: ReceiverLanguage;
  /** Address of the dashboard, for links; undefined for none. */
  readonly dashboard: string | undefined;
  readonly ca?: string;
  readonly addresses: TargetRules['addresses'];
  readonly clock: Clock;
  readonly version: string;
}

/** Statuses of a receiver that will never take this very message. */
const refusals = new Set([400, 413, 415, 422]);

/** Sends messages by POST; what the receiver says beside its status is not looked at. */
export function webhookSender(options: WebhookOptions): Sender {
  const { addresses, ca, clock, headers, keys, timeoutMs, version } = options;
  const url = new URL(options.url);
  const door = guardedPost({
    url,
    addresses,
    timeoutMs,
    clock,
    ...(ca === undefined ? {} : { ca }),
  });
  return {
    async send(message) {
      const { body, contentType } = bodyOf(message, options);
      const bytes = Buffer.from(body, 'utf8');
      try {
        const answer = await door.post(bytes, {
          ...headers,
          'content-type': contentType,
          'user-agent': `nightglass/${version}`,
          ...signatureHeaders(message.id, clock.now(), bytes, keys),
        });
        return attemptOf(answer, clock.now());
      } catch (error) {
        return { taken: false, refused: false, reason: reasonOf(error, url.host) };
      }
    },
    close: () => door.close(),
  };
}

function bodyOf(
  message: OutboxMessage,
  { template, language, dashboard }: WebhookOptions,
): { readonly body: string; readonly contentType: string } {
  if (template === undefined) {
    const contentType = 'application/cloudevents+json; charset=utf-8';
    return { body: JSON.stringify(cloudEvent(message)), contentType };
  }
  const fields = fieldsOf(message, wordingOf(message, language), linkTo(message, dashboard));
  const filled = filledIn(template, fields);
  return typeof filled === 'string'
    ? { body: filled, contentType: 'text/plain; charset=utf-8' }
    : { body: JSON.stringify(filled), contentType: 'application/json; charset=utf-8' };
}

function attemptOf(
  { status, retryAfter }: { readonly status: number; readonly retryAfter: string | undefined },
  now: number,
): Attempt {
  if (status >= 200 && status < 300) return { taken: true };
  const wait = retryAfterMs(retryAfter, now);
  const redirects = status >= 300 && status < 400;
  return {
    taken: false,
    refused: refusals.has(status),
    reason: redirects ? `status ${status}: redirects are not followed` : `status ${status}`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** Seconds or a date. */
function retryAfterMs(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Why nothing was answered. Never the address: its path or query may be a secret. */
function reasonOf(error: unknown, host: string): string {
  if (isNightglassError(error, 'FORBIDDEN')) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') return `${host}: no answer in time`;
  return `${host}: ${code ?? message}`;
}
