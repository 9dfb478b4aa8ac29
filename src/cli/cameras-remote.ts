import { writeFile } from 'node:fs/promises';
import type { CameraSetup, CameraTest } from '../client/nightglass-client.ts';
import { NightglassError } from '../domain/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { answerOf, type GatewayChoice, gatewayClient } from './gateway-client.ts';
import { textTable, withoutControls } from './text-table.ts';

export interface RemoteOptions extends GatewayChoice {
  readonly json?: boolean;
}

export interface TestCameraOptions extends RemoteOptions {
  readonly picture?: string;
}

/** Prints all cameras. @throws NightglassError what the gateway answers with */
export async function listCameras(options: RemoteOptions): Promise<void> {
  const asked = gatewayClient(options).cameraSetups();
  const cameras = await answerOf('list cameras', options.address, asked);
  print(options, { cameras }, () =>
    cameras.length === 0
      ? 'no cameras\n'
      : textTable(['ID', 'STATE', 'FROM', 'NAME', 'ADDRESS', 'NOTE'], cameras.map(rowOf)),
  );
}

function rowOf({ id, setup, source, status, paused, problem }: CameraSetup): string[] {
  const { name = '', url = '' } = setup as { name?: string; url?: string };
  const state = paused ? 'paused' : (status?.state ?? 'stopped');
  const from = source === 'file' ? 'file' : 'added';
  return [id, state, from, name, url, problem ?? status?.reason?.message ?? ''];
}

/** Lets the server look for cameras and prints them. @throws NightglassError what it answers with */
export async function discoverCameras(options: RemoteOptions): Promise<void> {
  const asked = gatewayClient(options).discoverDevices();
  const devices = await answerOf('look for cameras', options.address, asked);
  const rows = devices.map(({ address, name, model, location, cameras }) => {
    return [address, name ?? '', model ?? '', location ?? '', cameras.join(', ')];
  });
  print(options, { devices }, () =>
    rows.length === 0
      ? 'no ONVIF camera answered; see onvif.interfaces and onvif.targets in docs/cameras.md\n'
      : textTable(['ADDRESS', 'NAME', 'MODEL', 'LOCATION', 'SET UP AS'], rows),
  );
}

/** Prints what a test of a camera brought; exit code 1 without a picture. @throws NightglassError */
export async function testCamera(id: string, options: TestCameraOptions): Promise<void> {
  const test = await answerOf(`test ${id}`, options.address, gatewayClient(options).testCamera(id));
  const { picture, ...report } = test;
  if (options.picture !== undefined && picture !== null) {
    const { picture: file } = options;
    await writeFile(file, Buffer.from(picture.jpeg, 'base64')).catch((cause: unknown) => {
      throw new NightglassError('ENVIRONMENT', `Cannot write ${file}`, { cause });
    });
    process.stderr.write(`wrote ${file}\n`);
  }
  const size = picture && { width: picture.width, height: picture.height };
  print(options, { ...report, picture: size }, () => `${id}: ${sentenceOf(test)}\n`);
  if (!test.ok) process.exitCode = exitCodes.failed;
}

/** What a test brought, in one line. */
export function sentenceOf(test: CameraTest): string {
  const { faces, firstPictureMs, framesPerSecond, ok, reason, stream, video } = test;
  if (!ok) return withoutControls(`no picture: ${reason?.message} (${reason?.code})`);
  const parts = [
    video === null ? 'a picture' : `${video.codec} ${video.width}x${video.height}`,
    ...(stream === null
      ? []
      : [`over ${stream.transport}${stream.client === 'own' ? '' : ' by the compatible client'}`]),
    `first picture after ${firstPictureMs} ms`,
    `${framesPerSecond} pictures a second`,
    faces === null ? 'faces could not be looked for' : `${faces.length} face(s)`,
  ];
  return parts.join(', ');
}

/** Pauses, resumes or removes a camera. @throws NightglassError what the gateway answers with */
export async function changeCamera(
  what: 'pause' | 'resume' | 'remove',
  id: string,
  options: RemoteOptions,
): Promise<void> {
  const client = gatewayClient(options);
  const asked = {
    pause: () => client.pauseCamera(id),
    resume: () => client.resumeCamera(id),
    remove: () => client.removeCamera(id),
  }[what]();
  const camera = await answerOf(`${what} ${id}`, options.address, asked);
  print(options, camera ?? { removed: id }, () => `${what}d ${id}\n`);
}

/** Prints JSON where it was asked for, sentences otherwise. */
export function print({ json }: RemoteOptions, value: object, sentences: () => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value)}\n` : sentences());
}
