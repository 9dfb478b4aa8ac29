import type { FuzzTarget } from './fuzz-target.ts';
import { FuzzedGateway } from './fuzzed-gateway.ts';

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
const list = {
  ...{ name: 'List', purpose: 'Tests', legalBasis: 'None', authorisation: 'T-1', owner: 'Ada' },
  ...{ cameras: '*', threshold: 0.5, expiresAt: 1_900_000_000_000, priority: 'high' },
};
const asked: readonly [string, string, unknown?][] = [
  ['POST', '/api/watchlists', list],
  ['PATCH', '/api/watchlists/01M8H6PE9X12QF0P7A7FZCMGB7', { expiresAt: 9.1e15, threshold: 0.4 }],
  ['GET', '/api/alerts?limit=50&from=1700000000000&to=2026-01-01T00:00:00Z&order=queue&state=new'],
  ['GET', '/api/alerts?before=abc&cameraId=gate&minScore=0.5'],
  ['POST', '/api/alerts/01M8H6PE9X12QF0P7A7FZCMGB7/review', { action: 'dismiss', reason: 'no' }],
  ['POST', '/api/people', { watchlistId: '01M8H6PE9X12QF0P7A7FZCMGB7', name: 'Robin', note: 'x' }],
  ['GET', '/api/people?watchlistId=01M8H6PE9X12QF0P7A7FZCMGB7&search=Ro&limit=10'],
  ['GET', '/api/audit?after=0&limit=100&what=watchlist.created&from=0'],
  ['GET', '/api/audit/verify?head=00'],
  ['GET', '/api/statistics?from=0&to=9007199254740991'],
  ['GET', '/api/cameras/gate/calibration?fpir=0.01'],
  ['GET', '/api/cameras/gate/assessment'],
  ['GET', '/api/cameras/gate/profile'],
  ['GET', '/api/cameras/gate/profile/1'],
  ['GET', '/api/cameras/gate/drift?weeks=4'],
  ['POST', '/api/cameras/gate/drift/reference'],
  ['POST', '/api/login', { token: 'x' }],
  ['GET', '/api/system'],
  ['DELETE', '/api/people/01M8H6PE9X12QF0P7A7FZCMGB7/images/01M8H6PE9X12QF0P7A7FZCMGB7'],
];

/** Requests: a line with method and path, then the body. */
export const http: FuzzTarget = {
  name: 'http',
  about: 'requests of the HTTP API: method, path, query and JSON body',
  seeds: async () =>
    asked.map(([method, path, body]) =>
      Buffer.from(`${method} ${path}\n${body === undefined ? '' : JSON.stringify(body)}`),
    ),
  async open() {
    const gateway = new FuzzedGateway();
    return {
      async feed(input) {
        const bytes = Buffer.from(input);
        const lineEnd = bytes.indexOf(0x0a);
        const line = bytes.toString('latin1', 0, lineEnd === -1 ? bytes.length : lineEnd);
        const [method = '', path = '/'] = line.split(' ');
        await gateway.send({
          method: methods.includes(method) ? method : 'GET',
          // What no client can write into a request line is not our parser's business.
          path: `/${path.replace(/^\/+/, '').replaceAll(/[^\x21-\x7e]/g, '%')}`.slice(0, 4_000),
          type: 'application/json',
          body: lineEnd === -1 ? Buffer.alloc(0) : bytes.subarray(lineEnd + 1),
        });
      },
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  },
};
