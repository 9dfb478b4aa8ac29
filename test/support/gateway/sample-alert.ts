import type { DecidedAlert } from '../../../src/domain/raised-alert.ts';
import type { NewSighting } from '../../../src/domain/sightings.ts';

/** A complete alert; `number` makes ids that sort by it. */
export function sampleAlert(number: number, changes: Partial<DecidedAlert> = {}): DecidedAlert {
  const at = 1_790_000_000_000 + number * 1000;
  return {
    id: `01J${String(number).padStart(23, '0')}`,
    state: 'new',
    revision: 0,
    watchlistId: 'list-1',
    watchlistName: 'Missing people',
    personId: 'person-1',
    personName: 'Painted Person',
    templateId: 'template-1',
    cameraId: 'gate',
    trackId: `track-${number}`,
    capturedAt: at,
    createdAt: at + 80,
    updatedAt: at + 80,
    lastSeenAt: at,
    still: null,
    sightings: [],
    place: { x: 0.4, y: 0.2, width: 0.1, height: 0.15 },
    scores: { raw: 0.41, enhanced: 0.47, fused: 0.52 },
    threshold: 0.38,
    fpir: 0.001,
    gallerySize: 120,
    meanGate: 0.62,
    quality: 57,
    interEyeDistance: 18.4,
    components: [{ name: 'Sharpness', value: 57, raw: 0.6, unit: 'crispness', ok: true }],
    keyframes: 3,
    best: ['best-1', 'best-2'],
    clip: { state: 'none', reason: 'off' },
    enhancement: 'made',
    models: [{ name: 'embed-s', task: 'embed', sha256: 'a'.repeat(64) }],
    configHash: 'b'.repeat(64),
    stored: true,
    ...changes,
  };
}

/** A sighting at another camera, `number` minutes after the first alert. */
export function sampleSighting(number: number, changes: Partial<NewSighting> = {}): NewSighting {
  const at = sampleAlert(1).capturedAt + number * 60_000;
  return {
    cameraId: 'yard',
    trackId: `sighted-${number}`,
    capturedAt: at,
    lastSeenAt: at,
    scores: { raw: 0.39, enhanced: 0.44, fused: 0.46 },
    threshold: 0.38,
    meanGate: 0.5,
    quality: 49,
    interEyeDistance: 12.2,
    place: { x: 0.3, y: 0.3, width: 0.05, height: 0.08 },
    keyframes: 2,
    isEnhanced: true,
    clip: { state: 'none', reason: 'off' },
    ...changes,
  };
}
