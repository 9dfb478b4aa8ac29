import type { Priority } from '../outbox/notice.ts';
import type { ReceiverLanguage } from '../outbox/receiver.ts';

/** A browser that somebody wants alerts on. How it is reached is sealed, and not in here. */
export interface PushDevice {
  readonly id: string;
  /** Id of the principal that it belongs to: what it is shown is what this one may see. */
  readonly owner: string;
  /** Names the owner in the audit log. */
  readonly ownerName: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Of the push service that its browser uses. */
  readonly host: string;
  /** SHA-256 of its address, base64url: by it a browser knows which device it is. */
  readonly fingerprint: string;
  readonly language: ReceiverLanguage;
  /** What is less urgent is not sent there. */
  readonly leastPriority: Priority;
  /** Wall milliseconds. */
  readonly createdAt: number;
}

/** How a browser is reached: RFC 8030's push resource, and the keys of RFC 8291 in base64url. */
export interface PushAddress {
  readonly endpoint: string;
  /** The browser's public key, an uncompressed point of P-256. */
  readonly p256dh: string;
  /** Its authentication secret, 16 bytes. */
  readonly auth: string;
}

/** Why a device is gone. */
export type DeviceEnd =
  /** Its owner removed it, or signed out there. */
  | 'removed'
  /** The push service knows it no longer. */
  | 'gone'
  /** Its owner was revoked, has expired, or is no more. */
  | 'owner_gone'
  /** Somebody else wants alerts in the same browser. */
  | 'taken_over'
  /** Its push service is no longer one of those that are configured. */
  | 'host_refused';

/** Names a device among the receivers of the outbox; no receiver of the configuration is called so. */
export const pushReceiverPrefix = 'push:';
