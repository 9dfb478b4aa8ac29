import type { OutboxMessage } from '../../domain/outbox/message.ts';
import type { Priority } from '../../domain/outbox/notice.ts';
import type { ReceiverLanguage } from '../../domain/outbox/receiver.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import { type Wording, wordingOf } from '../outbox/wording.ts';

/** What the service worker is sent. It shows it as it is: older workers read newer messages. */
export interface PushNotice {
  /** Alike in each attempt. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly language: ReceiverLanguage;
  /** What is told again replaces what was told of the same alert. */
  readonly tag: string;
  /** Where the page shows it: a fragment of the dashboard's address. */
  readonly open: string;
  /** Wall milliseconds of what it tells. */
  readonly at: number;
  /** Stays until somebody looks at it. */
  readonly urgent: boolean;
}

/**
 * The message as a device shows it. Without names it says no more than that there is something to
 * look at and where: a screen may be locked, and somebody else's eyes are on it.
 */
export function pushNotice(
  message: OutboxMessage,
  language: ReceiverLanguage,
  priority: Priority,
): PushNotice {
  const { data, id, at } = message;
  const named = 'names' in data || data.kind === 'camera' || data.kind === 'test';
  const { title, text } = named ? wordingOf(message, language) : discreet(message, language);
  const alert = 'alertId' in data ? data.alertId : undefined;
  return {
    id,
    title: cut(title, pushBounds.title),
    text: cut(text, pushBounds.text),
    language,
    tag: alert ?? (data.kind === 'camera' ? `${data.cameraId} ${data.code}` : 'test'),
    open: alert === undefined ? '#/' : `#/alerts/${encodeURIComponent(alert)}`,
    at,
    urgent: priority === 'urgent',
  };
}

function discreet({ data, cameraId }: OutboxMessage, language: ReceiverLanguage): Wording {
  const camera = cameraId ?? '';
  if (language === 'zh') {
    const titles = { alert: '警报', sighting: '再次出现', review: '警报已处理' } as const;
    const title = 'alertId' in data ? titles[data.kind] : '警报';
    return { title, text: `摄像机 ${camera}：打开查看。` };
  }
  const titles = { alert: 'Alert', sighting: 'Seen again', review: 'Alert reviewed' } as const;
  const title = 'alertId' in data ? titles[data.kind] : 'Alert';
  return { title, text: `Camera ${camera}: open to look.` };
}

/** Whole characters, none of them halved or one that JSON would spell out. */
function cut(text: string, most: number): string {
  const characters = [...text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')];
  if (characters.length <= most) return characters.join('');
  return `${characters.slice(0, most - 1).join('')}…`;
}
