import type { z } from 'zod';
import type { auditSchema } from '../../../src/gateway/schemas/answers.ts';

/** A model that this server runs or could run. */
export interface SystemModel {
  readonly name: string;
  readonly task: string;
  readonly sha256: string;
  readonly precision: string;
  readonly licence: string;
  /** True when its card can be read. */
  readonly card: boolean;
}

export interface SystemProvider {
  readonly model: string;
  readonly task: string;
  readonly provider: string;
  readonly requested: string;
  readonly precision: string;
  readonly partly?: boolean | undefined;
}

/** The state of the server as `GET /api/system` tells it. */
export interface SystemReport {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly providers: readonly SystemProvider[];
  readonly models: readonly SystemModel[];
  /** Seconds over the last minutes; null where nothing passed. */
  readonly stages: readonly {
    readonly stage: string;
    readonly median: number | null;
    readonly p99: number | null;
    readonly count: number;
  }[];
  /** Totals since the start. */
  readonly drops: readonly {
    readonly cameraId: string;
    readonly reason: string;
    readonly count: number;
  }[];
  readonly store: {
    readonly bytes: number | null;
    readonly writable: boolean;
    readonly message?: string | undefined;
  };
}

export type AuditRecord = z.infer<typeof auditSchema>['records'][number];

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | number | null;
}

/** Whether the chain of hashes holds. */
export interface AuditVerdict {
  readonly ok: boolean;
  readonly records: number;
  readonly problem?: { readonly sequence: number; readonly message: string } | undefined;
}
