import { Draws } from './draws.ts';
import { Servers } from './servers.ts';
import type { ServiceTimes } from './service-times.ts';
import { Simulation } from './simulation.ts';
import { type DropReason, faceQueue, type Site } from './site.ts';

/** What a node sends: a face, or a note that somebody is in view. */
export interface Sent {
  /** When it leaves, and when its frame was captured, milliseconds. */
  readonly at: number;
  readonly captured: number;
  readonly kind: 'face' | 'note';
}

export interface NodeResult {
  readonly sent: readonly Sent[];
  /** Share of time in use, 0..1. */
  readonly used: Readonly<Record<'cores' | 'loop' | 'detect' | 'faces', number>>;
  readonly framesDue: number;
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
}

interface Camera {
  readonly isBusy: boolean;
  /** The picture that waits for its decoder, and the frame that waits for the detector: the newest one. */
  isDecoding: boolean;
  decodes: number | null;
  isDetecting: boolean;
  waits: number | null;
  number: number;
  /** Moments at which a face is good enough to be sent. */
  faces: number[];
  inViewUntil: number;
}

/** One node with its cameras, from the picture to the message. */
export class NodeRun {
  readonly #site: Site;
  readonly #times: ServiceTimes;
  readonly #simulation = new Simulation();
  readonly #draws: Draws;
  readonly #cores: Servers;
  readonly #loop: Servers;
  readonly #detectors: Servers;
  readonly #faces: Servers;
  readonly #sent: Sent[] = [];
  readonly #drops: Partial<Record<DropReason, number>> = {};
  #framesDue = 0;

  constructor(site: Site, times: ServiceTimes, seed: number) {
    this.#site = site;
    this.#times = times;
    this.#draws = new Draws(seed);
    this.#cores = new Servers(this.#simulation, site.coresANode);
    this.#loop = new Servers(this.#simulation, 1);
    this.#detectors = new Servers(this.#simulation, site.detectThreads);
    this.#faces = new Servers(this.#simulation, site.faceThreads, faceQueue);
  }

  /** @param cameras of this node */
  run(cameras: number): NodeResult {
    const { busyShare, warmUpSeconds, seconds, framesPerSecond } = this.#site;
    for (let at = 0; at < cameras; at += 1) {
      // Spread evenly, so that each node has its share.
      const isBusy = Math.floor((at + 1) * busyShare) > Math.floor(at * busyShare);
      const camera: Camera = {
        ...{ isBusy, isDecoding: false, decodes: null, isDetecting: false, waits: null, number: 0 },
        ...{ faces: [], inViewUntil: 0 },
      };
      this.#simulation.after((this.#draws.uniform() * 1000) / framesPerSecond, () =>
        this.#picture(camera),
      );
      if (isBusy) this.#nextPerson(camera);
    }
    const begin = warmUpSeconds * 1000;
    this.#simulation.runUntil(begin);
    for (const servers of this.#all()) servers.reset();
    const end = begin + seconds * 1000;
    this.#simulation.runUntil(end);
    const [cores, loop, detect, faces] = this.#all().map((each) => each.utilisation(begin)) as [
      number,
      number,
      number,
      number,
    ];
    return {
      sent: this.#sent,
      used: { cores, loop, detect, faces },
      framesDue: this.#framesDue,
      drops: this.#drops,
    };
  }

  #all(): Servers[] {
    return [this.#cores, this.#loop, this.#detectors, this.#faces];
  }

  #nextPerson(camera: Camera): void {
    const { peopleAMinute, facesAPerson, inViewSeconds } = this.#site;
    if (peopleAMinute === 0) return;
    this.#simulation.after(this.#draws.exponential(60_000 / peopleAMinute), () => {
      const { now } = this.#simulation;
      camera.inViewUntil = now + inViewSeconds * 1000;
      for (let face = 0; face < facesAPerson; face += 1) {
        camera.faces.push(now + (face * inViewSeconds * 1000) / facesAPerson);
      }
      this.#nextPerson(camera);
    });
  }

  #picture(camera: Camera): void {
    const { framesPerSecond } = this.#site;
    this.#simulation.after(1000 / framesPerSecond, () => this.#picture(camera));
    if (camera.decodes !== null) this.#drop('decode');
    camera.decodes = this.#simulation.now;
    this.#decode(camera);
  }

  #decode(camera: Camera): void {
    if (camera.isDecoding || camera.decodes === null) return;
    camera.isDecoding = true;
    const captured = camera.decodes;
    camera.decodes = null;
    this.#cores.serve(
      () => this.#draws.of(this.#times.decode),
      () => {
        camera.isDecoding = false;
        this.#decoded(camera, captured);
        this.#decode(camera);
      },
    );
  }

  #decoded(camera: Camera, captured: number): void {
    const { framesPerSecond, analysedPerSecond } = this.#site;
    const before = Math.floor((camera.number * analysedPerSecond) / framesPerSecond);
    camera.number += 1;
    const isDue = Math.floor((camera.number * analysedPerSecond) / framesPerSecond) > before;
    if (!camera.isBusy) {
      this.#onLoop(this.#times.quietFrame, () => undefined);
      return;
    }
    if (!isDue) return;
    if (this.#isMeasured) this.#framesDue += 1;
    if (camera.waits !== null) this.#drop('busy');
    camera.waits = captured;
    this.#detect(camera);
  }

  #detect(camera: Camera): void {
    if (camera.isDetecting || camera.waits === null) return;
    camera.isDetecting = true;
    this.#detectors.acquire(() => {
      const captured = camera.waits as number;
      camera.waits = null;
      this.#onModel(this.#times.detect, () => {
        this.#detectors.release();
        this.#onLoop(this.#times.busyFrame, () => {
          this.#analysed(camera, captured);
          camera.isDetecting = false;
          this.#detect(camera);
        });
      });
    });
  }

  #analysed(camera: Camera, captured: number): void {
    if (captured <= camera.inViewUntil) this.#send('note', captured);
    const due = camera.faces.filter((at) => at <= captured).length;
    camera.faces = camera.faces.filter((at) => at > captured);
    for (let face = 0; face < due; face += 1) this.#recognise(captured);
  }

  #recognise(captured: number): void {
    const took = this.#faces.acquire(() =>
      this.#onModel(this.#times.enhance, () =>
        this.#onModel(this.#times.embed, () => {
          this.#faces.release();
          this.#send('face', captured);
        }),
      ),
    );
    if (!took) this.#drop('faces');
  }

  /** A model's thread needs a core, or the assumed device. */
  #onModel(samples: readonly number[], done: () => void): void {
    const ms = () => this.#draws.of(samples) / this.#site.assumedGpu;
    if (this.#site.assumedGpu === 1) this.#cores.serve(ms, done);
    else this.#simulation.after(ms(), done);
  }

  #onLoop(samples: readonly number[], done: () => void): void {
    this.#loop.acquire(() =>
      this.#cores.serve(
        () => this.#draws.of(samples),
        () => {
          this.#loop.release();
          done();
        },
      ),
    );
  }

  #send(kind: Sent['kind'], captured: number): void {
    this.#sent.push({ at: this.#simulation.now, captured, kind });
  }

  #drop(reason: DropReason): void {
    if (this.#isMeasured) this.#drops[reason] = (this.#drops[reason] ?? 0) + 1;
  }

  get #isMeasured(): boolean {
    return this.#simulation.now >= this.#site.warmUpSeconds * 1000;
  }
}
