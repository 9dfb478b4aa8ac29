import type { AuditAction } from './audit-actions.ts';

/** What is to stand in the audit log. */
export interface AuditEntry {
  /** Name of the token, program or person who acted. */
  readonly who: string;
  /** What was done. */
  readonly what: AuditAction;
  /** What it was done to, e.g. a watchlist's id. */
  readonly target: string;
  /** Anything else, JSON. Never biometric data, credentials or names of people on watchlists. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who changes something. */
export interface Actor {
  /** Name of the token or of the program. */
  readonly name: string;
  /** Stands in the detail of each record, e.g. which user ran a command. */
  readonly via?: Readonly<Record<string, string>>;
}

/** The program itself. */
export const systemActor: Actor = { name: 'system' };

/** The record of a change by `by`. */
export function auditEntry(
  by: Actor,
  what: AuditAction,
  target: string,
  detail: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return { who: by.name, what, target, detail: { ...by.via, ...detail } };
}
