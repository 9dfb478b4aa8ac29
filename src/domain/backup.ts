/** Which keys a backup holds: none, those of the data folder, or those of the store too. */
export const keyChoices = ['none', 'folder', 'all'] as const;
export type KeyChoice = (typeof keyChoices)[number];

/** Whom a backup is encrypted to. */
export type BackupLock =
  | { readonly passphrase: string }
  /** Public keys of the age format, `age1…`. */
  | { readonly recipients: readonly string[] };

/** What opens a backup. */
export interface BackupKeys {
  readonly passphrase?: string;
  /** Secret keys of the age format, `AGE-SECRET-KEY-1…`. */
  readonly identities?: readonly string[];
}

/** A backup that was written. */
export interface BackupResult {
  readonly file: string;
  readonly bytes: number;
  /** The moment that it shows, ISO 8601. */
  readonly createdAt: string;
  readonly files: number;
  readonly alerts: number;
  /** SHA-256 over the public half of the key that signed it. */
  readonly signer: string;
}

/** How regular backups go, for health and metrics. */
export interface BackupStatus {
  /** Why the last one failed; undefined when it did not. */
  readonly fault: string | undefined;
  /** Of the newest one that is there, but for those of the future, wall milliseconds; undefined for none. */
  readonly newestAt: number | undefined;
  /** That are there. */
  readonly kept: number;
}
