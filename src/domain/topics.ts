/** What a client of the event socket may subscribe to. */
export const topics = [
  'alerts',
  'detections',
  'embeddings',
  'tracks',
  'status',
  'arming',
  'site-alerts',
] as const;
export type Topic = (typeof topics)[number];
