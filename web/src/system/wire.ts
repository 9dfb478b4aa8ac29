import type { z } from 'zod';
import type { auditSchema, auditVerdictSchema } from '../../../src/gateway/schemas/audit.ts';
import type { systemSchema } from '../../../src/gateway/schemas/system.ts';

/** What the gateway sends, by its own schemas; types alone, no code of it reaches the page. */
export type SystemReport = z.infer<typeof systemSchema>;
export type SystemModel = SystemReport['models'][number];
export type SystemProvider = SystemReport['providers'][number];
export type AuditPage = z.infer<typeof auditSchema>;
export type AuditRecord = AuditPage['records'][number];
/** Whether the chain of hashes holds. */
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;
