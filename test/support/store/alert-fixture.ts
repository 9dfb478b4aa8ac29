import type { Alert, AlertEvidence } from '../../../src/domain/alert.ts';
import type { NewSighting } from '../../../src/domain/sightings.ts';

/** Id that sorts by its number. */
export function alertId(number: number): string {
  return `01J${String(number).padStart(23, '0')}`;
}

export function makeAlert(number: number, changes: Partial<Alert> = {}): Alert {
  const at = changes.createdAt ?? Date.UTC(2030, 0, 1) + number;
  return {
    id: alertId(number),
    state: 'new',
    revision: 0,
    watchlistId: 'list-1',
    watchlistName: 'List',
    personId: 'person-1',
    personName: 'Ada',
    templateId: 'template-1',
    cameraId: 'gate',
    trackId: `track-${number}`,
    capturedAt: at,
    createdAt: at,
    updatedAt: at,
    lastSeenAt: at,
    still: null,
    sightings: [],
    place: { x: 0.4, y: 0.2, width: 0.1, height: 0.15 },
    scores: { raw: 0.5, enhanced: 0.6, fused: 0.7 },
    threshold: 0.45,
    fpir: 0.001,
    gallerySize: 1,
    meanGate: 0.4,
    quality: 71,
    interEyeDistance: 14,
    components: [{ name: 'Sharpness', value: 57, raw: 0.6, unit: 'crispness', ok: true }],
    keyframes: 1,
    best: ['best-1', 'best-2'],
    clip: { state: 'none', reason: 'off' },
    models: [{ name: 'm', task: 'embed', sha256: '00' }],
    configHash: 'c0ffee',
    stored: true,
    ...changes,
  };
}

/** Pictures of `bytes` bytes each. */
export function makeEvidence(fill: number, bytes = 64): AlertEvidence {
  return {
    frame: new Uint8Array(bytes).fill(fill),
    face: new Uint8Array(bytes).fill(fill + 1),
    enhanced: null,
    enrolled: new Uint8Array(bytes).fill(fill + 2),
    best: [new Uint8Array(bytes).fill(fill + 3), new Uint8Array(bytes).fill(fill + 4)],
  };
}

/** The person again, before another camera. */
export function makeSighting(
  trackId: string,
  capturedAt: number,
  changes: Partial<NewSighting> = {},
): NewSighting {
  return {
    cameraId: 'yard',
    trackId,
    capturedAt,
    lastSeenAt: capturedAt,
    scores: { raw: 0.4, enhanced: null, fused: 0.55 },
    threshold: 0.45,
    meanGate: 1,
    quality: 60,
    interEyeDistance: 12,
    place: { x: 0.1, y: 0.1, width: 0.1, height: 0.1 },
    keyframes: 1,
    isEnhanced: true,
    clip: { state: 'none', reason: 'off' },
    ...changes,
  };
}
