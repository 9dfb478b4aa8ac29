import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type PullProgress, pullModels } from '../../../src/inference/pull-models.ts';
import { listModels, verifyModels } from '../../../src/inference/verify-models.ts';

const weights = Buffer.alloc(300_000);
for (let i = 0; i < weights.length; i += 1) weights[i] = (i * 31) % 251;
const sha256 = createHash('sha256').update(weights).digest('hex');

function manifestText(overrides: object = {}): string {
  return JSON.stringify({
    schema: 1,
    models: [
      {
        name: 'a-denoiser',
        task: 'denoise',
        version: '1',
        licence: 'Apache-2.0',
        card: 'none',
        variants: [
          {
            precision: 'fp32',
            file: 'weights/d.onnx',
            sha256,
            bytes: weights.length,
            ...overrides,
          },
        ],
        input: {
          name: 'input',
          layout: 'NCHW',
          channels: 'RGB',
          mean: [0, 0, 0],
          scale: [255, 255, 255],
          height: null,
          width: null,
        },
        output: { decode: 'image' },
      },
    ],
  });
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-pull-'));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/manifest.json`,
    folder,
    file: path.join(folder, 'weights/d.onnx'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Serves manifest and weights; knows ranges; of the first transfer only `cut` bytes, until it is broken off. */
function honest(
  options: {
    manifest?: string;
    cut?: number;
    breakOff?: PromiseWithResolvers<void>;
    ranges?: string[];
  } = {},
): RequestListener {
  let cut = options.cut;
  return (request, response) => {
    if (request.url === '/models/manifest.json') {
      response.end(options.manifest ?? manifestText());
      return;
    }
    if (request.url !== '/models/weights/d.onnx') {
      response.writeHead(404).end();
      return;
    }
    const range = request.headers.range;
    if (range !== undefined) options.ranges?.push(range);
    const from = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': weights.length - from,
    });
    if (cut === undefined) {
      response.end(weights.subarray(from));
    } else {
      response.write(weights.subarray(from, cut));
      options.breakOff?.promise.then(() => response.destroy());
      cut = undefined;
    }
  };
}

const limit = { timeout: 20_000 };

describe('pullModels', limit, () => {
  it('stays with https where it began, whatever redirections and the manifest say', async (t) => {
    const asked: string[] = [];
    const answers: Response[] = [];
    t.mock.method(globalThis, 'fetch', async (url: URL) => {
      asked.push(url.href);
      return answers.shift() ?? new Response(null, { status: 404 });
    });
    const pull = () =>
      pullModels({ url: 'https://models.test/m.json', folder: '/nonexistent/nightglass' });
    const insecure = { code: 'MODEL_MANIFEST_INVALID', message: /is not https/ };
    answers.push(Response.redirect('http://models.test/m.json'));
    await assert.rejects(pull(), insecure);
    assert.deepEqual(asked, ['https://models.test/m.json']);
  });

  it('follows redirections, but not without end', async () => {
    const good = honest();
    await using server = await serve((request, response) => {
      if (request.url === '/old.json') {
        response.writeHead(302, { location: '/models/manifest.json' }).end();
      } else if (request.url === '/round.json') {
        response.writeHead(302, { location: '/round.json' }).end();
      } else good(request, response);
    });
    const url = (name: string) => new URL(name, server.url).href;
    await assert.rejects(pullModels({ url: url('/round.json'), folder: server.folder }), {
      message: /more than 5 redirections/,
    });
    await assert.rejects(pullModels({ url: url('/old.json'), folder: server.folder }), {
      // Files lie beside the address that was asked for.
      message: /weights\/d.onnx: the server answered 404/,
    });
  });

  it('fetches, checks, reports, and leaves alone what is there', async () => {
    await using server = await serve(honest());
    const seen: PullProgress[] = [];
    const pull = () =>
      pullModels({ url: server.url, folder: server.folder, onProgress: (p) => seen.push(p) });
    const manifest = await pull();
    assert.deepEqual(await readFile(server.file), weights);
    assert.deepEqual(seen.at(-1), {
      file: 'weights/d.onnx',
      received: 300_000,
      bytes: 300_000,
      state: 'done',
    });
    assert.deepEqual(
      (await verifyModels(manifest)).map(({ fault }) => fault),
      [null],
    );
    assert.deepEqual(
      (await listModels(manifest)).map(({ model, precision }) => [model, precision]),
      [['a-denoiser', 'fp32']],
    );
    seen.length = 0;
    await pull();
    assert.deepEqual(
      seen.map(({ state }) => state),
      ['present'],
    );
  });

  it('takes a broken transfer up where it ended', async () => {
    const ranges: string[] = [];
    const breakOff = Promise.withResolvers<void>();
    await using server = await serve(honest({ cut: 100_000, ranges, breakOff }));
    const options = { url: server.url, folder: server.folder };
    await assert.rejects(
      // Broken off once something has come: what the client has not read is lost with the connection.
      pullModels({ ...options, onProgress: () => breakOff.resolve() }),
      { code: 'MODEL_FILE_MISSING' },
    );
    await assert.rejects(readFile(server.file), { code: 'ENOENT' });
    await pullModels(options);
    assert.deepEqual(await readFile(server.file), weights);
    assert.equal(ranges.length, 1);
    assert.match(ranges[0] as string, /^bytes=[1-9]\d*-$/);
  });

  it('refuses a wrong hash and keeps nothing of it', async () => {
    await using server = await serve(
      honest({ manifest: manifestText({ sha256: 'a'.repeat(64) }) }),
    );
    await assert.rejects(pullModels({ url: server.url, folder: server.folder }), {
      code: 'MODEL_HASH_MISMATCH',
    });
    assert.deepEqual(await readdir(path.join(server.folder, 'weights')), []);
    assert.deepEqual(await readdir(server.folder), ['weights']);
  });

  it('refuses more than the manifest announces, and more than is allowed', async () => {
    await using server = await serve(honest({ manifest: manifestText({ bytes: 1000 }) }));
    await assert.rejects(pullModels({ url: server.url, folder: server.folder }), {
      code: 'MODEL_HASH_MISMATCH',
    });
    await using other = await serve(honest());
    await assert.rejects(pullModels({ url: other.url, folder: other.folder, maxFileBytes: 1000 }), {
      code: 'MODEL_MANIFEST_INVALID',
    });
  });

  it('refuses a manifest other than the one asked for, and files outside the folder', async () => {
    await using server = await serve(honest());
    await assert.rejects(
      pullModels({ url: server.url, folder: server.folder, sha256: 'b'.repeat(64) }),
      {
        code: 'MODEL_HASH_MISMATCH',
      },
    );
    await using other = await serve(honest({ manifest: manifestText({ file: '../d.onnx' }) }));
    await assert.rejects(pullModels({ url: other.url, folder: other.folder }), {
      code: 'MODEL_MANIFEST_INVALID',
    });
  });

  it('gives up a server that falls silent', async () => {
    await using server = await serve((request, response) => {
      if (request.url?.endsWith('manifest.json')) response.end(manifestText());
      else response.writeHead(200).write(weights.subarray(0, 1000));
    });
    await assert.rejects(pullModels({ url: server.url, folder: server.folder, stallTimeout: 50 }), {
      code: 'MODEL_FILE_MISSING',
    });
  });

  it('says what is wrong with the address', async () => {
    await using server = await serve((_, response) => response.writeHead(404).end());
    await assert.rejects(pullModels({ url: server.url, folder: server.folder }), /answered 404/);
    await assert.rejects(pullModels({ url: 'file:///etc/passwd', folder: server.folder }), {
      code: 'MODEL_MANIFEST_INVALID',
    });
  });
});

describe('verifyModels', limit, () => {
  it('tells each file that is missing or differs', async () => {
    await using server = await serve(honest());
    const manifest = await pullModels({ url: server.url, folder: server.folder });
    await writeFile(server.file, 'other');
    assert.deepEqual(
      (await verifyModels(manifest)).map(({ fault }) => fault?.code),
      ['MODEL_HASH_MISMATCH'],
    );
    await rm(server.file);
    assert.deepEqual(
      (await verifyModels(manifest)).map(({ fault }) => fault?.code),
      ['MODEL_FILE_MISSING'],
    );
  });

  it('brings the signature beside the manifest, and keeps none of an older one', async () => {
    let signature: string | null = 'c2lnbmVk\n';
    const plain = honest();
    await using server = await serve((request, response) => {
      if (request.url !== '/models/manifest.json.sig') plain(request, response);
      else if (signature === null) response.writeHead(404).end();
      else response.end(signature);
    });
    const { url, folder } = server;
    const file = path.join(folder, 'manifest.json.sig');
    await pullModels({ url, folder });
    assert.equal(await readFile(file, 'utf8'), signature);
    signature = null;
    await pullModels({ url, folder });
    await assert.rejects(readFile(file), { code: 'ENOENT' });
  });
});
