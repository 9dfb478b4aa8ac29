import { z } from 'zod';
import { keyChoices } from '../../domain/backup.ts';

/** What a backup holds beside the files of the data folder. The first entry says what it is. */
export const aboutEntry = 'about.json';
export const manifestEntry = 'manifest.json';
export const signatureEntry = 'manifest.sig';
export const publicKeyEntry = 'public-key.pem';
/** Below it the files of the data folder. */
export const dataEntries = 'data/';
/** The keys that faces are encrypted with, which do not stand in the data folder. */
export const storeKeysEntry = 'store.keys';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Read before anything else of the backup. */
export const backupAbout = z.object({
  format: z.literal('nightglass-backup/1'),
  /** Of the program that made it. */
  version: z.string().max(40),
  /** The moment that it shows, ISO 8601. */
  createdAt: z.iso.datetime(),
  /** Number of the last migration of the database. */
  schema: z.int().min(0),
  /** The data folder, absolute. */
  dataDir: z.string().max(4096),
  keys: z.enum(keyChoices),
  /** Where the records were kept; in the backup they are an SQLite database in any case. */
  records: z.enum(['sqlite', 'postgresql']).default('sqlite'),
  /** Ids of the keys that the database needs. */
  storeKeyIds: z.array(z.string().max(64)).max(64),
  /** Bytes of all files. */
  bytes: z.int().min(0),
});
export type BackupAbout = z.infer<typeof backupAbout>;

/** All that a backup holds. Its bytes are signed as they stand. */
export const backupManifest = backupAbout.extend({
  /** Where the audit log ended. */
  auditHead: z.object({ sequence: z.int(), hash }).nullable(),
  /** Rows of the database by table. */
  rows: z.record(z.string().max(100), z.int().min(0)),
  /** SHA-256 over the signing key's public half. */
  signer: hash,
  files: z
    .array(z.object({ path: z.string().min(1).max(1024), bytes: z.int().min(0), sha256: hash }))
    .max(20_010),
});
export type BackupManifest = z.infer<typeof backupManifest>;
export type BackupFile = BackupManifest['files'][number];
