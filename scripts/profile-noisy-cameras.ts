import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stillWall } from '../demo/footage/still-wall.ts';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import { createRtspServer } from '../demo/rtsp/rtsp-server.ts';
import { createImageCodec } from '../src/streams/image-codec.ts';
import { noisyCameras } from './noisy-cameras.ts';

// Profiles of virtual cameras of known noise, and their own pictures of an empty scene, to adapt denoisers by:
// node scripts/profile-noisy-cameras.ts FOLDER

const folder = process.argv[2] ?? '.';
await mkdir(folder, { recursive: true });
const codec = createImageCodec();
for (const [name, look] of Object.entries(noisyCameras)) {
  const empty = join(folder, `${name}-empty`);
  await mkdir(empty, { recursive: true });
  let number = 0;
  for (const picture of stillWall(look, 24)) {
    const bytes = await codec.encodeJpeg(picture, 98);
    await writeFile(join(empty, `${String(number).padStart(3, '0')}.jpg`), bytes);
    number += 1;
  }
  const source = await encodeFootage(stillWall(look, 60), { framesPerSecond: 20, quality: 2 });
  const server = await createRtspServer({ cameras: [{ path: name, source }] });
  const config = join(folder, `${name}.yaml`);
  await writeFile(config, `cameras: [{ id: ${name}, url: '${server.url(name)}' }]\n`);
  const command = ['src/cli/main.ts', 'cameras', 'profile', name, '-c', config, '--seconds', '8'];
  const json = join(folder, `${name}.json`);
  const { stdout } = await promisify(execFile)(process.execPath, [...command, '--json', json]);
  process.stdout.write(stdout);
  await server.close();
}
