/**
 * What was odd in a camera's stream, counted while the stream is played all the
 * same. A closed set: it is a metric's label.
 */
export const streamNoteKinds = [
  'numbers_jump',
  'reordered',
  'duplicate',
  'lost',
  'marker',
  'fragment',
  'timestamp',
  'several_units',
  'payload_type',
  'foreign_packet',
  'malformed',
  'garbage',
  'oversize',
  'server_request',
  'refused',
  'concealed',
  'unshaped',
  'no_key_picture',
  'address',
] as const;
export type StreamNoteKind = (typeof streamNoteKinds)[number];

/** Each kind in words for people, in the plural. */
export const streamNoteWords: Readonly<Record<StreamNoteKind, string>> = {
  numbers_jump: 'numbers jump',
  reordered: 'packets out of order',
  duplicate: 'packets sent twice or too late',
  lost: 'packets lost',
  marker: 'markers in the middle of a picture',
  fragment: 'fragments without a start or an end',
  timestamp: 'time stamps that do not part the pictures',
  several_units: 'several units in one packet',
  payload_type: 'packets of another payload type',
  foreign_packet: 'packets from elsewhere, dropped',
  malformed: 'packets that are no RTP',
  garbage: 'bytes that are no RTSP',
  oversize: 'pictures over the size limit',
  server_request: 'requests beyond the limit, not answered',
  refused: 'pictures that the decoder refuses',
  concealed: 'pictures with damage',
  unshaped: 'pictures that cannot be turned, deinterlaced or converted',
  no_key_picture: 'pictures before the first key picture',
  address: 'addresses that the camera knows by another name',
};

/** Counts by kind; what did not occur is left out. */
export type StreamNoteCounts = Readonly<Partial<Record<StreamNoteKind, number>>>;

/** Rates in words, the most frequent first: `numbers jump: 34 a second, …`; empty without any. */
export function describeNotes(perSecond: StreamNoteCounts): string {
  return streamNoteKinds
    .map((kind) => ({ kind, rate: perSecond[kind] ?? 0 }))
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate)
    .slice(0, 3)
    .map(
      ({ kind, rate }) =>
        `${streamNoteWords[kind]}: ${rate >= 1 ? Math.round(rate) : '< 1'} a second`,
    )
    .join(', ');
}
