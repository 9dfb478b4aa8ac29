import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiError, NightglassClient } from '../../../src/client/nightglass-client.ts';
import { footageActions } from '../../../src/domain/footage.ts';
import { apiRoutes } from '../../../src/gateway/api-routes.ts';
import type { RouteContext } from '../../../src/gateway/routes/context.ts';

/** Not for programs: probes of load balancers, Prometheus, the documents, the way by a provider. */
const left = [
  ...['GET /readyz', 'GET /metrics', 'GET /openapi.json', 'GET /asyncapi.json'],
  ...['GET /api/oidc/login', 'GET /api/oidc/callback', 'POST /api/oidc/backchannel-logout'],
];

function recording(answer: () => Response) {
  const asked: Request[] = [];
  const fetch = async (...given: ConstructorParameters<typeof Request>) => {
    asked.push(new Request(...given));
    return answer();
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

const empty = () =>
  Response.json({ outcomes: [], grades: [], faces: [], alerts: [], csrf: 'secret' });

describe('client', () => {
  it('has a method for every route of the gateway', async () => {
    const { asked, fetch } = recording(empty);
    const client = new NightglassClient({ address: 'http://gateway', token: 't', fetch });
    const methods = Object.entries(client) as [string, (...given: string[]) => Promise<unknown>][];
    for (const [name, method] of methods) {
      if (name === 'changeFootageJob') continue;
      try {
        await method('a', 'b');
      } catch {
        // What takes files is asked below.
      }
    }
    for (const action of footageActions) await client.changeFootageJob('a', action);
    await client.enrol('a', [new Blob(['x'])]);
    await client.grade([new Blob(['x'])]);
    await client.search({ reason: 'a test', alertId: 'a' });
    await client.importArchive('a', new Blob(['x']));
    const routes = apiRoutes({} as RouteContext).map(({ method, path }) => ({
      name: `${method} ${path}`,
      method,
      path: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
    }));
    const reached = new Set<string>();
    for (const { method, url } of asked) {
      const { pathname } = new URL(url);
      // The most specific one comes last in none of them: exact paths win.
      const route = routes
        .filter((each) => each.method === method && each.path.test(pathname))
        .sort((a, b) => a.name.split(':').length - b.name.split(':').length)[0];
      assert.ok(route, `${method} ${pathname} is a route`);
      reached.add(route.name);
    }
    const missed = routes.map(({ name }) => name).filter((name) => !reached.has(name));
    assert.deepEqual(missed.sort(), [...left].sort());
  });

  it('sends token, query, JSON and the CSRF token where each belongs', async () => {
    const { asked, fetch } = recording(empty);
    const own = new NightglassClient({ address: 'http://gateway/x?y', token: 'ng_t', fetch });
    await own.alerts({ state: ['new', 'escalated'], order: 'queue', limit: 5 });
    const page = new NightglassClient({ address: 'http://gateway', fetch });
    await page.session();
    await page.changePerson('a/b', { name: 'Ä' });
    await page.person('a');
    await page.logout();
    await page.changePerson('a', { name: 'B' });
    const [alerts, , changed, person, , after] = asked;
    assert.equal(
      alerts?.url,
      'http://gateway/x/api/alerts?state=new%2Cescalated&order=queue&limit=5',
    );
    assert.equal(alerts?.headers.get('authorization'), 'Bearer ng_t');
    assert.equal(alerts?.headers.get('x-csrf-token'), null);
    assert.equal(changed?.url, 'http://gateway/api/people/a%2Fb');
    assert.equal(changed?.headers.get('authorization'), null);
    assert.equal(changed?.headers.get('x-csrf-token'), 'secret');
    assert.deepEqual(await changed?.json(), { name: 'Ä' });
    assert.equal(person?.headers.get('x-csrf-token'), null);
    assert.equal(after?.headers.get('x-csrf-token'), null, 'a session that ended has none');
  });

  it('gives downloads the name that the gateway has for them', async () => {
    const { asked, fetch } = recording(
      () =>
        new Response('log', {
          headers: {
            'content-type': 'application/jsonl',
            'content-disposition': 'attachment; filename="audit-7.jsonl"',
          },
        }),
    );
    const client = new NightglassClient({ address: 'http://gateway', fetch });
    const named = await client.exportAudit({ who: 'Anna', from: 5 });
    assert.equal(asked[0]?.url, 'http://gateway/api/audit/export?who=Anna&from=5');
    assert.deepEqual(
      [named.name, named.type, await named.text()],
      ['audit-7.jsonl', 'application/jsonl', 'log'],
    );
    const plain = recording(() => new Response('zip'));
    const other = new NightglassClient({ address: 'http://gateway', fetch: plain.fetch });
    assert.equal((await other.exportWatchlist('a')).name, 'watchlist.zip');
  });

  it('reads health also when it is bad, and takes no other failure for it', async () => {
    const answers = [
      () => Response.json({ status: 'failing' }, { status: 503 }),
      () => Response.json({ error: { code: 'INTERNAL', message: 'no' } }, { status: 500 }),
    ];
    const { fetch } = recording(() => answers.shift()?.() ?? Response.error());
    const client = new NightglassClient({ address: 'http://gateway', fetch });
    assert.equal((await client.health()).status, 'failing');
    await assert.rejects(
      client.health(),
      (error: unknown) => (error as ApiError).code === 'INTERNAL',
    );
  });

  it('gives up a connection that never begins to speak, and tries again', async () => {
    const sockets: { closed: boolean }[] = [];
    const enough = Promise.withResolvers<void>();
    const openSocket = () => {
      const socket = { closed: false, close: () => (socket.closed = true) };
      if (sockets.push(socket) === 3) enough.resolve();
      return socket as unknown as WebSocket;
    };
    const client = new NightglassClient({
      address: 'http://gateway',
      openSocket,
      silenceMs: 5,
      firstWaitMs: 1,
    });
    const states: string[] = [];
    const watch = client.watch({ topics: ['status'], onState: (state) => states.push(state) });
    await enough.promise;
    watch.close();
    assert.deepEqual(states.slice(0, 5), [
      'connecting',
      'lost',
      'connecting',
      'lost',
      'connecting',
    ]);
    assert.deepEqual(
      sockets.map(({ closed }) => closed),
      [true, true, true],
    );
  });

  it('opens the preview with its token, as a socket of binary messages', () => {
    const opened: [string, string[]][] = [];
    const openSocket = (url: string, protocols: string[]) => {
      opened.push([url, protocols]);
      return { binaryType: 'blob' } as WebSocket;
    };
    const client = new NightglassClient({ address: 'https://gateway', token: 'ng_t', openSocket });
    assert.equal(client.preview('a/b').binaryType, 'arraybuffer');
    assert.deepEqual(opened, [
      ['wss://gateway/preview/a%2Fb', ['nightglass.v1', 'nightglass.token.ng_t']],
    ]);
  });

  it('tells what the gateway refused, by its code', async () => {
    const answers = [
      () =>
        Response.json(
          { error: { code: 'TOO_MANY_REQUESTS', message: 'later', hint: 'wait' } },
          { status: 429, headers: { 'retry-after': '7' } },
        ),
      () => new Response('<html>', { status: 502 }),
      () => {
        throw new TypeError('connection refused');
      },
    ];
    const told: (string | number | undefined)[][] = [];
    for (const answer of answers) {
      const { fetch } = recording(answer);
      const client = new NightglassClient({ address: 'http://gateway', fetch });
      await assert.rejects(client.cameras(), (error: unknown) => {
        assert.ok(error instanceof ApiError);
        told.push([error.status, error.code, error.hint, error.retryAfter]);
        return true;
      });
    }
    assert.deepEqual(told, [
      [429, 'TOO_MANY_REQUESTS', 'wait', 7],
      [502, 'UNKNOWN', undefined, undefined],
      [0, 'UNREACHABLE', undefined, undefined],
    ]);
  });

  it('refuses an address that is none', () => {
    assert.throws(() => new NightglassClient({ address: 'gateway' }), TypeError);
  });
});
