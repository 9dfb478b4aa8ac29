import { userInfo } from 'node:os';
import type { Actor } from '../domain/audit-entry.ts';

/** Who runs this command, as the audit log names them. */
export function commandActor(): Actor {
  return { name: 'command line', via: { user: userInfo().username } };
}
