import type { z } from 'zod';
import type { auditSchema } from '../../../src/gateway/schemas/audit.ts';
import type { systemSchema } from '../../../src/gateway/schemas/system.ts';

/** What the gateway sends, by its own schemas; types alone, no code of it reaches the page. */
export type SystemReport = z.infer<typeof systemSchema>;
export type SystemModel = SystemReport['models'][number];
export type SystemProvider = SystemReport['providers'][number];
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
