/*
 * Writes the figures of docs/models.md and README.md from the report of the evaluation and
 * from what the export measured of each model:
 *
 *   node scripts/describe-models.ts
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Measured, modelFigures, type Report, shortFigures } from './models/model-figures.ts';

const path = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
const read = (file: string): string => readFileSync(path(file), 'utf8');

const report = JSON.parse(read('docs/evaluation.json')) as Report;
const { models } = JSON.parse(read('models/manifest.json')) as { models: Measured[] };
writeFileSync(path('docs/models.md'), modelFigures(read('docs/models.md'), report, models));
writeFileSync(path('README.md'), shortFigures(read('README.md'), report));
process.stdout.write(`Written to ${path('docs/models.md')}\n`);
