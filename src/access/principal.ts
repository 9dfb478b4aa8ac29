/** What a role may do grows with the list: an operator may do all that a viewer may. */
export const roles = ['viewer', 'operator', 'reviewer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Rights beside the role. `embeddings:read`: live biometric data of everybody in view. */
export const scopes = ['embeddings:read'] as const;
export type Scope = (typeof scopes)[number];

/** Who acts, as far as the program knows. */
export interface Principal {
  readonly id: string;
  /** Stands in reviews and in the audit log. */
  readonly name: string;
  readonly role: Role;
  /** Camera ids, or `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  /** Watchlist ids, or `'*'` for all. */
  readonly watchlists: '*' | readonly string[];
  readonly scopes: readonly Scope[];
}

/** True when the principal's role is `role` or a higher one. */
export function hasRole(principal: Principal, role: Role): boolean {
  return roles.indexOf(principal.role) >= roles.indexOf(role);
}

/** True when the principal may see this camera and what comes from it. */
export function maySeeCamera(principal: Principal, cameraId: string): boolean {
  return principal.cameras === '*' || principal.cameras.includes(cameraId);
}

/** True when the principal holds the scope. Scopes do not follow from roles, not even from `admin`. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  return principal.scopes.includes(scope);
}
