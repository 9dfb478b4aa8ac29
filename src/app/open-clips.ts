import { clipBounds } from '../domain/bounds.ts';
import type { AlertClip, ClipPlace, ClipReason } from '../domain/clip.ts';
import type { RaisedAlert } from '../domain/raised-alert.ts';
import { isOn } from '../domain/schedule.ts';
import { inTurns } from '../services/in-turns.ts';
import { analysisDelay, ClipRecorder, type Recording } from '../streams/clips/clip-recorder.ts';
import { makeClip } from '../streams/clips/make-clip.ts';
import { PacketRing } from '../streams/clips/packet-ring.ts';
import { RingBudget } from '../streams/clips/ring-budget.ts';
import type { CameraSettings } from './camera-settings.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';

/** What of a camera matters to its clips. */
type ClippedCamera = Pick<CameraSettings, 'id' | 'view' | 'scene'>;

/** A schedule is looked at in steps of so many milliseconds. */
const scheduleStep = 1_000;
/** Patience at the end with what is still to be written, milliseconds. */
const endLimit = 10_000;

/** The seconds around alerts: rings of the cameras, recordings, and their way to the disk. */
export class Clips {
  readonly #foundation: Foundation;
  readonly #records: Pick<Records, 'alerts' | 'clips'>;
  readonly #budget: RingBudget;
  readonly #recorder: ClipRecorder;
  readonly #cameras = new Map<string, ClippedCamera>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #working: Promise<void> | null = null;

  constructor(foundation: Foundation, records: Pick<Records, 'alerts' | 'clips'>) {
    this.#foundation = foundation;
    this.#records = records;
    const { clips } = foundation.config;
    this.#budget = new RingBudget(clips.memory);
    this.#recorder = new ClipRecorder({
      clock: foundation.clock,
      before: clips.before,
      after: clips.after,
      mostRecordings: clipBounds.mostRecordings,
      onRecorded: (recording) => this.#queue(recording),
      onDropped: ({ place, cameraId }, reason) => this.#settle(place, cameraId, reason),
    });
    this.#recover();
  }

  /** What an appearance at a camera begins with. */
  clipOf(cameraId: string): AlertClip {
    if (!this.#foundation.config.clips.enabled) return { state: 'none', reason: 'off' };
    const camera = this.#cameras.get(cameraId);
    if (camera === undefined) return { state: 'none', reason: 'no_pictures' };
    if (camera.view.masks.length > 0) return { state: 'none', reason: 'masked' };
    return { state: 'pending' };
  }

  /** Takes over the settings of a camera before they are in force; its times change while it is open. */
  use(camera: ClippedCamera): void {
    this.#cameras.set(camera.id, camera);
  }

  /** The ring of a camera that opens; undefined where it shall have none. */
  ringOf(camera: Pick<ClippedCamera, 'id' | 'view'>): PacketRing | undefined {
    const { clips } = this.#foundation.config;
    // What is coded shows what the masks hide.
    if (!clips.enabled || camera.view.masks.length > 0) return undefined;
    const { metrics } = this.#foundation;
    const ring: PacketRing = new PacketRing({
      cameraId: camera.id,
      hold: clips.before + analysisDelay,
      maxBytes: clips.memoryPerCamera,
      budget: this.#budget,
      onLost: (id, reason, pictures) => metrics.clips.lost(id, reason, pictures),
      onPicture: (picture) => this.#recorder.picture(picture, camera.id),
      onEnd: (why) => {
        if (why === 'camera') this.#recorder.endAll(camera.id, why);
        else this.#recorder.leave(ring);
      },
    });
    this.#recorder.follow(ring);
    return ring;
  }

  /** Begins to record an appearance. */
  raised({ alert, change, trackId, capturedMonotonic }: RaisedAlert): void {
    if (change === 'updated') return;
    const sighting = change === 'sighted' ? alert.sightings.at(-1) : undefined;
    const { cameraId, clip, capturedAt } = sighting ?? alert;
    const place = { alertId: alert.id, appearance: sighting?.number ?? 0 };
    if (clip.state !== 'pending') {
      if (clip.state === 'none' && clip.reason !== 'off') {
        this.#foundation.metrics.clips.none(cameraId, clip.reason);
      }
      return;
    }
    const allowed = this.#allowed(cameraId, capturedAt, capturedMonotonic);
    this.#recorder.record({
      ...{ place, cameraId, trackId, capturedMonotonic },
      ...(allowed === undefined ? {} : { allowed }),
    });
  }

  /** What was seen before cameras, and what the rings hold, for the metrics. */
  follow(): void {
    const { live, metrics, resources } = this.#foundation;
    const seen = live.detections$.subscribe((event) => this.#recorder.seen(event));
    resources.defer(() => seen.unsubscribe());
    metrics.clips.watch(() => ({
      rings: this.#recorder.rings.map(({ cameraId, bytes, held }) => ({ cameraId, bytes, held })),
      recordings: this.#recorder.recordings,
      waiting: this.#waiting.length,
      stored: this.#records.clips.bytes(),
    }));
  }

  /** Writes what was recorded; the cameras are closed by then. */
  async close(): Promise<void> {
    const { clock } = this.#foundation;
    const limit = Promise.withResolvers<void>();
    const cancel = clock.after(endLimit, () => limit.resolve());
    await Promise.race([this.#working, limit.promise]);
    cancel();
  }

  /** Clips that a program that ended, however it ended, did not get to write. */
  #recover(): void {
    const { alerts, clips } = this.#records;
    for (const place of clips.pending()) {
      alerts.setClip(place, { state: 'none', reason: 'interrupted' });
      this.#enqueue(() => inTurns(clips.discard(place)));
    }
  }

  #queue(recording: Recording): void {
    const { place, cameraId } = recording;
    if (this.#waiting.length >= clipBounds.mostWaiting) {
      this.#settle(place, cameraId, 'busy');
      return;
    }
    this.#enqueue(() => this.#keep(recording));
  }

  /** One after the other: each writes as fast as the disk takes it. */
  #enqueue(work: () => Promise<void>): void {
    this.#waiting.push(work);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  async #work(): Promise<void> {
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      try {
        await work();
      } catch (error) {
        this.#foundation.log.error({ err: error }, 'A clip could not be made');
      }
    }
  }

  async #keep(recording: Recording): Promise<void> {
    const { place, cameraId } = recording;
    const { clock, metrics } = this.#foundation;
    const started = clock.monotonic();
    const view = this.#cameras.get(cameraId)?.view;
    let outcome: AlertClip | ClipReason = 'damaged';
    try {
      if (this.#records.alerts.find(place.alertId)?.alert.stored !== true) outcome = 'not_stored';
      else {
        const { rotate = 0, mirror = false } = view ?? {};
        const made = await inTurns(makeClip(recording, { rotate, mirror }));
        outcome =
          typeof made === 'string' ? made : await inTurns(this.#records.clips.keep(place, made));
      }
    } finally {
      this.#settle(place, cameraId, outcome);
    }
    if (typeof outcome === 'string') return;
    metrics.clips.kept(cameraId, (clock.monotonic() - started) / 1000);
  }

  #settle(place: ClipPlace, cameraId: string, outcome: AlertClip | ClipReason): void {
    const { log, metrics } = this.#foundation;
    const clip: AlertClip =
      typeof outcome === 'string' ? { state: 'none', reason: outcome } : outcome;
    if (clip.state === 'none') {
      metrics.clips.none(cameraId, clip.reason);
      log.warn({ ...place, cameraId, reason: clip.reason }, 'No clip of this appearance');
    }
    if (!this.#records.alerts.setClip(place, clip)) {
      // Deleted meanwhile, and what was written of it with it.
      log.info({ ...place, cameraId }, 'The alert of a clip is gone');
    }
  }

  /** When the camera was meant to be analysed: what is outside does not belong into a clip. */
  #allowed(cameraId: string, capturedAt: number, capturedMonotonic: number) {
    const schedule = this.#cameras.get(cameraId)?.scene.schedule ?? null;
    if (schedule === null) return undefined;
    const { before, after } = this.#foundation.config.clips;
    let back = 0;
    while (back < before && isOn(schedule, capturedAt - back - scheduleStep)) back += scheduleStep;
    let on = 0;
    while (on < after && isOn(schedule, capturedAt + on + scheduleStep)) on += scheduleStep;
    return { from: capturedMonotonic - back, until: capturedMonotonic + on };
  }
}

/** Opens what keeps clips, and closes it after the cameras. */
export function openClips(
  foundation: Foundation,
  records: Pick<Records, 'alerts' | 'clips'>,
): Clips {
  const clips = foundation.resources.use(new Clips(foundation, records));
  clips.follow();
  return clips;
}
