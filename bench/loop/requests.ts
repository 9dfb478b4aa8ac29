import type { Filled } from './fill-store.ts';
import type { GatewayClient } from './gateway-client.ts';

/** What a request is made of. */
export interface Asking {
  readonly client: GatewayClient;
  readonly filled: Filled;
  /** JPEG with faces. */
  readonly picture: Uint8Array<ArrayBuffer>;
  /** Counts up: each run of a request has another. */
  readonly run: number;
}

export interface LoopRequest {
  readonly name: string;
  /** Names of the tokens that ask. */
  readonly as: readonly string[];
  /** Runs, where not as often as the others. */
  readonly runs?: number;
  /** @returns what came back, in words */
  ask(asking: Asking): Promise<string>;
}

const everybody = ['viewer', 'operator', 'limited', 'reviewer', 'admin'];
const sighted = ['operator', 'limited', 'reviewer', 'admin'];

const get = (name: string, path: string | ((filled: Filled) => string), as = sighted) => ({
  name,
  as,
  async ask({ client, filled }: Asking) {
    const { status, bytes } = await client.get(typeof path === 'string' ? path : path(filled));
    return `${status}, ${kib(bytes)}`;
  },
});

const replay = (
  name: string,
  since: (filled: Filled) => string,
  options: Parameters<GatewayClient['replay']>[1] = {},
  as = ['operator', 'limited'],
): LoopRequest => ({
  name,
  as,
  runs: 1,
  ask: async ({ client, filled }) => `${await client.replay(since(filled), options)} events`,
});

/** Page `pages` further on than the first, by the cursors of those between. */
const deep = (name: string, query: string, pages: number): LoopRequest => ({
  name,
  as: ['operator', 'limited'],
  async ask({ client }) {
    let [next, total, page] = ['', 0, 0];
    for (; page <= pages; page += 1) {
      const before: string = next === '' ? '' : `&before=${next}`;
      const { json } = await client.get(`/api/alerts?${query}${before}`);
      total = Number(json['total']);
      if (typeof json['next'] !== 'string') break;
      next = json['next'];
    }
    return `page ${page} of ${total} alerts`;
  },
});

/** Everything that people of every role ask of a gateway. */
export const requests: readonly LoopRequest[] = [
  get('health', '/healthz', everybody),
  get('metrics', '/metrics', ['admin']),
  get('cameras', '/api/cameras', everybody),
  get('system', '/api/system', ['admin']),
  get('alerts: newest', '/api/alerts?limit=200'),
  deep('alerts: newest, 20 pages on', 'limit=200', 20),
  get('alerts: oldest page', ({ first }) => `/api/alerts?limit=200&before=${first}`),
  get('alerts: one camera', '/api/alerts?camera=stairs&limit=200'),
  get('alerts: camera that is not there', '/api/alerts?camera=nowhere'),
  get('alerts: person that is not there', '/api/alerts?person=nobody'),
  get('alerts: one person', ({ personId }) => `/api/alerts?person=${personId}&limit=200`),
  get('alerts: state and list', '/api/alerts?state=escalated&watchlist=two&limit=200'),
  get('alerts: a past week', '/api/alerts?from=2020-01-01&to=2020-01-08'),
  get('review queue', '/api/alerts?order=queue&limit=200'),
  deep('review queue, 20 pages on', 'order=queue&limit=200', 20),
  get('review queue: nobody', '/api/alerts?order=queue&person=nobody'),
  get('an alert', ({ middle }) => `/api/alerts/${middle}`),
  get('a picture', ({ middle }) => `/api/alerts/${middle}/evidence/frame`),
  get('statistics of a month', '/api/statistics'),
  get('statistics of all time', '/api/statistics?from=0'),
  get('statistics of one camera', '/api/statistics?from=0&camera=gate'),
  replay('replay of everything', () => '0'),
  replay('replay, slow reader', ({ last }) => last.replace(/.{16}$/, '0'.repeat(16)), {
    readEachMs: 2,
  }),
  replay('replay from the middle', ({ middle }) => middle),
  replay('replay from a purged alert', () => '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'),
  replay('replay of nothing', () => '0', { cameras: ['no-such-camera'] }),
  replay('10 replays of nothing', () => '0', { cameras: ['no-such-camera'], times: 10 }),
  get('watchlists', '/api/watchlists', everybody),
  get('people', '/api/people?limit=200', everybody),
  get('export of a watchlist', '/api/watchlists/one/export', ['admin']),
  get('audit: newest', '/api/audit?order=newest', ['admin']),
  get('audit: nobody', '/api/audit?who=nobody', ['admin']),
  get('audit: a past week', '/api/audit?from=2020-01-01&to=2020-01-08', ['admin']),
  { ...get('audit: export', '/api/audit/export', ['admin']), runs: 1 },
  { ...get('audit: export of nobody', '/api/audit/export?who=nobody', ['admin']), runs: 1 },
  { ...get('audit: verification', '/api/audit/verify', ['admin']), runs: 1 },
  {
    name: 'search',
    as: ['reviewer', 'admin'],
    async ask({ client, picture }) {
      const form = new FormData();
      form.append('reason', 'measuring');
      form.append('image', new Blob([picture], { type: 'image/jpeg' }), 'faces.jpg');
      const { status, json } = await client.upload('/api/search', form);
      const faces = json['faces'] as unknown[] | undefined;
      return `${status}, ${faces?.length ?? 0} faces`;
    },
  },
  {
    name: 'quality',
    as: ['operator'],
    async ask({ client, picture }) {
      const form = new FormData();
      form.append('image', new Blob([picture], { type: 'image/jpeg' }), 'faces.jpg');
      return String((await client.upload('/api/quality', form)).status);
    },
  },
  {
    name: 'review of an alert',
    as: ['operator', 'reviewer'],
    async ask({ client, run }) {
      const id = await openAlert(client, run);
      const step = { action: 'escalate' };
      return String((await client.send('POST', `/api/alerts/${id}/review`, step)).status);
    },
  },
  {
    name: 'review of 100 alerts',
    as: ['operator'],
    async ask({ client }) {
      const { json } = await client.get('/api/alerts?state=new&limit=100');
      const alerts = (json['alerts'] as { id: string; revision: number }[]).map(
        ({ id, revision }) => ({ id, revision }),
      );
      const step = { action: 'acknowledge', alerts };
      return String((await client.send('POST', '/api/alerts/review', step)).status);
    },
  },
  {
    name: 'retention of a list',
    as: ['admin'],
    async ask({ client, run }) {
      const changes = { retentionDays: 31 + (run % 30) };
      return String((await client.send('PATCH', '/api/watchlists/one', changes)).status);
    },
  },
  {
    name: 'deletion of an image',
    as: ['admin'],
    async ask({ client, run }) {
      const { json } = await client.get('/api/people?watchlist=one&limit=200');
      const people = json['people'] as { id: string; images: { templateId: string }[] }[];
      const person = people[50 + run];
      const path = `/api/people/${person?.id}/images/${person?.images[0]?.templateId}`;
      return String((await client.send('DELETE', path, {})).status);
    },
  },
  {
    name: 'deletion of a person',
    as: ['admin'],
    async ask({ client, run }) {
      const { json } = await client.get(`/api/people?watchlist=one&limit=200`);
      const people = json['people'] as { id: string }[];
      const id = people[100 + run]?.id;
      return String((await client.send('DELETE', `/api/people/${id}`, {})).status);
    },
  },
];

async function openAlert(client: GatewayClient, run: number): Promise<string> {
  const { json } = await client.get('/api/alerts?state=new&limit=200');
  const alerts = json['alerts'] as { id: string }[];
  return alerts[100 + run]?.id ?? '';
}

function kib(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KiB`;
}
