import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WantedPerson } from '../demo/footage/demo-footage.ts';
import { readFootage } from '../demo/footage/footage-file.ts';
import { createImageCodec } from '../src/streams/image-codec.ts';
import type { MotionMode } from './bench.ts';
import { type Child, runChild, startChild } from './child.ts';
import { parseScrape, type Scrape, total } from './prometheus.ts';

const program = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** Id of the list on which everybody is. */
export const watchlist = 'bench';

export interface ProductOptions {
  readonly folder: string;
  readonly manifest: string;
  readonly footage: string;
  readonly cameraUrls: readonly string[];
  /** `models.precision`; default: the product's. */
  readonly precision?: string | undefined;
  /** `cameras[].motion`; default: the product's. */
  readonly motion?: MotionMode | undefined;
  /** Folder for a CPU profile of the run. */
  readonly profile?: string | undefined;
  /** Where footage may be searched; default: nowhere. */
  readonly footageRoot?: string | undefined;
}

/** The program as operators run it, `nightglass run -c FILE`, in a process of its own. */
export interface Product extends AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  readonly token: string;
  scrape(): Promise<Scrape>;
  stop(): Promise<void>;
}

/** Starts the product with everybody on its watchlist and waits until all cameras are live. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { folder, profile } = options;
  const config = join(folder, 'config.yaml');
  await writeFile(config, JSON.stringify(configuration(options)));
  const made = await runChild({
    args: [
      ...[program, 'tokens', 'create', '-c', config, '--json', '--name', 'bench'],
      ...['--role', 'admin', '--scopes', 'embeddings:read'],
    ],
  });
  const { secret: token } = JSON.parse(made) as { secret: string };
  const errors = openSync(join(folder, 'log'), 'a');
  let child: Child<{ address: string }>;
  try {
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    child = await startChild({
      args: [...profiling, program, 'run', '-c', config, '--json'],
      errors,
    });
  } finally {
    closeSync(errors);
  }
  const { address } = child.ready;
  const authorization = `Bearer ${token}`;
  const scrape = async (): Promise<Scrape> => {
    const answer = await fetch(`${address}/metrics`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`/metrics answers ${answer.status}`);
    return parseScrape(await answer.text());
  };
  try {
    await enrol(address, authorization, options.footage);
    const wanted = options.cameraUrls.length;
    for (const end = performance.now() + 30_000; ; ) {
      if (total(await scrape(), 'nightglass_camera_state', { state: 'live' }) === wanted) break;
      if (performance.now() > end) throw new Error(`Not all cameras are live; see ${folder}/log`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } catch (error) {
    await child.stop();
    throw error;
  }
  const { pid, stop } = child;
  return { pid, address, token, scrape, stop, [Symbol.asyncDispose]: stop };
}

function configuration(options: ProductOptions): object {
  const { cameraUrls, footageRoot, manifest, precision, motion } = options;
  const watched =
    motion === undefined ? {} : { motion: { enabled: motion !== 'off', rest: motion === 'rest' } };
  return {
    data: './data',
    server: { port: 0 },
    ...(footageRoot === undefined ? {} : { footage: { roots: [footageRoot] } }),
    models: { manifest, ...(precision === undefined ? {} : { precision }) },
    // Every face is an alert, each track a new one: more of them than any real place has.
    alerts: { quietPeriod: '0ms', joinWithin: '0ms' },
    cameras: cameraUrls.map((url, index) => ({ id: `camera-${index + 1}`, url, ...watched })),
    watchlists: [
      {
        id: watchlist,
        name: 'Bench',
        purpose: 'measuring',
        legalBasis: 'none needed',
        authorisation: 'BENCH',
        owner: 'whoever measures',
        cameras: ['*'],
        uses: footageRoot === undefined ? ['live'] : ['live', 'footage'],
        threshold: -0.99,
      },
    ],
  };
}

/** Everybody: who is in view by one track already is no alert by another. */
async function enrol(address: string, authorization: string, footage: string): Promise<void> {
  const people = (await readFootage(footage))?.people ?? [];
  if (people.length === 0) throw new Error(`There is nobody to enrol in ${footage}`);
  for (const person of people) await enrolPerson(address, authorization, person);
}

async function enrolPerson(
  address: string,
  authorization: string,
  person: WantedPerson,
): Promise<void> {
  const created = await fetch(`${address}/api/people`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ watchlistId: watchlist, name: person.name, note: '' }),
  });
  if (!created.ok) throw new Error(`Cannot add a person: ${await created.text()}`);
  const { id } = (await created.json()) as { id: string };
  const codec = createImageCodec();
  const form = new FormData();
  for (const [index, image] of person.enrolment.entries()) {
    const jpeg = await codec.encodeJpeg(image, 95);
    form.append('images', new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' }), `${index}.jpg`);
  }
  const enrolled = await fetch(`${address}/api/people/${id}/images`, {
    method: 'POST',
    headers: { authorization },
    body: form,
  });
  const text = await enrolled.text();
  if (!enrolled.ok) throw new Error(`Cannot enrol: ${text}`);
  const { outcomes } = JSON.parse(text) as { outcomes: { status: string }[] };
  if (outcomes.every(({ status }) => status === 'refused'))
    throw new Error(`Cannot enrol: ${text}`);
}
