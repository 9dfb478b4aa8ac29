import type { Person, Template, Watchlist } from '../domain/watchlist.ts';
import { faceOf } from './encryption/sealed-face.ts';
import type { ValueCipher } from './encryption/value-cipher.ts';

type Row = Record<string, unknown>;

/** A row of `watchlists`. */
export function toWatchlist(row: Row): Watchlist {
  return {
    id: String(row['id']),
    name: String(row['name']),
    purpose: String(row['purpose']),
    legalBasis: String(row['legal_basis']),
    authorisation: String(row['authorisation']),
    owner: String(row['owner']),
    cameras: JSON.parse(String(row['cameras'])),
    uses: JSON.parse(String(row['uses'])),
    fpir: Number(row['fpir']),
    fixedThreshold: numberOrNull(row['fixed_threshold']),
    expiresAt: numberOrNull(row['expires_at']),
    retentionDays: Number(row['retention_days']),
    twoPersonReview: row['two_person_review'] === 1,
    priority: row['priority'] as Watchlist['priority'],
    sound: row['sound'] as Watchlist['sound'],
    review: JSON.parse(String(row['review'])),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}

/** A row of `people`. */
export function toPerson(row: Row): Person {
  return {
    id: String(row['id']),
    watchlistId: String(row['watchlist_id']),
    name: String(row['name']),
    note: String(row['note']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}

/** A row of `templates`. @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
export function toTemplate(cipher: ValueCipher, row: Row): Template {
  const { embedding, landmarks, poorView } = faceOf(cipher, row);
  return {
    id: String(row['id']),
    personId: String(row['person_id']),
    model: String(row['model']),
    embedding,
    poorView: poorView && { embedding: poorView, recipe: String(row['poor_view_by']) },
    quality: Number(row['quality']),
    sourceSha256: String(row['source_sha256']),
    flags: JSON.parse(String(row['flags'])),
    landmarks,
    createdAt: Number(row['created_at']),
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
