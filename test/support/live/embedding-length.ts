import { readFileSync } from 'node:fs';
import { testManifest } from './demo-footage.ts';

interface Manifest {
  readonly models: readonly {
    readonly task: string;
    readonly output: { readonly dimension?: number };
  }[];
}

/** Numbers of an embedding of the models under test, as their manifest says. */
export function embeddingLength(): number {
  const { models } = JSON.parse(readFileSync(testManifest, 'utf8')) as Manifest;
  const length = models.find(({ task }) => task === 'embed')?.output.dimension;
  if (length === undefined) throw new Error(`${testManifest} has no recogniser`);
  return length;
}
