import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Pair {
  /** A certificate that this authority signs. @param names alternative names, as openssl writes them */
  issue(names: string, options?: { readonly days?: number; readonly passphrase?: string }): Pair;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** A certificate authority of the test's own. */
export function makeAuthority(name: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-ca-'));
  const at = (file: string) => join(folder, file);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' });
  try {
    openssl(
      ...['req', '-x509', ...curve, '-nodes', '-days', '30', '-subj', `/CN=${name}`],
      ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
    );
    const own = { certificate: read(at('ca.pem')), key: read(at('ca.key')) };
    return { ...own, issue: (names, options) => issue(own, names, options) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function issue(
  { certificate, key }: Pair,
  names: string,
  { days = 30, passphrase }: { readonly days?: number; readonly passphrase?: string } = {},
): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-cert-'));
  const at = (file: string) => join(folder, file);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' });
  try {
    writeFileSync(at('ca.pem'), certificate);
    writeFileSync(at('ca.key'), key);
    const secret = passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`];
    openssl(
      ...['req', ...curve, ...secret, '-subj', '/CN=test', '-addext', `subjectAltName=${names}`],
      ...['-keyout', at('key'), '-out', at('csr')],
    );
    openssl(
      ...['x509', '-req', '-in', at('csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
      ...['-CAcreateserial', '-days', String(days), '-copy_extensions', 'copy', '-out', at('cert')],
    );
    return { certificate: read(at('cert')), key: read(at('key')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
