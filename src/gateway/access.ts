/** Roles in rising order; each may do what those before it may. */
export const roles = ['viewer', 'operator', 'reviewer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Rights beyond the role, given to a token one by one. */
export type Scope = 'embeddings:read';

/** Who is asking. */
export interface Principal {
  /** Names the token in the audit log; never the token itself. */
  readonly name: string;
  readonly role: Role;
  /** Cameras that it may see; `["*"]` is all. */
  readonly cameras: readonly string[];
  readonly scopes: readonly string[];
}

/** What the gateway needs of the token store. */
export interface GatewayAccess {
  /** Tokens in force. With none the gateway opens on loopback for the demo or not at all. */
  tokenCount(): number;
  /** The principal of a token in force, else undefined. Compares in constant time. */
  authenticate(token: string): Principal | undefined;
}

/** The principal of a local visitor in the demo. */
export const localPrincipal: Principal = {
  name: 'local',
  role: 'admin',
  cameras: ['*'],
  scopes: ['embeddings:read'],
};

/** True when the principal's role is `role` or above. */
export function hasRole(principal: Principal, role: Role): boolean {
  return roles.indexOf(principal.role) >= roles.indexOf(role);
}

/** True when the principal may see the camera. */
export function maySeeCamera(principal: Principal, cameraId: string): boolean {
  return principal.cameras.includes('*') || principal.cameras.includes(cameraId);
}
