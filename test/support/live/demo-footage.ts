import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDemoCameras } from '../../../demo/create-demo-cameras.ts';
import type { DemoFootage } from '../../../demo/footage/demo-footage.ts';

/** Manifest under test: the shipped one unless the environment names another. */
export const testManifest =
  process.env['NIGHTGLASS_TEST_MANIFEST'] ??
  fileURLToPath(new URL('../../../models/manifest.json', import.meta.url));

/** Rendered once a checkout, shared by all test files. */
export const footageFolder = fileURLToPath(new URL('../../../data/demo', import.meta.url));

/** The demo's cameras and the person to enrol; nobody of it exists. */
export function demoFootage(): Promise<DemoFootage> {
  return createDemoCameras({
    facesModelPath: join(dirname(testManifest), 'faces.onnx'),
    cacheDir: footageFolder,
  });
}
