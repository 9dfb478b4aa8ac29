import type { z } from 'zod';
import type { Session, SessionUse } from '../access/sessions.ts';
import type { openSessionSchema } from '../schemas/account.ts';

/** A session as its holder and administrators see it: no secret of it. */
export function shownSession(
  { id, name, by, address, agent, startedAt, usedAt, expiresAt }: SessionUse,
  own: Session | undefined,
): z.infer<typeof openSessionSchema> {
  return { id, name, by, address, agent, startedAt, usedAt, expiresAt, current: id === own?.id };
}
