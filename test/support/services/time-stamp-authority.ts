import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

/** Why there is no time stamp authority; false where there can be one. */
export const noOpenssl: string | false =
  spawnSync('openssl', ['ts', '-help'], { stdio: 'ignore' }).status === 0
    ? false
    : 'there is no openssl on this machine (Debian: openssl)';

type Kind = 'rsa' | 'ec';
type Answer = (request: Buffer, response: ServerResponse) => void | Promise<void>;

/** An authority with root, intermediate and signing certificate, whose answers `openssl ts` makes. */
export class TimeStampAuthority {
  readonly folder: string;

  constructor(t: TestContext, kind: Kind = 'ec') {
    this.folder = mkdtempSync(join(tmpdir(), 'nightglass-tsa-'));
    t.after(() => rmSync(this.folder, { recursive: true }));
    writeFileSync(join(this.folder, 'req.cnf'), '[req]\ndistinguished_name = names\n[names]\n');
    this.#make('root', kind, 'basicConstraints=critical,CA:TRUE');
    this.#make('middle', kind, 'basicConstraints=critical,CA:TRUE,pathlen:0', 'root');
    this.#make('signer', kind, 'extendedKeyUsage=critical,timeStamping', 'middle');
    this.#make('other', kind, 'extendedKeyUsage=serverAuth', 'middle');
    writeFileSync(join(this.folder, 'ts.cnf'), configuration);
    writeFileSync(join(this.folder, 'serial'), '01\n');
  }

  /** The root's certificate, PEM. */
  get ca(): string {
    return this.read('root.pem').toString();
  }

  /** The answer to a request. */
  answer(request: Uint8Array): Buffer {
    writeFileSync(join(this.folder, 'request.tsq'), request);
    this.openssl('ts', '-reply', '-config', 'ts.cnf', '-queryfile', 'request.tsq', '-out', 'r.tsr');
    return this.read('r.tsr');
  }

  openssl(...args: string[]): string {
    return execFileSync('openssl', args, {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  #make(name: string, kind: Kind, extension: string, issuer?: string): void {
    const key = kind === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const [days, subject] = ['3650', `/O=Test/CN=${name}`];
    this.openssl(
      ...[
        'req',
        '-config',
        'req.cnf',
        '-x509',
        '-newkey',
        ...key,
        '-nodes',
        '-keyout',
        `${name}.key`,
      ],
      ...['-out', `${name}.pem`, '-days', days, '-subj', subject, '-addext', extension],
      ...['-addext', 'subjectKeyIdentifier=hash', '-addext', 'authorityKeyIdentifier=keyid'],
      ...(issuer === undefined ? [] : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]),
    );
  }
}

/** A server on this machine that answers as `answer` does, by default with stamps of the authority. */
export async function serveTimeStamps(
  t: TestContext,
  authority: TimeStampAuthority,
  answer: Answer = (request, response) => {
    response.setHeader('content-type', 'application/timestamp-reply');
    response.end(authority.answer(request));
  },
): Promise<string> {
  const handle = async (request: IncomingMessage, response: ServerResponse) =>
    answer(await buffer(request), response);
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const configuration = `[ tsa ]
default_tsa = one
[ one ]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
certs = middle.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;
