import { NightglassError } from '../../domain/errors.ts';

/** SQLSTATEs of a database that cannot be written now: full, read-only, busy, out of connections. */
const unwritable = /^(08|25006|25P03|40|53|55P03|57|58)/;

/**
 * A failure of a statement. `errcode` is SQLite's number of the same kind, by which the store's
 * callers tell them apart (`sqliteFault`).
 */
export class PostgresFault extends Error {
  override readonly name = 'PostgresFault';
  /** SQLSTATE, or a code of Node's; undefined where there was no answer. */
  readonly code: string | undefined;
  readonly lost: boolean;
  readonly errcode: number;

  constructor(message: string, code: string | undefined, lost: boolean) {
    super(message);
    this.code = code;
    this.lost = lost;
    const [isError, busy, corrupt, constraint] = [1, 10, 11, 19] as const;
    if (lost || unwritable.test(code ?? '')) this.errcode = busy;
    else if (code?.startsWith('XX')) this.errcode = corrupt;
    else this.errcode = code?.startsWith('23') ? constraint : isError;
  }
}

/** What a failure at the start means. @param place without a login */
export function startError(fault: PostgresFault, place: string): NightglassError {
  const { code = '', message } = fault;
  const said = (errorCode: 'STORE_IN_USE' | 'STORE_REFUSED' | 'STORE_UNREACHABLE', hint: string) =>
    new NightglassError(errorCode, `Cannot use PostgreSQL at ${place}: ${message}`, { hint });
  if (code === 'NIGHTGLASS_HELD') {
    return said('STORE_IN_USE', 'End the other program, or give this one a database of its own.');
  }
  // The driver's own: no password, or a server that does not prove that it knows it.
  if (code.startsWith('28') || message.startsWith('SASL:')) {
    return said('STORE_REFUSED', 'Check user and password of the address, and pg_hba.conf.');
  }
  if (/CERT|SIGNATURE|ERR_TLS/.test(code)) {
    return said(
      'STORE_REFUSED',
      'Name the certificate of its authority as "sslrootcert", and the host as the certificate does.',
    );
  }
  if (code === '3D000') return said('STORE_REFUSED', 'Make the database first: createdb.');
  if (code === '42501') {
    return said('STORE_REFUSED', 'The user must own the database, or be granted CREATE on it.');
  }
  return said('STORE_UNREACHABLE', 'Check that the server runs and that its address is right.');
}
