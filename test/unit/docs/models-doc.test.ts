import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import {
  type Measured,
  modelFigures,
  type Report,
  shortFigures,
} from '../../../scripts/models/model-figures.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

it('docs/models.md has the figures of the committed evaluation and export', () => {
  const report = JSON.parse(read('docs/evaluation.json')) as Report;
  const { models } = JSON.parse(read('models/manifest.json')) as { models: Measured[] };
  const written = read('docs/models.md');
  const expected = modelFigures(written, report, models);
  assert.equal(written, expected, 'run: node scripts/describe-models.ts');
});

it('README.md has the figures of the committed evaluation', () => {
  const report = JSON.parse(read('docs/evaluation.json')) as Report;
  const written = read('README.md');
  assert.equal(written, shortFigures(written, report), 'run: node scripts/describe-models.ts');
});

it('the committed evaluation is of the committed models', () => {
  const { models } = JSON.parse(read('docs/evaluation.json')) as {
    models: { model: string; sha256: string }[];
  };
  const manifest = read('models/manifest.json');
  for (const { model, sha256 } of models) {
    assert.ok(manifest.includes(sha256), `${model} was trained anew: run npm run evaluate:dev`);
  }
});
