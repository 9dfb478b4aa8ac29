import type { Actor } from '../../domain/audit-entry.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { RenewalStatus } from '../enrolment/template-renewal.ts';
import type { HealthReport } from './health.ts';

export interface ModelFacts {
  readonly name: string;
  readonly task: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly precision: string;
  /** The execution provider that really runs it. */
  readonly provider: string;
  /** True when the CPU runs some of its operators. */
  readonly partly: boolean;
  readonly licence: string;
  /** Whether its card can be read. */
  readonly card: boolean;
}

export interface NodeFacts {
  readonly node: string;
  readonly roles: readonly string[];
  readonly state: 'up' | 'draining' | 'lost';
  readonly version: string;
  /** Wall time, milliseconds. */
  readonly seenAt: number;
  readonly cores: number;
  /** Cores that its cameras take, as it measures. */
  readonly load: number;
  /** Ids of the cameras that it pulls. */
  readonly cameras: readonly string[];
  /** Messages that wait in it for the server. */
  readonly waiting: number;
  /** Since it started. */
  readonly sent: { readonly keyframes: number; readonly bytes: number };
}

/** Seconds. */
export interface Latency {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
}

export interface SystemReport {
  readonly uptimeSeconds: number;
  readonly node: string;
  readonly providers: HealthReport['providers'];
  readonly models: readonly ModelFacts[];
  /** Templates of other models: how far they have been made again, and which could not be. */
  readonly templates: RenewalStatus;
  /** Tasks without a model, and what that means. */
  readonly disabled: readonly { readonly task: string; readonly effect: string }[];
  readonly workers: readonly { readonly name: string; readonly state: string }[];
  readonly queues: readonly {
    readonly queue: string;
    readonly depth: number;
    readonly limit: number;
  }[];
  /** What `stages` and `alertLatency` look back on. */
  readonly windowSeconds: number;
  readonly stages: readonly ({ readonly stage: string } & Latency)[];
  /** Capture of the deciding frame to publication; null when no alert was raised. */
  readonly alertLatency: Latency | null;
  /** Frames since the start. */
  readonly framesMade: readonly { readonly cameraId: string; readonly count: number }[];
  readonly drops: readonly {
    readonly cameraId: string;
    readonly reason: string;
    readonly count: number;
  }[];
  readonly framesLive: number;
  /** Machines that pull cameras for this one; none where it pulls them itself. */
  readonly nodes: readonly NodeFacts[];
  readonly store: {
    readonly writable: boolean;
    readonly mode: string;
    /** Whether what shows or describes a face is encrypted on the disk. */
    readonly encrypted: boolean;
    /** What is wrong with it. */
    readonly message?: string;
    /** The database with its journal, and what is free on its disk; null when it is unknown. */
    readonly bytes: number | null;
    readonly freeBytes: number | null;
  };
  readonly memory: { readonly residentBytes: number; readonly heapBytes: number };
}

export interface SystemService {
  report(): Awaitable<SystemReport>;
  /** The card of a model in use, Markdown; undefined when there is none. */
  card(model: string): Awaitable<string | undefined>;
  /** Believes the clock after a jump, on record. Returns the wall time. @throws NightglassError `STORE_UNWRITABLE` */
  confirmTime(by: Actor): Awaitable<number>;
}
