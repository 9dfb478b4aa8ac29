import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { NightglassError } from '../../domain/errors.ts';
import { assertRecordsHere } from '../elsewhere-mark.ts';
import { damagedMarkName, databaseFileName, whyMarked } from '../open-database.ts';
import { awaitHead, headAttempts, headIsNoted } from './head-is-noted.ts';
import type { Snapshot, SnapshotCopy } from './snapshot.ts';
import { auditHeadOf, copyFault, damagedRecords, openCopy, placeOfCopy } from './snapshot-copy.ts';

/** Pages of a step: 8 MiB, of which no other thread waits for more than a lock. */
const pagesOfStep = 2048;

/**
 * Holds the SQLite database of a data folder as it is now.
 * @param beside called while nobody can write, to read what must belong to the same moment
 * @throws NightglassError `NOT_FOUND`, `STORE_REFUSED` where the records are in PostgreSQL,
 * `STORE_UNWRITABLE`, `STORE_CORRUPT`
 */
export function takeSqliteSnapshot(dataDir: string, beside: () => void): Snapshot {
  const file = join(dataDir, databaseFileName);
  if (!existsSync(file)) {
    assertRecordsHere(dataDir);
    throw new NightglassError('NOT_FOUND', `Cannot back up ${dataDir}: it holds no database`);
  }
  if (existsSync(join(dataDir, damagedMarkName))) throw damagedRecords(file, whyMarked(dataDir));
  try {
    const reader = pinned(file, dataDir, beside);
    return {
      copy: () => copyOf(reader, dataDir),
      [Symbol.dispose]() {
        if (reader.isOpen) reader.close();
      },
    };
  } catch (error) {
    throw copyFault(error, dataDir);
  }
}

/** A connection that sees this moment until it is closed, however much is written. */
function pinned(file: string, dataDir: string, beside: () => void): DatabaseSync {
  for (let attempt = 1; ; attempt += 1) {
    const writer = new DatabaseSync(file, { timeout: 10_000 });
    let reader: DatabaseSync | undefined;
    try {
      writer.exec('BEGIN IMMEDIATE');
      reader = new DatabaseSync(file, { readOnly: true });
      // The first read of a transaction fixes what all later ones see.
      reader.exec('BEGIN');
      reader.prepare('SELECT count(*) FROM sqlite_schema').get();
      if (attempt >= headAttempts || headIsNoted(auditHeadOf(reader), dataDir)) {
        beside();
        return reader;
      }
      reader.close();
    } catch (error) {
      reader?.close();
      throw error;
    } finally {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      writer.close();
    }
    awaitHead();
  }
}

async function copyOf(reader: DatabaseSync, dataDir: string): Promise<SnapshotCopy> {
  const copy = placeOfCopy(dataDir);
  try {
    // Made here and not by SQLite, so that nobody else may ever read it.
    closeSync(openSync(copy, 'wx', 0o600));
    await backup(reader, copy, { rate: pagesOfStep });
    reader.close();
    return openCopy(copy);
  } catch (error) {
    throw copyFault(error, dataDir);
  } finally {
    for (const part of ['', '-journal', '-wal', '-shm']) rmSync(copy + part, { force: true });
  }
}
