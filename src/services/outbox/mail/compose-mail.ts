import type { MessagePicture, OutboxMessage } from '../../../domain/outbox/message.ts';
import type { ReceiverLanguage } from '../../../domain/outbox/receiver.ts';
import { linkTo } from '../link-to.ts';
import { wordingOf } from '../wording.ts';

/** A mail before it has a sender and recipients. */
export interface Mail {
  /** Alike in each attempt. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly pictures: readonly { readonly name: string; readonly jpeg: Uint8Array }[];
}

/** Bytes of all pictures of one mail: servers take 10 MB as a rule, and base64 adds a third. */
const mostPictureBytes = 6 * 2 ** 20;

const footers: Readonly<Record<ReceiverLanguage, string>> = {
  en: 'Sent by Nightglass. A match is a claim of a machine: a person decides.',
  zh: '由 Nightglass 发送。匹配结果由机器给出，须由人工判定。',
};

const leftOut: Readonly<Record<ReceiverLanguage, (count: number) => string>> = {
  en: (count) => `${count} picture(s) did not fit into this mail.`,
  zh: (count) => `${count} 张图片因邮件大小限制未附上。`,
};

/** One mail of one message, or of what came together in a digest. */
export function composeMail(
  messages: readonly [OutboxMessage, ...OutboxMessage[]],
  language: ReceiverLanguage,
  dashboard: string | undefined,
): Mail {
  const [first] = messages;
  const last = messages.at(-1) ?? first;
  const parts = messages.map((message) => {
    const { title, text } = wordingOf(message, language);
    const link = linkTo(message, dashboard);
    const words = messages.length === 1 ? [text] : [title, text];
    return [...words, ...(link === '' ? [] : [link])].join('\n');
  });
  const { pictures, missing } = attached(messages);
  const notes = missing === 0 ? [] : [leftOut[language](missing)];
  return {
    id: first === last ? first.id : `${first.id}-to-${last.id}`,
    subject: subjectOf(messages, language),
    text: [...parts, ...notes, `-- \n${footers[language]}`].join('\n\n'),
    pictures,
  };
}

function subjectOf(
  messages: readonly [OutboxMessage, ...OutboxMessage[]],
  language: ReceiverLanguage,
): string {
  if (messages.length === 1) return wordingOf(messages[0], language).title;
  const alerts = messages.filter(({ data }) => data.kind === 'alert').length;
  return language === 'zh'
    ? `Nightglass：${messages.length} 条消息，其中 ${alerts} 条警报`
    : `Nightglass: ${messages.length} messages, ${alerts} alerts among them`;
}

/** As many pictures as fit, those of the first messages first. */
function attached(messages: readonly OutboxMessage[]) {
  const pictures: { name: string; jpeg: Uint8Array }[] = [];
  let bytes = 0;
  let missing = 0;
  for (const message of messages) {
    for (const picture of message.pictures) {
      bytes += picture.jpeg.byteLength;
      if (bytes > mostPictureBytes) missing += 1;
      else pictures.push({ name: fileName(message, picture), jpeg: picture.jpeg });
    }
  }
  return { pictures, missing };
}

function fileName({ id }: OutboxMessage, { kind, machineMade }: MessagePicture): string {
  return `${id}-${kind}${machineMade ? '-made-by-machine' : ''}.jpg`;
}
