import type { Box } from '../../../src/domain/geometry/box.ts';
import { streamPreview, toJpeg } from './ffmpeg.ts';
import { MemoryServices } from './memory-services.ts';
import { Painting } from './painted-scene.ts';
import { sampleAlert } from './sample-alert.ts';

const frame = { width: 768, height: 432 };

interface Scene {
  readonly id: string;
  readonly brightness: number;
  readonly noise: number;
  readonly people: readonly {
    readonly trackId: string;
    readonly size: number;
    readonly speed: number;
    readonly y: number;
  }[];
}

const scenes: readonly Scene[] = [
  {
    id: 'entrance',
    brightness: 95,
    noise: 12,
    people: [
      { trackId: 'trk-7f3a', size: 62, speed: 26, y: 190 },
      { trackId: 'trk-80b1', size: 40, speed: -17, y: 150 },
    ],
  },
  {
    id: 'loading-dock',
    brightness: 26,
    noise: 60,
    people: [{ trackId: 'trk-9c02', size: 24, speed: 21, y: 200 }],
  },
];

/** A fake services whose cameras show painted people that walk; for the dashboard's tests. */
export class PaintedServices extends MemoryServices {
  readonly #ffmpeg: string;
  readonly #started = performance.now();
  readonly #timers: NodeJS.Timeout[] = [];
  #alerts = 0;

  constructor(ffmpeg: string) {
    super();
    this.#ffmpeg = ffmpeg;
    const since = Date.now() - 60_000;
    this.cameraViews = [
      {
        id: 'entrance',
        name: 'Main entrance',
        motion: 'moving',
        preview: true,
        status: {
          cameraId: 'entrance',
          state: 'live',
          since,
          reconnects: 0,
          framesPerSecond: 10,
          video: { codec: 'h264', ...frame },
        },
      },
      {
        id: 'loading-dock',
        name: 'Loading dock (night)',
        motion: 'moving',
        preview: true,
        status: {
          cameraId: 'loading-dock',
          state: 'live',
          since,
          reconnects: 2,
          framesPerSecond: 9.8,
          video: { codec: 'hevc', ...frame },
        },
      },
    ];
    this.healthReport = {
      ...this.healthReport,
      providers: [
        { model: 'detect-s', task: 'detect', provider: 'cpu', requested: 'cpu', precision: 'fp32' },
      ],
      framesDropped: { busy: 12, rate: 4021 },
    };
    this.onWatch = (cameraId, send) => {
      const scene = sceneOf(cameraId);
      return streamPreview(ffmpeg, () => this.#paint(scene).painting, send);
    };
    this.#paintEvidence();
  }

  /** Sends detections of all cameras, ten a second. */
  start(): void {
    let sequence = 0;
    this.#timers.push(
      setInterval(() => {
        sequence += 1;
        for (const scene of scenes) this.#detect(scene, sequence);
      }, 100),
    );
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Raises an alert for a person of the first camera. */
  raisePainted(changes: Parameters<typeof sampleAlert>[1] = {}): string {
    this.#alerts += 1;
    const now = Date.now();
    const alert = sampleAlert(this.#alerts, {
      personId: `painted-${this.#alerts}`,
      cameraId: 'entrance',
      trackId: 'trk-7f3a',
      capturedAt: now - 120,
      createdAt: now,
      updatedAt: now,
      ...changes,
    });
    this.raise({ change: 'created', alert });
    return alert.id;
  }

  #paint(scene: Scene): { painting: Painting; boxes: { trackId: string; box: Box }[] } {
    const painting = new Painting(frame.width, frame.height);
    const seconds = (performance.now() - this.#started) / 1000;
    painting.room(scene.brightness);
    const boxes = scene.people.map(({ trackId, size, speed, y }) => {
      const span = frame.width - 200;
      const path = Math.abs(speed) * seconds * 2 + size * 3;
      const there = Math.abs((path % (2 * span)) - span);
      const x = 100 + (speed > 0 ? there : span - there);
      const bob = y + Math.sin(seconds * 2) * 5;
      return { trackId, box: painting.person(x, bob, size, scene.brightness / 95) };
    });
    painting.noise(scene.noise, Math.floor(seconds * 10));
    return { painting, boxes };
  }

  #detect(scene: Scene, sequence: number): void {
    const { boxes } = this.#paint(scene);
    this.detections$.next({
      cameraId: scene.id,
      sequence,
      capturedAt: Date.now(),
      frameWidth: frame.width,
      frameHeight: frame.height,
      faces: boxes.map(({ trackId, box }) => {
        const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        const dark = scene.brightness < 50;
        return {
          box,
          landmarks: [point, point, point, point, point] as never,
          score: 0.9,
          trackId,
          quality: dark ? 22 : 61,
          verdict: dark ? ('reject' as const) : ('accept' as const),
        };
      }),
    });
  }

  #paintEvidence(): void {
    const jpeg = (painting: Painting) => toJpeg(this.#ffmpeg, painting);
    const portrait = (size: number, brightness: number, noise: number) => {
      const painting = new Painting(size, size);
      painting.room(brightness);
      painting.person(size / 2, size * 0.46, size * 0.5, brightness / 95);
      painting.noise(noise, 7);
      return painting;
    };
    this.pictures.set('face', jpeg(portrait(96, 60, 55)));
    this.pictures.set('enhanced', jpeg(portrait(112, 72, 4)));
    this.pictures.set('enrolled', jpeg(portrait(256, 105, 0)));
    this.pictures.set('frame', jpeg(this.#paint(scenes[0] as Scene).painting));
  }
}

function sceneOf(cameraId: string): Scene {
  return scenes.find(({ id }) => id === cameraId) ?? (scenes[0] as Scene);
}
