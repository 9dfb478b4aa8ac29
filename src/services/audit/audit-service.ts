import type { AuditLog } from '../../store/audit-log.ts';

/** What the gateway needs of the audit log. Changes record themselves, in their own transaction. */
export type AuditService = Pick<
  AuditLog,
  'require' | 'append' | 'listSlowly' | 'records' | 'verifySlowly'
>;
