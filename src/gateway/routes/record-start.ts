import type { Auditor } from '../access/auditor.ts';
import type { Begun } from '../access/authenticator.ts';

/** Somebody has signed in, by whatever means. */
export function recordStart(auditor: Auditor, { principal, session }: Begun): Promise<void> {
  const { address, by, id } = session;
  const detail = { address, role: principal.role, by, session: id };
  return auditor.attempt({
    ...{ who: principal.name, what: 'session.started', target: principal.id },
    detail,
  });
}
