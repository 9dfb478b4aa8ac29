import type { OutboxMessage } from '../../domain/outbox/message.ts';

/** Digits of a sequence: texts of one length are in order when they are sorted. */
const sequenceDigits = 16;

/** The message as a CloudEvents 1.0 event in JSON, pictures in base64 among its data. */
export function cloudEvent(message: OutboxMessage): Record<string, unknown> {
  const { id, type, at, cameraId, sequence, data, pictures } = message;
  const times =
    data.kind === 'camera'
      ? { since: iso(data.since), at: iso(data.at) }
      : 'capturedAt' in data
        ? { capturedAt: iso(data.capturedAt) }
        : {};
  return {
    specversion: '1.0',
    id,
    source: cameraId === null ? '/nightglass' : `/cameras/${encodeURIComponent(cameraId)}`,
    type,
    ...(cameraId === null ? {} : { subject: cameraId }),
    time: iso(at),
    datacontenttype: 'application/json',
    // The extension of CloudEvents for order within a source.
    ...(sequence === null ? {} : { sequence: String(sequence).padStart(sequenceDigits, '0') }),
    data: {
      ...data,
      ...times,
      ...(pictures.length === 0
        ? {}
        : {
            pictures: pictures.map(({ jpeg, ...rest }) => ({
              ...rest,
              base64: Buffer.from(jpeg).toString('base64'),
            })),
          }),
    },
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
