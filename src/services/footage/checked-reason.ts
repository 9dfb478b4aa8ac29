import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';

/** Why footage is searched, without space around it. @throws NightglassError `BAD_REQUEST` */
export function checkedReason(given: string): string {
  const reason = given.trim();
  const [least, most] = footageBounds.reason;
  if (reason.length >= least && reason.length <= most) return reason;
  throw new NightglassError(
    'BAD_REQUEST',
    `Cannot search: the reason must have ${least} to ${most} characters`,
    { hint: 'Say for whom and for what; it stands in the audit log.' },
  );
}
