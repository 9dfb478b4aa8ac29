import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as ask } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type BenchContext, Skipped } from '../bench.ts';
import { type Child, runChild, startChild } from '../child.ts';
import { counts, table } from '../markdown.ts';
import { type LargestPicture, largestPictures } from '../pictures/largest-pictures.ts';
import { resetPeak, residentMemory } from '../resident-memory.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const faces = fileURLToPath(new URL('../../docs/generated-faces.jpg', import.meta.url));
/** Requests that come at the same moment. */
const together = [8, 32];
/** Resident memory at most, MiB. */
const aim = 1024;

interface PictureFigures {
  readonly picture: string;
  readonly requests: number;
  /** Resident memory, MiB. */
  readonly before: number;
  readonly peak: number;
  /** Ten seconds after the last answer. */
  readonly after: number;
  readonly seconds: number;
  /** Answers by status, and by the code of a picture's own outcome where it has one. */
  readonly answers: Readonly<Record<string, number>>;
}

/** What requests for the quality of the largest pictures take, that come all at once. */
export const picturesBench: Bench = {
  name: 'pictures',
  summary: 'memory while 8 and 32 requests come at once, each with the largest picture allowed',
  async run(context) {
    if (process.platform !== 'linux') throw new Skipped('Linux, which keeps the peak of memory');
    const folder = await mkdtemp(join(context.workDir, 'pictures-'));
    try {
      const figures = await measureIn(folder, context);
      return { figures, markdown: report(figures), bound: bound(figures) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(folder: string, context: BenchContext): Promise<PictureFigures[]> {
  context.say('Pictures: they are made');
  const pictures = await largestPictures(faces);
  const { product, token } = await start(folder, context.manifest);
  await using running = product;
  const { address } = running.ready;
  const figures: PictureFigures[] = [];
  for (const picture of pictures) {
    for (const requests of together) {
      context.say(`Pictures: ${requests} x ${picture.name}`);
      figures.push(await measure(picture, requests, { address, token, pid: running.pid }));
    }
  }
  return figures;
}

async function start(folder: string, manifest: string) {
  const config = join(folder, 'config.yaml');
  const cameras = [{ id: 'gate', url: 'rtsp://127.0.0.1:9/', enabled: false }];
  const configuration = { data: './data', server: { port: 0 }, models: { manifest }, cameras };
  await writeFile(config, JSON.stringify(configuration));
  const create = ['tokens', 'create', '-c', config, '--json', '--name', 'bench', '--role'];
  const made = await runChild({ args: [program, ...create, 'operator'] });
  const { secret: token } = JSON.parse(made) as { secret: string };
  const errors = openSync(join(folder, 'log'), 'a');
  try {
    const args = [program, 'run', '-c', config, '--json'];
    const product: Child<{ address: string }> = await startChild({ args, errors });
    return { product, token };
  } finally {
    closeSync(errors);
  }
}

async function measure(
  picture: LargestPicture,
  requests: number,
  { address, token, pid }: { address: string; token: string; pid: number },
): Promise<PictureFigures> {
  const forms = Array.from({ length: requests }, (_, at) => form(picture.variant(at)));
  const before = await residentMemory(pid);
  await resetPeak(pid);
  const started = performance.now();
  const all = await Promise.all(forms.map((body) => post(`${address}/api/quality`, body, token)));
  const seconds = (performance.now() - started) / 1000;
  const { peak } = await residentMemory(pid);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const { now: after } = await residentMemory(pid);
  const answers: Record<string, number> = {};
  for (const answer of all) answers[answer] = (answers[answer] ?? 0) + 1;
  return { picture: picture.name, requests, before: before.now, peak, after, seconds, answers };
}

interface Form {
  readonly boundary: string;
  readonly bytes: Buffer;
}

function form(picture: Uint8Array): Form {
  const boundary = 'picture-of-the-bench';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="images"; filename="large"\r\n\r\n`;
  return {
    boundary,
    bytes: Buffer.concat([Buffer.from(head), picture, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}

/** @returns the status, and the code of the picture's outcome */
function post(url: string, { boundary, bytes }: Form, token: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': bytes.length,
  };
  // `fetch` gives up after five minutes; a connection each, as from as many people.
  const agent = new Agent();
  const sent = ask(url, { method: 'POST', headers, agent }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', reject);
    answer.on('end', () => resolve(outcome(answer.statusCode ?? 0, Buffer.concat(chunks))));
  });
  sent.on('error', (error: NodeJS.ErrnoException) => resolve(`none (${error.code})`));
  sent.end(bytes);
  return promise.finally(() => agent.destroy());
}

function outcome(status: number, body: Buffer): string {
  const { grades } = JSON.parse(body.toString()) as { grades?: { code: string | null }[] };
  const code = grades?.[0]?.code ?? null;
  return code === null ? String(status) : `${status} ${code}`;
}

function report(figures: readonly PictureFigures[]): string {
  const mib = (value: number) => `${Math.round(value)} MiB`;
  const head = [
    'picture',
    'at once',
    'before',
    'peak',
    'after',
    'until the last answer',
    'answers',
  ];
  const rows = figures.map((each) => [
    ...[each.picture, String(each.requests), mib(each.before)],
    each.peak > aim ? `**${mib(each.peak)}**` : mib(each.peak),
    ...[mib(each.after), `${each.seconds.toFixed(0)} s`, counts(each.answers)],
  ]);
  return [
    `\`POST /api/quality\` with pictures of 40 million pixels and 16 MiB, each of another height, all sent at the same moment by one operator: resident memory of the product before, at most, and ten seconds after the last answer. Answers by status; with it the code of a picture's own outcome. Aim: at most ${aim} MiB.`,
    table(head, rows),
  ].join('\n\n');
}

function bound(figures: readonly PictureFigures[]): string {
  const most = figures.toSorted((a, b) => b.peak - a.peak)[0];
  return `the picture that takes most alone (${most?.picture}, ${Math.round(most?.peak ?? Number.NaN)} MiB): pictures of all requests share \`maxPixelsAtOnce\`, so large ones are decoded one by one, uploads share \`maxUploadBytesAtOnce\`, and who finds no room in time is refused with 503.`;
}
