import type { AuditRecord } from '../../domain/audit-record.ts';
import type { ListConfirmation } from '../../domain/list-review.ts';
import { awaitsReview } from '../../domain/list-review.ts';
import type { Role } from '../../domain/principal.ts';
import { hasExpired, type Watchlist } from '../../domain/watchlist.ts';

interface Contact {
  readonly name: string;
  readonly contact: string;
}

/** What a person says about a deployment. What is not said is left out. */
export interface StatedDeployment {
  readonly name?: string | undefined;
  readonly place?: string | undefined;
  readonly purpose?: string | undefined;
  /** ISO date. */
  readonly since?: string | undefined;
  readonly operator?: Contact | undefined;
  readonly dataProtectionOfficer?: Contact | undefined;
  readonly processors: readonly (Contact & { readonly what: string })[];
  readonly staff: readonly {
    readonly name: string;
    readonly role: string;
    readonly training?: string | undefined;
  }[];
  readonly notice?: string | undefined;
  readonly oversight?: string | undefined;
  /** What each camera is there for, by id. */
  readonly cameras: Readonly<Record<string, string>>;
}

export interface DeployedList
  extends Omit<Watchlist, 'review' | 'createdAt' | 'updatedAt' | 'priority' | 'sound'> {
  readonly people: number;
  readonly state: 'in force' | 'waits for review' | 'expired';
  /** Who put it in force; null where no review was asked for. */
  readonly confirmed: ListConfirmation | null;
}

export interface DeployedCamera {
  readonly id: string;
  readonly name: string;
  /** Where it was set up. */
  readonly from: 'configuration' | 'page';
  readonly enabled: boolean;
  /** Null where nobody said. */
  readonly purpose: string | null;
  /** Lists that are in force there, by id. */
  readonly watchlists: readonly string[];
}

/** An account or a token that is in force: its holder acts under its name. */
export interface DeployedAccount {
  readonly kind: 'account' | 'token';
  readonly name: string;
  readonly role: Role;
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface DeployedModel {
  readonly task: string;
  readonly model: string;
  readonly version: string;
  readonly precision: string;
  readonly sha256: string;
}

/** Who outside is sent alerts, and what of them. */
export interface DeployedReceiver {
  readonly id: string;
  readonly by: string;
  readonly names: boolean;
  readonly scores: boolean;
  readonly pictures: readonly string[];
}

/** Where, why and with what a system runs: what its people said and what the program knows. */
export interface DeploymentRecord {
  /** Wall milliseconds. */
  readonly madeAt: number;
  readonly version: string;
  readonly stated: StatedDeployment;
  /** When what is stated was changed, by the audit log, oldest first. */
  readonly versions: readonly { readonly at: number; readonly sequence: number }[];
  readonly watchlists: readonly DeployedList[];
  readonly cameras: readonly DeployedCamera[];
  readonly accounts: readonly DeployedAccount[];
  readonly models: readonly DeployedModel[];
  readonly receivers: readonly DeployedReceiver[];
  /** Settings that decide who is found and what is kept, by name, in words. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Measures of protection and whether they are in use. */
  readonly measures: readonly {
    readonly name: string;
    readonly inUse: boolean;
    readonly detail: string;
  }[];
}

/** A list as it stands in the record. */
export function deployedList(list: Watchlist, people: number, now: number): DeployedList {
  const { createdAt, updatedAt, priority, sound, review, ...stated } = list;
  const state = hasExpired(list, now)
    ? 'expired'
    : awaitsReview(list)
      ? 'waits for review'
      : 'in force';
  return { ...stated, people, state, confirmed: review.confirmed };
}

/** Lists in force that run live at a camera, by id. */
export function listsAt(cameraId: string, lists: readonly DeployedList[]): string[] {
  return lists
    .filter(({ state, uses }) => state === 'in force' && uses.includes('live'))
    .filter(({ cameras }) => cameras === '*' || cameras.includes(cameraId))
    .map(({ id }) => id);
}

/** When what is stated was changed. */
export function versionsOf(records: readonly AuditRecord[]): DeploymentRecord['versions'] {
  return records.map(({ at, sequence }) => ({ at, sequence }));
}
