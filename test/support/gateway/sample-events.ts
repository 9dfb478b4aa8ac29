const landmarks = [1, 2, 3, 4, 5].map((n) => ({ x: n, y: n })) as never;
export const face = {
  box: { x: 10, y: 10, width: 40, height: 50 },
  landmarks,
  score: 0.9,
  trackId: 'track-1',
  quality: 55,
  verdict: 'accept' as const,
};
export function detection(cameraId = 'gate', sequence = 0) {
  return { cameraId, sequence, capturedAt: 1000, frameWidth: 640, frameHeight: 360, faces: [face] };
}
export function status(cameraId: string) {
  return { cameraId, state: 'live' as const, since: 1000, reconnects: 0 };
}
export function camera(id: string) {
  return { id, name: id, status: status(id), preview: true };
}
