import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseConfig } from '../../../src/config/load-config.ts';
import { NightglassError } from '../../../src/domain/errors.ts';

function faultOf(text: string): string {
  try {
    parseConfig(text, 'x.yaml');
  } catch (error) {
    assert.ok(error instanceof NightglassError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.message;
  }
  assert.fail('expected the configuration to be refused');
}

const camera = (extra: string) => `cameras:\n  - {id: a, url: 'rtsp://h/1'${extra}}\n`;

describe('parseConfig', () => {
  const refused: [string, string, string][] = [
    ['an unknown key', 'sever: {}', 'x.yaml:1: sever: unknown key; did you mean server?'],
    [
      'an unknown key within',
      'server:\n  prot: 1',
      'x.yaml:2: server.prot: unknown key; did you mean port?',
    ],
    [
      'an unknown key beside known ones, on its own line',
      'alerts:\n  quietPeriod: 60s\n  horn: loud',
      'x.yaml:3: alerts.horn: unknown key; remove it or check its spelling',
    ],
    [
      'a key that is missing, on the line of its group',
      "cameras:\n  - {id: a, url: 'rtsp://h/1'}\n  - {id: b}",
      'x.yaml:3: cameras[1].url: must be a string',
    ],
    ['a wrong type', 'server:\n  port: high', 'x.yaml:2: server.port: is "high", must be a number'],
    [
      'a number out of range',
      'server:\n  port: 70000',
      'x.yaml:2: server.port: is 70000, must be at most 65535',
    ],
    [
      'a wrong choice',
      camera(', transport: tpc'),
      'x.yaml:2: cameras[0].transport: is "tpc", must be one of "tcp", "udp", "http", "multicast"',
    ],
    [
      'a bad duration',
      'alerts:\n  quietPeriod: soon',
      'x.yaml:2: alerts.quietPeriod: is "soon", must be a duration such as "250ms", "5s", "10m", "12h" or "30d"',
    ],
    [
      'a camera twice',
      "cameras:\n  - {id: a, url: 'rtsp://h/1'}\n  - {id: a, url: 'rtsp://h/2'}",
      'x.yaml:3: cameras[1].id: is "a", must be unique; another camera has it already',
    ],
    [
      'a list on an unknown camera',
      `${camera('')}watchlists:\n  - {id: w, name: W, purpose: p, legalBasis: l, authorisation: x, owner: o, cameras: [b]}`,
      'x.yaml:4: watchlists[0].cameras[0]: is "b", must be the id of a camera above, or "*" for all',
    ],
    [
      'traces to no address',
      'telemetry:\n  traces: {endpoint: collector}',
      'x.yaml:2: telemetry.traces.endpoint: must be an address such as http://127.0.0.1:4318/v1/traces',
    ],
    [
      'a share of traces that is none',
      "telemetry:\n  traces: {endpoint: 'http://h/v1/traces', sample: 2}",
      'x.yaml:2: telemetry.traces.sample: is 2, must be at most 1',
    ],
    [
      'a denoiser elsewhere',
      camera(", models: {denoise: '../x.onnx'}"),
      'x.yaml:2: cameras[0].models.denoise: is "../x.onnx", must be the name of a denoiser in the manifest, or its file there, without a folder',
    ],
    [
      'more denoisers than are loaded',
      `cameras:\n${Array.from({ length: 9 }, (_, at) => `  - {id: c${at}, url: 'rtsp://h/1', models: {denoise: d${at}}}`).join('\n')}`,
      'x.yaml:1: cameras: must name 8 different denoisers at most, not 9',
    ],
    [
      'a user without password',
      camera(', username: u'),
      'x.yaml:2: cameras[0]: must have both "username" and "password", or neither',
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`refuses ${what}`, () => assert.equal(faultOf(text), message));
  }

  it('never repeats credentials that stand where they should not', () => {
    const inUrl = faultOf("cameras:\n  - {id: a, url: 'rtsp://u:hunter2@h/1'}");
    assert.match(inUrl, /must not hold credentials/);
    const plain = faultOf(camera(', username: u, password: hunter2'));
    assert.match(plain, /must name where the secret is/);
    const broken = faultOf("cameras:\n  - {id: a, url: 'u:hunter2@h:port:1/x y'}");
    const collector = faultOf("telemetry:\n  traces: {endpoint: 'http://u:hunter2@h/v1/traces'}");
    assert.match(collector, /must not hold credentials/);
    const header = faultOf(
      "telemetry:\n  traces: {endpoint: 'http://h/v1', headers: {authorization: hunter2}}",
    );
    assert.match(header, /must name where the secret is/);
    for (const message of [inUrl, plain, broken, collector, header])
      assert.doesNotMatch(message, /hunter2/);
  });

  it('names line and column of broken YAML', () => {
    assert.match(faultOf('server: {\n'), /^x\.yaml:\d+:\d+: /);
  });

  it('gives every default for an empty file', () => {
    const { config } = parseConfig('');
    assert.equal(config.server.port, 8480);
    assert.equal(config.alerts.quietPeriod, 60_000);
    assert.deepEqual(config.cameras, []);
  });

  it('ships an example whose stated settings are the defaults', () => {
    const text = readFileSync(new URL('../../../config/example.yaml', import.meta.url), 'utf8');
    const { cameras: _c, watchlists: _w, ...stated } = parse(text);
    const example = parseConfig(text).config;
    assert.equal(example.cameras.length, 4);
    const { cameras, watchlists, ...settings } = example;
    const { cameras: c0, watchlists: w0, ...defaults } = parseConfig('').config;
    assert.deepEqual(settings, defaults);
    assert.deepEqual([c0, w0], [[], []]);
    assert.equal(cameras[0]?.transport, 'tcp');
    assert.equal(watchlists[0]?.fpir, 0.001);
    // Every default is stated, so that the file documents them all (optional paths apart).
    const optional = new Set(['models.manifest', 'preview.ffmpeg']);
    for (const [section, values] of Object.entries(defaults)) {
      if (typeof values !== 'object') continue;
      for (const key of Object.keys(values)) {
        assert.ok(optional.has(`${section}.${key}`) || key in stated[section], `${section}.${key}`);
      }
    }
  });

  it('hashes settings, not their spelling', () => {
    assert.equal(parseConfig('').hash, parseConfig('server: {port: 8480} # x').hash);
    assert.notEqual(parseConfig('').hash, parseConfig('server: {port: 8481}').hash);
  });
});
