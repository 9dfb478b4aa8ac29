import { facePorts, settingsOf } from '../../../src/app/footage-ports.ts';
import { type SearchFootageOptions, searchFootage } from '../../../src/app/search-footage.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { FootageFigures } from '../../../src/domain/footage.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { FootageSightings } from '../../../src/services/footage/footage-sightings.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { testManifest } from '../live/demo-footage.ts';

/** The search of footage with the shipped models and default settings, nobody on any list. */
export interface TrackSearch extends AsyncDisposable {
  /** @param change of the settings */
  run(
    paths: readonly string[],
    change?: (settings: SearchFootageOptions['settings']) => SearchFootageOptions['settings'],
    options?: Partial<SearchFootageOptions>,
  ): Promise<FootageFigures>;
}

/** Opens the models. */
export async function openTrackSearch(): Promise<TrackSearch> {
  const { config } = parseConfig('{}', 'defaults');
  const inference = await createInference({ manifestPath: testManifest, requestTimeout: 60_000 });
  const ports = {
    ...facePorts(inference, config),
    gallery: { search: () => [] },
    ...{ strangerBelow: () => -1, codec: createImageCodec(), newAlertId: () => 'none' },
    ...{ enrolledImage: async () => null, modelStamps: inference.stamps() },
    configHash: () => 'test',
  };
  return {
    run(paths, change = (settings) => settings, options = {}) {
      return searchFootage({
        files: paths.map((path) => ({ path, start: null })),
        settings: change(settingsOf(config)),
        ports,
        sightings: new FootageSightings({ startOf: () => null }),
        positions: [],
        ...{ atOnce: 1, decoderThreads: 1, looksAtOnce: 4, signal: new AbortController().signal },
        ...options,
      });
    },
    [Symbol.asyncDispose]: () => inference.close(),
  };
}
