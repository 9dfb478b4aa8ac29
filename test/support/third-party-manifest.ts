import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashFile } from '../../src/inference/manifest.ts';
import { manifestSchema } from '../../src/inference/manifest-schema.ts';

/** Where pictures and models for tests lie; never part of the repository. */
export const sharedFolder = path.resolve(process.env.NIGHTGLASS_SHARED ?? '../shared');

/** Reason to skip a test that needs the shared folder; false when it is there. */
export const sharedMissing: string | false = existsSync(path.join(sharedFolder, 'models'))
  ? false
  : `needs ${sharedFolder} (set NIGHTGLASS_SHARED)`;

const picture = { layout: 'NCHW', height: null, width: null } as const;
const bgr = { ...picture, channels: 'BGR', mean: [0, 0, 0], scale: [1, 1, 1] } as const;
const at640 = { height: 640, width: 640, batch: 1 } as const;
const scrfd = {
  ...picture,
  channels: 'RGB',
  mean: [127.5, 127.5, 127.5],
  scale: [128, 128, 128],
} as const;

const drafts = [
  {
    name: 'yunet-n',
    task: 'detect',
    file: 'yunet_n_dynamic.onnx',
    input: { ...bgr, name: 'input' },
    output: { decode: 'yunet' },
  },
  {
    name: 'yunet-n-320',
    task: 'detect',
    file: 'yunet_n_320.onnx',
    input: { ...bgr, name: 'input', height: 320, width: 320, batch: 1 },
    output: { decode: 'yunet' },
  },
  {
    name: 'scrfd-500m',
    task: 'detect',
    file: 'scrfd_500m_kps.onnx',
    input: { ...scrfd, ...at640, name: 'images' },
    output: { decode: 'scrfd' },
  },
  {
    name: 'scrfd-2.5g',
    task: 'detect',
    file: 'scrfd_2.5g_bnkps.onnx',
    input: { ...scrfd, batch: 1, name: 'input.1' },
    output: { decode: 'scrfd' },
  },
  {
    name: 'retinaface-mnet025',
    task: 'detect',
    file: 'retinaface_mnet025_640.onnx',
    input: { ...bgr, ...at640, mean: [104, 117, 123], name: 'input0' },
    output: { decode: 'retinaface' },
  },
  {
    name: 'yolov8-lite-t-face',
    task: 'detect',
    file: 'yolov8_lite_t_face.onnx',
    input: {
      ...picture,
      ...at640,
      channels: 'RGB',
      mean: [0, 0, 0],
      scale: [255, 255, 255],
      name: 'images',
    },
    output: { decode: 'yolo-face' },
  },
  {
    name: 'retail-0095',
    task: 'embed',
    file: 'face_reidentification_retail_0095.onnx',
    input: { ...bgr, name: 't0_0', height: 128, width: 128, batch: 1, align: 'retail-0095' },
    output: { decode: 'embedding', dimension: 256 },
  },
  {
    name: 'mobilefacenet',
    task: 'embed',
    file: 'mobilefacenet_foamliu.onnx',
    input: {
      ...picture,
      name: 'input0',
      channels: 'RGB',
      // ImageNet's mean and deviation, in units of a pixel.
      mean: [123.675, 116.28, 103.53],
      scale: [58.395, 57.12, 57.375],
      height: 112,
      width: 112,
      batch: 1,
      align: 'arcface-112',
    },
    output: { decode: 'embedding', dimension: 128 },
  },
];

/** A manifest of the shared third-party models, for tests alone. */
export interface ThirdPartyManifest extends AsyncDisposable {
  readonly path: string;
}

/** Writes the manifest, hashes computed now, into a folder of its own; its files lie outside that folder. */
export async function writeThirdPartyManifest(): Promise<ThirdPartyManifest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightglass-models-'));
  const models = await Promise.all(
    drafts.map(async ({ file, ...draft }) => {
      const absolute = path.join(sharedFolder, 'models', file);
      return {
        ...draft,
        version: '1',
        licence: 'see the shared README',
        card: 'none',
        variants: [
          {
            precision: 'fp32',
            file: absolute,
            sha256: await hashFile(absolute),
            bytes: (await stat(absolute)).size,
          },
        ],
      };
    }),
  );
  const file = path.join(folder, 'manifest.json');
  await writeFile(file, JSON.stringify(manifestSchema.parse({ schema: 1, models })));
  return {
    path: file,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
