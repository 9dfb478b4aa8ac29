import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseConfig } from '../../../src/config/load-config.ts';
import { readPostgresAddress } from '../../../src/store/postgres/postgres-address.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const missing = (program: string) => spawnSync(program, ['--version']).error !== undefined;

describe('Dockerfile', () => {
  const lines = text('Dockerfile').split('\n');

  it('copies what exists, and .dockerignore lets it in', () => {
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const built = ['dist', 'node_modules', 'web/dist'];
    const copied = lines
      .filter((line) => line.startsWith('COPY --from=build /src/'))
      .flatMap((line) => line.split(' ').slice(2, -1))
      .map((path) => path.slice('/src/'.length));
    assert.ok(copied.length > 5);
    for (const path of copied.filter((path) => !built.includes(path))) {
      assert.ok(existsSync(join(root, path)), path);
      assert.ok(
        allowed.some((name) => path === name || path.startsWith(`${name}/`)),
        `${path} is in the context`,
      );
    }
    for (const name of allowed) assert.ok(existsSync(join(root, name)), name);
  });

  it('copies all that the package holds for running', () => {
    const { files } = JSON.parse(text('package.json')) as { files: string[] };
    const documents = ['config', 'deploy', 'docs', 'examples'];
    for (const path of files.filter((name) => !documents.includes(name) && !name.endsWith('.md'))) {
      assert.ok(
        lines.some((line) => line.startsWith('COPY') && line.includes(`/src/${path}`)),
        path,
      );
    }
  });

  it('copies each file that the program looks for beside itself', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const looked = sources
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [...text(`src/${name}`).matchAll(/join\(packageRoot, '([^']+)'/g)])
      .map(([, path = '']) => path);
    assert.ok(looked.includes('docs/evaluation.json'));
    for (const path of looked) {
      const within = (line: string) =>
        line
          .split(' ')
          .some((word) => `/src/${path}` === word || `/src/${path}`.startsWith(`${word}/`));
      assert.ok(
        lines.some((line) => line.startsWith('COPY --from=build ') && within(line)),
        path,
      );
    }
  });

  it('has two targets that run as nobody in particular, with a health check', () => {
    const file = text('Dockerfile');
    for (const target of ['cuda', 'cpu']) {
      const [, stage = ''] = file.split(new RegExp(`^FROM .* AS ${target}$`, 'm'));
      assert.match(stage, /^USER 10001:10001$/m, target);
      assert.match(stage, /^HEALTHCHECK /m, target);
      assert.match(stage, /^ENTRYPOINT \["node", "\/app\/bin\/nightglass.mjs"\]$/m, target);
    }
    assert.match(
      file
        .trimEnd()
        .split(/^FROM /m)
        .at(-1) ?? '',
      / AS cpu\n/,
      'the default',
    );
  });
});

describe('the health check of a container', () => {
  const ask = async (address: string): Promise<number | null> => {
    const child = spawn(process.execPath, ['deploy/docker/health-check.mjs', address], {
      cwd: root,
      stdio: 'ignore',
    });
    const [code] = await once(child, 'exit');
    return code as number | null;
  };

  it('is well where the program is ready, below a path too, and not otherwise', async (t) => {
    const server = createServer((request, answer) => {
      answer.writeHead(request.url === '/ng/readyz' ? 200 : 503).end();
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.equal(await ask(`http://127.0.0.1:${port}/ng/`), 0);
    assert.equal(await ask(`http://127.0.0.1:${port}`), 1);
    assert.equal(await ask('http://127.0.0.1:1'), 1);
  });
});

describe('compose.yaml', () => {
  const folder = join(root, 'deploy', 'compose');
  const compose = parse(text('deploy/compose/compose.yaml'), { merge: true }) as {
    services: Record<
      string,
      {
        image: string;
        read_only?: boolean;
        cap_drop?: string[];
        security_opt?: string[];
        volumes?: string[];
        ports?: string[];
        profiles?: string[];
        environment?: Record<string, string>;
        networks: object;
      }
    >;
    volumes: object;
  };
  /** Of the site: made by who sets it up. */
  const own = /^\.\/(secrets|nightglass\.yaml)/;

  it('mounts what exists, and publishes on this machine alone', () => {
    for (const [name, { volumes = [], ports = [] }] of Object.entries(compose.services)) {
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (from in compose.volumes || own.test(from)) continue;
        assert.ok(existsSync(join(folder, from)), `${name}: ${from}`);
      }
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
    }
  });

  it('gives no service more than it needs, and pins images of others', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      assert.equal(service.read_only, true, name);
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
      if (!service.image.startsWith('nightglass'))
        assert.match(service.image, /:v?\d+(\.\d+){1,2}$/);
    }
    const { nightglass, ...others } = compose.services;
    assert.equal(nightglass?.profiles, undefined);
    for (const [name, { profiles }] of Object.entries(others))
      assert.equal(profiles?.length, 1, name);
  });

  it('names PostgreSQL in the address as its service makes it', () => {
    const [, written = ''] =
      /printf '(postgres:[^']+)'/.exec(text('deploy/compose/compose.yaml')) ?? [];
    const address = readPostgresAddress(written.replace('%s', 'secret'));
    const { environment, volumes = [] } = compose.services['postgres'] ?? {};
    assert.equal(address.host, 'postgres');
    assert.equal(address.port, 5432);
    assert.equal(address.user, environment?.['POSTGRES_USER']);
    assert.equal(address.database, environment?.['POSTGRES_DB']);
    assert.equal(address.tls, false);
    const inside = volumes.map((volume) => volume.split(':')[1]);
    assert.ok(inside.includes(environment?.['POSTGRES_PASSWORD_FILE']));
    const [, configured = ''] =
      /(store: \{ url.+)$/m.exec(text('deploy/compose/compose.yaml')) ?? [];
    const { config } = parseConfig(`cameras: []\n${configured}\n`);
    assert.deepEqual(config.store.url, { file: '/run/nightglass-secrets/store-url' });
  });

  it('comes with a configuration that is valid', () => {
    const { config } = parseConfig(text('deploy/compose/nightglass.example.yaml'));
    assert.equal(config.data, '/data');
    assert.equal(config.server.host, '0.0.0.0');
  });

  it('scrapes as config/prometheus does, but for names of machines', () => {
    const of = (path: string) =>
      parse(text(path)) as { rule_files: string[]; scrape_configs: { job_name: string }[] };
    const [inside, outside] = [
      of('deploy/compose/prometheus.yml'),
      of('config/prometheus/prometheus.yml'),
    ];
    assert.deepEqual([...inside.rule_files].sort(), [...outside.rule_files].sort());
    assert.equal(inside.scrape_configs[0]?.job_name, outside.scrape_configs[0]?.job_name);
  });
});

describe('the systemd unit', () => {
  const skip = missing('systemd-analyze') && 'needs systemd-analyze';

  it('exposes no more than systemd calls fine', { skip }, () => {
    const run = spawnSync(
      'systemd-analyze',
      ['security', '--offline=yes', '--threshold=15', 'deploy/systemd/nightglass.service'],
      { cwd: root, encoding: 'utf8' },
    );
    assert.equal(run.status, 0, run.stdout.split('\n').at(-2));
  });

  it('runs what the layout of docs/deployment.md installs', () => {
    const unit = text('deploy/systemd/nightglass.service');
    const guide = text('docs/deployment.md');
    const [, program = ''] = /^ExecStart=(\S+)/m.exec(unit) ?? [];
    assert.ok(program.startsWith('/usr/lib/nightglass/'));
    assert.ok(guide.includes('npm install --global --prefix /usr/lib/nightglass'));
    assert.ok(guide.includes('/etc/nightglass/nightglass.yaml'));
  });
});
