import { readFile } from 'node:fs/promises';
import { NightglassError } from '../domain/errors.ts';
import { type CaseVerdict, verifyCase } from '../services/evidence/verify-case.ts';
import { exitCodes } from './exit-codes.ts';

export interface VerifyOptions {
  readonly key?: string;
  readonly timestampCa?: string;
  readonly json?: boolean;
}

/** Verifies a case and says what came of it. @throws NightglassError */
export async function verifyEvidence(
  file: string,
  { key, timestampCa, json }: VerifyOptions,
): Promise<void> {
  const verdict = await verifyCase(
    file,
    key === undefined ? undefined : await textOf(key),
    timestampCa === undefined ? undefined : await textOf(timestampCa),
  );
  process.stdout.write(json === true ? `${JSON.stringify(verdict)}\n` : `${describe(verdict)}\n`);
  if (!verdict.ok) process.exitCode = exitCodes.failed;
}

type SoundCase = Extract<CaseVerdict, { ok: true }>;

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new NightglassError('NOT_FOUND', `Cannot read ${file}: ${String(cause)}`, { cause });
  }
}

function describe(verdict: CaseVerdict): string {
  if (!verdict.ok)
    return `broken: ${verdict.file === '' ? 'the archive' : verdict.file}: ${verdict.why}`;
  const { caseId, exportedAt, files, auditRecords, auditHead, key, keyKnown, timestamp } = verdict;
  return [
    `sound: case ${caseId} of ${exportedAt}, ${files} files, ${auditRecords} audit records`,
    `signed with key ${key}${keyKnown ? ', the one asked for' : ' (its own: compare it with the one published, or give --key)'}`,
    ...(timestamp === null ? [] : [stampText(timestamp)]),
    `audit record ${auditHead.sequence} ${auditHead.hash} (for "audit verify --head" where the log is)`,
  ].join('\n');
}

function stampText({ at, by, chain }: NonNullable<SoundCase['timestamp']>): string {
  const known =
    chain === 'trusted' ? 'trusted' : 'not held against an authority: give --timestamp-ca';
  return `time stamp ${at} by ${by} (${known})`;
}
