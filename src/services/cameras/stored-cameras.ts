import type { AuditAction } from '../../domain/audit-actions.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { mostCameras } from '../../domain/bounds.ts';
import type {
  CameraChange,
  CameraLogin,
  CameraSetup,
  NewCamera,
  StoredCamera,
} from '../../domain/camera-setup.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { CameraRow, CameraTable } from '../../store/camera-table.ts';
import type { SecretBox } from '../../store/secret-box.ts';
import type { Store } from '../../store/store.ts';
import { addressesOf, leadsElsewhere, namesSecret } from './camera-addresses.ts';

export interface StoredCamerasOptions {
  readonly store: Pick<Store, 'write' | 'afterCommit' | 'compact'>;
  readonly table: CameraTable;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly box: SecretBox;
  /** Wall milliseconds. */
  readonly now: () => number;
  /** Ids of the cameras of the configuration file, those that are switched off too. */
  readonly inFile: () => readonly string[];
  /** @throws NightglassError `BAD_REQUEST` for settings that the configuration would refuse */
  readonly validate: (id: string, setup: CameraSetup) => void;
  /** @throws NightglassError `FORBIDDEN` for an address that no camera may have */
  readonly admit: (address: string) => Promise<void>;
}

/**
 * Cameras added while the program runs. Every change is one transaction: its rule, the change and
 * its audit record by `by`. Logins are kept sealed and leave only through `login`.
 */
export class StoredCameras {
  readonly #options: StoredCamerasOptions;

  constructor(options: StoredCamerasOptions) {
    this.#options = options;
  }

  /** In the order in which they were added. */
  list(): StoredCamera[] {
    return this.#options.table.list().map(viewOf);
  }

  find(id: string): StoredCamera | undefined {
    const row = this.#options.table.find(id);
    return row === undefined ? undefined : viewOf(row);
  }

  /** The login of a camera, for opening it. @throws NightglassError `SECRET_MISSING` */
  login(id: string): CameraLogin | null {
    const sealed = this.#options.table.find(id)?.login ?? null;
    return sealed === null ? null : (JSON.parse(this.#options.box.open(sealed, id)) as CameraLogin);
  }

  /**
   * Whether these settings may be opened: as for a camera that is added.
   * @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`
   */
  async check(id: string, setup: CameraSetup): Promise<void> {
    this.#options.validate(id, setup);
    for (const address of addressesOf(setup)) {
      if (namesSecret(address)) {
        throw new NightglassError(
          'BAD_REQUEST',
          `Cannot use the address of camera ${id}: it holds a password in its path or query`,
          { hint: 'Give user name and password as the login of the camera.' },
        );
      }
      await this.#options.admit(address);
    }
  }

  /**
   * The login to use for changed settings of a stored camera: the one that is kept goes to no other
   * machine, and under no weaker protection, than it was given for.
   * @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `SECRET_MISSING`
   */
  loginFor(id: string, { setup, login }: CameraChange): CameraLogin | null {
    if (login !== undefined) return login;
    const row = this.#get(id);
    if (row.login !== null && setup !== undefined && leadsElsewhere(row.setup, setup)) {
      throw new NightglassError(
        'BAD_REQUEST',
        `Cannot use the login of camera ${id}: it was given for another address or protection`,
        { hint: 'Enter user name and password again.' },
      );
    }
    return this.login(id);
  }

  /** @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT`, `STORE_UNWRITABLE` */
  async create(camera: NewCamera, by: Actor): Promise<StoredCamera> {
    const { audit, inFile, now, store, table } = this.#options;
    const { id, setup, login = null } = camera;
    await this.check(id, setup);
    const sealed = this.#seal(id, login);
    return store.write(() => {
      const file = inFile();
      if (file.includes(id)) throw taken(id, 'the configuration file has a camera of this id');
      if (table.find(id) !== undefined) throw taken(id, 'there is a camera of this id');
      if (table.list().length + file.length >= mostCameras) {
        throw taken(id, `${mostCameras} cameras are the most`);
      }
      const at = now();
      const row = { id, setup, login: sealed, paused: false, createdAt: at, updatedAt: at };
      table.put(row);
      audit.record(auditEntry(by, 'camera.created', id, grounds(row)));
      return viewOf(row);
    });
  }

  /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `FORBIDDEN`, `STORE_UNWRITABLE`, `SECRET_MISSING` */
  async update(id: string, change: CameraChange, by: Actor): Promise<StoredCamera> {
    if (change.setup !== undefined) await this.check(id, change.setup);
    const login = this.loginFor(id, change);
    return this.#change(id, 'camera.updated', by, (row) => ({
      ...row,
      setup: change.setup ?? row.setup,
      login: change.login === undefined ? row.login : this.#seal(id, login),
    }));
  }

  /** Stops it, or lets it run again. Idempotent. @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
  pause(id: string, paused: boolean, by: Actor): StoredCamera {
    const row = this.#get(id);
    if (row.paused === paused) return viewOf(row);
    const what = paused ? 'camera.paused' : 'camera.resumed';
    return this.#change(id, what, by, (now) => ({ ...now, paused }));
  }

  /** @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
  remove(id: string, by: Actor): void {
    const { audit, store, table } = this.#options;
    store.write(() => {
      const row = this.#get(id);
      table.delete(id);
      audit.record(auditEntry(by, 'camera.removed', id, grounds(row)));
    });
    // Its login shall not wait in the journal.
    store.compact();
  }

  #change(
    id: string,
    what: AuditAction,
    by: Actor,
    work: (row: CameraRow) => CameraRow,
  ): StoredCamera {
    const { audit, now, store, table } = this.#options;
    const changed = store.write(() => {
      const before = this.#get(id);
      const row = { ...work(before), updatedAt: now() };
      table.put(row);
      const fields = changedFields(before, row);
      audit.record(auditEntry(by, what, id, { ...grounds(row), ...fields }));
      return row;
    });
    store.compact();
    return viewOf(changed);
  }

  #get(id: string): CameraRow {
    const row = this.#options.table.find(id);
    if (row !== undefined) return row;
    if (this.#options.inFile().includes(id)) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot change camera ${id}: its settings stand in the configuration file`,
        { hint: 'Change them there and reload it: nightglass config reload.' },
      );
    }
    throw new NightglassError('NOT_FOUND', `Cannot find the camera ${id}: there is none`);
  }

  #seal(id: string, login: CameraLogin | null): Uint8Array | null {
    return login === null ? null : this.#options.box.seal(JSON.stringify(login), id);
  }
}

function viewOf({ login, ...row }: CameraRow): StoredCamera {
  return { ...row, hasLogin: login !== null };
}

/** What the audit log says of a camera: where its picture comes from, and what is masked. */
function grounds({ setup, login }: CameraRow): Record<string, unknown> {
  const { name = null, url = null, masks = [] } = setup;
  return { name, url, masks, hasLogin: login !== null };
}

function changedFields(before: CameraRow, after: CameraRow): { fields?: string } {
  const keys = new Set([...Object.keys(before.setup), ...Object.keys(after.setup)]);
  const text = (value: unknown) => JSON.stringify(value);
  const fields = [...keys].filter((key) => text(before.setup[key]) !== text(after.setup[key]));
  if (before.login !== after.login) fields.push('login');
  return fields.length === 0 ? {} : { fields: fields.sort().join(',') };
}

function taken(id: string, why: string): NightglassError {
  return new NightglassError('CONFLICT', `Cannot add the camera ${id}: ${why}`, {
    hint: 'Choose another id, or remove a camera first.',
  });
}
