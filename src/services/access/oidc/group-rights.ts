import { oidcBounds } from '../../../domain/bounds.ts';
import type { Principal } from '../../../domain/principal.ts';

/** What somebody may do. */
export type Rights = Pick<Principal, 'role' | 'cameras' | 'watchlists' | 'scopes'>;

/** What the members of a group of the provider may do here. */
export interface GroupRights extends Rights {
  readonly group: string;
}

/** What a provider says of somebody, by name of the claim. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The rights of the first group, in the order of the configuration, that somebody is in: rights of
 * several groups are never put together, which could give more than any of them. Undefined for none.
 */
export function rightsOf(
  groups: readonly string[],
  mapping: readonly GroupRights[],
): Rights | undefined {
  const found = mapping.find(({ group }) => groups.includes(group));
  if (found === undefined) return undefined;
  const { role, cameras, watchlists, scopes } = found;
  return { role, cameras, watchlists, scopes };
}

/**
 * The groups that claims name, a list or a single one; undefined where they say nothing of groups.
 * @param claim its name, or the way to it through objects
 */
export function groupsIn(claims: Claims, claim: string | readonly string[]): string[] | undefined {
  let value: unknown = claims;
  for (const name of typeof claim === 'string' ? [claim] : claim) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Record<string, unknown>)[name];
  }
  const all = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(all)) return undefined;
  return all
    .slice(0, oidcBounds.claimedGroups)
    .filter((one): one is string => typeof one === 'string' && one.length <= oidcBounds.group);
}

/** True where a provider says that there are too many groups for a token (Entra ID). */
export function leavesGroupsOut(claims: Claims): boolean {
  const names = claims['_claim_names'];
  return (
    claims['hasgroups'] === true ||
    (typeof names === 'object' && names !== null && Object.hasOwn(names, 'groups'))
  );
}

/** The first of these claims that names somebody; control characters are taken out. */
export function nameIn(claims: Claims, order: readonly string[]): string | undefined {
  for (const claim of order) {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    if (typeof value !== 'string') continue;
    const name = value
      .normalize('NFKC')
      .replaceAll(/[\p{C}\s]+/gu, ' ')
      .trim();
    if (name !== '') return [...name].slice(0, oidcBounds.name).join('');
  }
  return undefined;
}
