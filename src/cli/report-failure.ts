import { NightglassError } from '../domain/errors.ts';

/** What a person reads when a command failed: cause and hint, no stack. */
export function reportFailure(error: unknown): string {
  if (error instanceof NightglassError) {
    const lines = error.message.split('\n').map((line) => `nightglass: ${line}`);
    if (error.hint !== undefined) lines.push(`  ${error.hint}`);
    lines.push(`  (${error.code})`);
    return lines.join('\n');
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `nightglass: unexpected failure, please report it\n${text}`;
}
