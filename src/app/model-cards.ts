import { readFile, stat } from 'node:fs/promises';
import { findModel, loadManifest, modelPath } from '../inference/manifest.ts';
import type { ModelTask } from '../inference/manifest-schema.ts';
import { completionOf } from '../inference/plan-models.ts';

/** What the manifest says of a model in use. */
export interface ModelFile {
  readonly version: string;
  readonly licence: string;
  readonly bytes: number;
  readonly card: boolean;
}

/** Larger ones are no card. */
const maxCardBytes = 256 * 1024;

/** Facts and cards of the models of a manifest. Cards are read when they are asked for. */
export interface ModelCards {
  file(task: ModelTask, name: string, precision: string): ModelFile | undefined;
  /** Markdown; undefined when there is no such model, or no card that can be read. */
  card(name: string): Promise<string | undefined>;
}

/** @throws NightglassError `MODEL_MANIFEST_INVALID` */
export async function openModelCards(
  manifestPath: string,
  completeFrom?: string,
): Promise<ModelCards> {
  const own = await loadManifest(manifestPath);
  const other = await completionOf(own, completeFrom);
  const manifests = other === undefined ? [own] : [own, other];
  const cardOf = new Map<string, string>();
  for (const { manifest, folder } of manifests.toReversed()) {
    for (const { name, card } of manifest.models) {
      const file = modelPath(folder, card);
      const info = await stat(file).catch(() => undefined);
      if (info?.isFile() === true && info.size <= maxCardBytes) cardOf.set(name, file);
    }
  }
  return {
    file(task, name, precision) {
      const entry = manifests
        .map(({ manifest }) => findModel(manifest, task, name))
        .find((found) => found !== undefined);
      const variant = entry?.variants.find((each) => each.precision === precision);
      if (entry === undefined || variant === undefined) return undefined;
      const { version, licence } = entry;
      return { version, licence, bytes: variant.bytes, card: cardOf.has(name) };
    },
    async card(name) {
      const file = cardOf.get(name);
      if (file === undefined) return undefined;
      // It may have gone meanwhile.
      return readFile(file, 'utf8').catch(() => undefined);
    },
  };
}
