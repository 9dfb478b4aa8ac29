import type { NewUser, Role, Session } from '../../../src/client/nightglass-client.ts';

/** Rights of an account or a token while they are written. */
export interface RightsDraft {
  readonly role: Role;
  readonly allCameras: boolean;
  readonly cameras: readonly string[];
  readonly allLists: boolean;
  readonly watchlists: readonly string[];
  readonly embeddings: boolean;
  /** Export of faces for training. */
  readonly training: boolean;
}

type Rights = Required<Pick<NewUser, 'role' | 'cameras' | 'watchlists' | 'scopes'>>;

export const roles = ['viewer', 'operator', 'reviewer', 'admin'] as const satisfies Role[];

/** Rights that somebody has, or the least there are. */
export function draftOfRights(rights?: {
  readonly role: Role;
  readonly cameras: Session['cameras'];
  readonly watchlists: Session['watchlists'];
  readonly scopes: readonly string[];
}): RightsDraft {
  const { role = 'viewer', cameras = '*', watchlists = '*', scopes = [] } = rights ?? {};
  return {
    role,
    allCameras: cameras === '*',
    cameras: cameras === '*' ? [] : cameras,
    allLists: watchlists === '*',
    watchlists: watchlists === '*' ? [] : watchlists,
    embeddings: scopes.includes('embeddings:read'),
    training: scopes.includes('learning:export'),
  };
}

/** What the gateway is sent. */
export function rightsOf(draft: RightsDraft): Rights {
  const scopes = [
    ...(draft.embeddings ? (['embeddings:read'] as const) : []),
    ...(draft.training ? (['learning:export'] as const) : []),
  ];
  return {
    role: draft.role,
    cameras: draft.allCameras ? '*' : [...draft.cameras],
    watchlists: draft.allLists ? '*' : [...draft.watchlists],
    scopes: draft.role === 'viewer' ? [] : scopes,
  };
}
