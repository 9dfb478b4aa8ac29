import type { Person, Template, Watchlist } from '../domain/watchlist.ts';

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
    fpir: Number(row['fpir']),
    fixedThreshold: numberOrNull(row['fixed_threshold']),
    expiresAt: numberOrNull(row['expires_at']),
    retentionDays: Number(row['retention_days']),
    twoPersonReview: row['two_person_review'] === 1,
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

/** A row of `templates`. */
export function toTemplate(row: Row): Template {
  return {
    id: String(row['id']),
    personId: String(row['person_id']),
    model: String(row['model']),
    embedding: toVector(row['embedding'] as Uint8Array),
    quality: Number(row['quality']),
    sourceSha256: String(row['source_sha256']),
    flags: JSON.parse(String(row['flags'])),
    landmarks: JSON.parse(String(row['landmarks'])),
    createdAt: Number(row['created_at']),
  };
}

/** Copies: a blob need not start at a multiple of four. */
function toVector(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}
