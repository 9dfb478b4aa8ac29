import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCommand } from '../../support/cli/run-command.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('ONNX Runtime', { timeout: 240_000 }, () => {
  it('keeps no events for its maker, and no id of the machine', async (t) => {
    const home = temporaryFolder(t);
    const picture = join(root, 'test', 'fixtures', 'cmyk-portrait.jpg');
    const { stdout, stderr } = await runCommand(['embed', picture, '--json'], {
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      // Whoever asks for it gets none either.
      ORT_DISABLE_TELEMETRY: '0',
    });
    // The models were loaded: the picture was looked at.
    assert.match(stdout + stderr, /"faces"|"embeddings"|NO_FACE|quality/, stderr);
    const left = readdirSync(home, { recursive: true }).map(String);
    assert.deepEqual(
      left.filter((name) => /microsoft|onnxruntime/i.test(name)),
      [],
    );
  });
});
