import type { DeadLetter, Receiver } from '../client/nightglass-client.ts';
import { NightglassError } from '../domain/errors.ts';
import { print, type RemoteOptions } from './cameras-remote.ts';
import { exitCodes } from './exit-codes.ts';
import { answerOf, gatewayClient } from './gateway-client.ts';
import { textTable, withoutControls } from './text-table.ts';

export type ReceiversOptions = RemoteOptions;
export type DeadOptions = RemoteOptions;

export interface ResendOptions extends RemoteOptions {
  readonly numbers?: readonly string[];
  readonly all?: boolean;
}

/** Prints all receivers. @throws NightglassError what the gateway answers with */
export async function listReceivers(options: ReceiversOptions): Promise<void> {
  const asked = gatewayClient(options).receivers();
  const receivers = await answerOf('list receivers', options.address, asked);
  print(options, { receivers }, () =>
    receivers.length === 0
      ? 'no receivers; they are set up under "receivers" of the configuration\n'
      : textTable(
          ['ID', 'BY', 'HOST', 'DELIVERED', 'WAITING', 'DEAD', 'NOTE'],
          receivers.map(rowOf),
        ),
  );
}

function rowOf({ id, by, host, counts, waiting, dead, fault, oldestAt }: Receiver): string[] {
  const since = oldestAt === null ? '' : ` (oldest of ${timeOf(oldestAt)})`;
  const note = fault === null ? '' : `takes nothing since ${timeOf(fault.since)}: ${fault.reason}`;
  const delivered = String(counts['delivered'] ?? 0);
  return [id, by, host, delivered, `${waiting}${since}`, String(dead), withoutControls(note)];
}

/** Sends a test; exit code 1 where it was not taken. @throws NightglassError what the gateway answers with */
export async function testReceiver(id: string, options: ReceiversOptions): Promise<void> {
  const asked = gatewayClient(options).testReceiver(id);
  const test = await answerOf(`test the receiver ${id}`, options.address, asked);
  const { milliseconds, ok, reason } = test;
  print(options, test, () =>
    ok
      ? `${id}: taken after ${milliseconds} ms\n`
      : `${id}: not taken: ${withoutControls(reason ?? '')}\n`,
  );
  if (!ok) process.exitCode = exitCodes.failed;
}

/** Prints all dead letters. @throws NightglassError what the gateway answers with */
export async function listDead(id: string, options: DeadOptions): Promise<void> {
  const client = gatewayClient(options);
  const dead: DeadLetter[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const asked = client.deadLetters(id, { after, limit: 500 });
    const page = await answerOf(`list dead letters of ${id}`, options.address, asked);
    dead.push(...page.dead);
    after = page.next;
  }
  const rows = dead.map(({ number, kind, alertId, createdAt, deadAt, attempts, reason }) => [
    ...[String(number), kind, alertId ?? '', timeOf(createdAt), timeOf(deadAt)],
    ...[String(attempts), withoutControls(reason)],
  ]);
  print(options, { dead }, () =>
    rows.length === 0
      ? 'no dead letters\n'
      : textTable(['NUMBER', 'WHAT', 'ALERT', 'CAME', 'GIVEN UP', 'ATTEMPTS', 'WHY'], rows),
  );
}

/** Sends dead letters again. @throws NightglassError `USAGE`, what the gateway answers with */
export async function resendDead(id: string, options: ResendOptions): Promise<void> {
  const { all = false, numbers } = options;
  const whole = numbers?.map(Number);
  if (
    all === (whole !== undefined) ||
    whole?.some((each) => !Number.isSafeInteger(each) || each < 1)
  ) {
    throw new NightglassError('USAGE', 'Cannot send dead letters again: which?', {
      hint: 'Give --all, or --numbers with numbers that "nightglass receivers dead" shows.',
    });
  }
  const asked = gatewayClient(options).resendDeadLetters(id, whole ?? 'all');
  const resent = await answerOf(`send dead letters of ${id} again`, options.address, asked);
  print(options, { resent }, () => `${resent} dead letter(s) of ${id} are sent again\n`);
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
