import { readFile } from 'node:fs/promises';
import { parseConfig } from '../../../src/config/load-config.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const aliases = 'a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\ncameras: *c\n';

/** The configuration file. */
export const yaml: FuzzTarget = {
  name: 'yaml',
  about: 'text of a configuration file',
  seeds: async () => [
    await readFile(new URL('../../../config/example.yaml', import.meta.url)),
    Buffer.from('cameras:\n  - id: gate\n    url: rtsp://127.0.0.1/ch1\nserver:\n  port: 8080\n'),
    Buffer.from('alerts:\n  quiet: 30s\n  stillAfter: 10m\nstore:\n  retention: 30d\n'),
    Buffer.from(aliases),
  ],
  open: async () => ({
    feed(input) {
      try {
        parseConfig(Buffer.from(input).toString('utf8'));
      } catch (error) {
        if (!(error instanceof NightglassError && error.code === 'CONFIG_INVALID')) throw error;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
};
