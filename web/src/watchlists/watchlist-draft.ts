import type {
  NewWatchlist,
  Watchlist,
  WatchlistChanges,
} from '../../../src/client/nightglass-client.ts';
import { fieldTime, momentOf } from '../i18n/zoned-time.ts';

/** A watchlist as it stands in the form: text as typed. */
export interface WatchlistDraft {
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly authorisation: string;
  readonly owner: string;
  readonly allCameras: boolean;
  readonly cameras: readonly string[];
  readonly uses: Watchlist['uses'];
  /** One false alarm in so many searches: 1 / FPIR. */
  readonly oneIn: string;
  /** A fixed threshold; empty for the one that follows from `oneIn`. */
  readonly fixedThreshold: string;
  /** As of `<input type=datetime-local>`; empty for never. */
  readonly expiresAt: string;
  /** IANA name of the zone of `expiresAt`. */
  readonly zone: string;
  readonly retentionDays: string;
  readonly twoPersonReview: boolean;
  readonly priority: Watchlist['priority'];
  readonly sound: Watchlist['sound'];
}

export type DraftField = keyof WatchlistDraft;

/** What is wrong with a field; the form words it. */
export type DraftFault =
  | { readonly kind: 'required' }
  | { readonly kind: 'past' }
  | { readonly kind: 'range'; readonly least: number; readonly most: number };

export type DraftFaults = Partial<Record<DraftField, DraftFault>>;

const dayMs = 86_400_000;

/** A new list: ends in ninety days, runs nowhere before cameras are named. */
export function newDraft(now: number, zone: string): WatchlistDraft {
  return {
    name: '',
    purpose: '',
    legalBasis: '',
    authorisation: '',
    owner: '',
    allCameras: false,
    cameras: [],
    uses: ['live'],
    oneIn: '1000',
    fixedThreshold: '',
    expiresAt: fieldTime(now + 90 * dayMs, zone),
    zone,
    retentionDays: '30',
    twoPersonReview: false,
    priority: 'normal',
    sound: 'tone',
  };
}

export function draftOf(list: Watchlist, zone: string): WatchlistDraft {
  return {
    name: list.name,
    purpose: list.purpose,
    legalBasis: list.legalBasis,
    authorisation: list.authorisation,
    owner: list.owner,
    allCameras: list.cameras === '*',
    cameras: list.cameras === '*' ? [] : list.cameras,
    uses: list.uses,
    oneIn: String(Math.round(1 / list.fpir)),
    fixedThreshold: list.fixedThreshold === null ? '' : String(list.fixedThreshold),
    expiresAt: list.expiresAt === null ? '' : fieldTime(list.expiresAt, zone),
    zone,
    retentionDays: String(list.retentionDays),
    twoPersonReview: list.twoPersonReview,
    priority: list.priority,
    sound: list.sound,
  };
}

/** What keeps the draft from being sent; empty when nothing does. */
export function faultsOf(draft: WatchlistDraft, now: number, before?: Watchlist): DraftFaults {
  const faults: DraftFaults = {};
  for (const field of ['name', 'purpose', 'legalBasis', 'authorisation', 'owner'] as const) {
    if (draft[field].trim() === '') faults[field] = { kind: 'required' };
  }
  if (!draft.allCameras && draft.cameras.length === 0) faults.cameras = { kind: 'required' };
  if (draft.uses.length === 0) faults.uses = { kind: 'required' };
  if (!within(draft.oneIn, 2, 10_000_000)) {
    faults.oneIn = { kind: 'range', least: 2, most: 10_000_000 };
  }
  if (draft.fixedThreshold.trim() !== '' && !within(draft.fixedThreshold, -1, 1)) {
    faults.fixedThreshold = { kind: 'range', least: -1, most: 1 };
  }
  if (!within(draft.retentionDays, 1, 3650) || !Number.isInteger(Number(draft.retentionDays))) {
    faults.retentionDays = { kind: 'range', least: 1, most: 3650 };
  }
  const unchanged =
    before !== undefined && draft.expiresAt === draftOf(before, draft.zone).expiresAt;
  if (draft.expiresAt !== '' && !unchanged && (momentOf(draft.expiresAt, draft.zone) ?? 0) <= now) {
    faults.expiresAt = { kind: 'past' };
  }
  return faults;
}

/** The draft as the gateway takes it. */
export function bodyOf(draft: WatchlistDraft): NewWatchlist {
  return {
    name: draft.name.trim(),
    purpose: draft.purpose.trim(),
    legalBasis: draft.legalBasis.trim(),
    authorisation: draft.authorisation.trim(),
    owner: draft.owner.trim(),
    cameras: draft.allCameras ? '*' : [...draft.cameras],
    uses: [...draft.uses],
    fpir: 1 / Number(draft.oneIn),
    fixedThreshold: draft.fixedThreshold.trim() === '' ? null : Number(draft.fixedThreshold),
    expiresAt: momentOf(draft.expiresAt, draft.zone) ?? null,
    retentionDays: Number(draft.retentionDays),
    twoPersonReview: draft.twoPersonReview,
    priority: draft.priority,
    sound: draft.sound,
  };
}

/** What of the draft differs from the list as it was. */
export function changesOf(draft: WatchlistDraft, before: Watchlist): WatchlistChanges {
  // Compared as drafts: minutes and whole numbers, so that what was not touched is not sent.
  const old = new Map(Object.entries(bodyOf(draftOf(before, draft.zone))));
  const touched = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(old.get(key));
  return Object.fromEntries(Object.entries(bodyOf(draft)).filter(touched));
}

/** The field that a refusal of the gateway speaks of (`Cannot read the body: name: Too big`). */
export function fieldOfRefusal(code: string, message: string): DraftField | undefined {
  if (code === 'CONFLICT') return 'name';
  if (code !== 'BAD_REQUEST') return undefined;
  const named = /: (\w+)(?:\.\w+)*: /.exec(message)?.[1];
  if (named === 'fpir') return 'oneIn';
  return formFields.find((field) => field === named);
}

const formFields: readonly DraftField[] = [
  'name',
  'purpose',
  'legalBasis',
  'authorisation',
  'owner',
  'cameras',
  'uses',
  'fixedThreshold',
  'expiresAt',
  'retentionDays',
];

function within(text: string, least: number, most: number): boolean {
  const value = Number(text);
  return text.trim() !== '' && value >= least && value <= most;
}
