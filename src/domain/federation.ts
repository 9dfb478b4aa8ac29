import type { Actor } from './audit-entry.ts';

/** Id of a site: it is a part of subjects of NATS, and a metric's label. */
export const siteIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** What a site asks of its centre: about lists, and what it tells of its alerts. */
export const listKinds = ['state', 'list', 'people', 'person', 'template'] as const;
export const alertKinds = ['alert', 'pictures', 'piece', 'gone', 'have'] as const;
export const federationKinds = [...listKinds, ...alertKinds] as const;
export type ListKind = (typeof listKinds)[number];
export type AlertKind = (typeof alertKinds)[number];
export type FederationKind = (typeof federationKinds)[number];

export function isAlertKind(kind: FederationKind): kind is AlertKind {
  return (alertKinds as readonly string[]).includes(kind);
}

/**
 * Why a message, or a list, was not taken: too large; not sealed for this site, direction and
 * question; not signed by whom it should be; sent once before; not in the format; an older state
 * than the one that is there; an id or a name that is the site's own.
 */
export const federationRefusals = [
  'too_large',
  'seal',
  'signature',
  'replayed',
  'format',
  'rolled_back',
  'taken',
] as const;
export type FederationRefusal = (typeof federationRefusals)[number];

/** What a site has of a list. */
export interface HeldList {
  readonly id: string;
  /** The version that it has all of; 0: none yet. */
  readonly version: number;
  readonly people: number;
}

/** A site, as its centre knows it. */
export interface SiteState {
  readonly site: string;
  /** Wall milliseconds of its last message; null: none since the start. */
  readonly heardAt: number | null;
  readonly up: boolean;
  /** What it said that it has. */
  readonly lists: readonly HeldList[];
  /** Lists that are to be there and are not, in the version that is in force here. */
  readonly behind: readonly string[];
  /** Alerts that it has for the centre and that are not all here; null: it does not say. */
  readonly waiting: number | null;
  /** Alerts that came late since the start; null for who may not know of all lists. */
  readonly late: number | null;
}

/** Alerts of a site on their way to its centre. */
export interface AlertsOnTheWay {
  /** Those that the centre does not have as they are. */
  readonly waiting: number;
  /** When the one of them that was raised first was, wall milliseconds; null for none. */
  readonly oldestAt: number | null;
  /** Since the start: deleted here before the centre had them. */
  readonly lost: number;
  /** Why the last one was not taken; null where it was. */
  readonly fault: string | null;
}

/** What this installation is to others. */
export type FederationView =
  | { readonly role: 'none' }
  | {
      readonly role: 'site';
      readonly site: string;
      readonly connected: boolean;
      /** Wall milliseconds of the centre's last answer; null: none since the start. */
      readonly heardAt: number | null;
      readonly lists: readonly HeldList[];
      /** Lists of the centre that could not be taken, and why. */
      readonly refused: readonly { readonly id: string; readonly why: string }[];
      readonly alerts: AlertsOnTheWay;
    }
  | {
      readonly role: 'centre';
      readonly connected: boolean;
      readonly sites: readonly SiteState[];
      /** Which lists go where. */
      readonly lists: readonly { readonly id: string; readonly sites: readonly string[] }[];
    };

/** Who changes lists at a site as its centre says. Compared by identity: nobody else may. */
export const centreActor: Actor = { name: 'system', via: { by: 'federation' } };
