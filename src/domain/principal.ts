import type { Actor } from './audit-entry.ts';

/** Roles in rising order; each may do what those before it may. */
export const roles = ['viewer', 'operator', 'reviewer', 'admin'] as const;

export type Role = (typeof roles)[number];

/** Rights beyond the role, given to a token one by one. */
export const scopes = ['embeddings:read', 'learning:export'] as const;

export type Scope = (typeof scopes)[number];

/** Who is asking. */
export interface Principal {
  /** Id of the token. */
  readonly id: string;
  /** Names the token in reviews and in the audit log; never the token itself. */
  readonly name: string;
  readonly role: Role;
  /** Cameras that it may see, `'*'` for all; `site.ID`: those of a site of this centre. */
  readonly cameras: '*' | readonly string[];
  /** Watchlists that it may know of, by id, `'*'` for all. */
  readonly watchlists: '*' | readonly string[];
  readonly scopes: readonly Scope[];
}

/** The principal of a local visitor in the demo. */
export const localPrincipal: Principal = {
  id: 'local',
  name: 'local',
  role: 'admin',
  cameras: '*',
  watchlists: '*',
  scopes,
};

/** True when the principal's role is `role` or above. */
export function hasRole(principal: Principal, role: Role): boolean {
  return roles.indexOf(principal.role) >= roles.indexOf(role);
}

/** True when the principal may see the camera. */
export function maySeeCamera(principal: Principal, cameraId: string): boolean {
  return principal.cameras === '*' || principal.cameras.includes(cameraId);
}

const sitePrefix = 'site.';

/** All cameras of a site of this centre, as `cameras` names them: no camera's own id holds a dot. */
export function camerasOfSite(site: string): string {
  return sitePrefix + site;
}

/** True when the principal may see what comes from the cameras of a site. */
export function maySeeSite(principal: Principal, site: string): boolean {
  return maySeeCamera(principal, camerasOfSite(site));
}

/** Sites whose cameras a principal may see, `'*'` for all. */
export function sitesOf({ cameras }: Pick<Principal, 'cameras'>): '*' | readonly string[] {
  if (cameras === '*') return '*';
  return cameras.filter((id) => id.startsWith(sitePrefix)).map((id) => id.slice(sitePrefix.length));
}

/** True when the principal may see every camera and every watchlist. */
export function isUnlimited({
  cameras,
  watchlists,
}: Pick<Principal, 'cameras' | 'watchlists'>): boolean {
  return cameras === '*' && watchlists === '*';
}

/** True when the principal may know of this watchlist and of what it raised. */
export function maySeeWatchlistId(principal: Principal, watchlistId: string): boolean {
  return principal.watchlists === '*' || principal.watchlists.includes(watchlistId);
}

/** True when the principal may see biometric data at all: pictures of faces, names, alerts. */
export function maySeeBiometrics(principal: Principal): boolean {
  return hasRole(principal, 'operator');
}

/** True when the principal holds the scope; no role implies one, and a viewer never has one. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return maySeeBiometrics(principal) && principal.scopes.includes(scope);
}

/** The principal as the audit log names it. */
export function actorOf({ name }: Principal): Actor {
  return { name };
}
