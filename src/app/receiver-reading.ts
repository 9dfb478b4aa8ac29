import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ArmingSubject } from '../domain/arming.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Receiver, ReceiverWay } from '../domain/outbox/receiver.ts';
import {
  privateNetworks,
  type TargetRules,
  targetRules,
} from '../services/cameras/target-rules.ts';
import type { Sender } from '../services/outbox/sender.ts';
import type { Foundation } from './foundation.ts';

/** A way to a receiver that is not open yet, its secrets read. */
export interface SenderPlan {
  readonly by: ReceiverWay;
  /** Where it is, without what could be a secret. */
  readonly host: string;
  /** All that its way is made of, secrets too: what differs in it is another way. */
  readonly settings: object;
  open(receiver: Receiver): Sender & Partial<CameraFollower>;
}

/** Who is also told of the states of cameras as they are, and may order by what others say there. */
export interface CameraFollower {
  camera(status: Pick<CameraStatus, 'cameraId' | 'state'>): void;
  forget(cameraId: string): void;
  /** All that can be armed, as it stands. */
  arming(all: readonly (ArmingSubject & { readonly armed: boolean })[]): void;
  takeOrders(take: (subject: ArmingSubject, armed: boolean) => void): void;
  /** What is kept there of cameras and watchlists, by what it is known as there. */
  readonly kept: readonly string[];
  withdraw(kept: readonly string[]): void;
}

/** What the settings of receivers are read with. */
export type ReceiverReading = Pick<
  Foundation,
  'baseDir' | 'clock' | 'config' | 'dataDir' | 'env'
> & {
  readonly log: Log;
};

/** Where a receiver may be: in public networks, and in those private ones that it names. */
export function receiverAddresses(
  id: string,
  allowed: readonly string[],
): TargetRules['addresses'] {
  const rules = targetRules(privateNetworks, {
    allowed,
    as: `the receiver ${id}`,
    hint: 'Its setting "allow" names the private networks that it may be in.',
  });
  return (host) => rules.addresses(host);
}

/** Certificates to trust. @throws NightglassError `CONFIG_INVALID` */
export function trusted(
  file: string | undefined,
  where: string,
  baseDir: string,
): { readonly ca?: string } {
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(resolve(baseDir, file), 'utf8') };
  } catch (cause) {
    throw new NightglassError('CONFIG_INVALID', `Cannot read ${where}.ca: ${file}`, {
      hint: 'Check the path and who may read it.',
      cause,
    });
  }
}

/** That what is not encrypted stays in networks of one's own. @throws NightglassError `CONFIG_INVALID` */
export function assertOwnNetwork(id: string, allowed: readonly string[], what: string): void {
  if (allowed.length > 0) return;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot send to the receiver ${id}: ${what} goes to networks of one's own alone, which "allow" names`,
    { hint: 'Use TLS, or name the network.' },
  );
}
