import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Demuxer } from 'node-av/api';
import type { AccessUnit, EncodedSource } from '../../../demo/media/encoded-source.ts';

const framesPerSecond = 20;

/** Top left white, top right light, bottom left dark, bottom right black: shows each turn. */
export const quarters = ({ width, height }: { width: number; height: number }): string =>
  [
    `color=black:size=${width}x${height}:rate=${framesPerSecond}:duration=2`,
    'drawbox=x=0:y=0:w=iw/2:h=ih/2:color=white:t=fill',
    'drawbox=x=iw/2:y=0:w=iw/2:h=ih/2:color=0xa0a0a0:t=fill',
    'drawbox=x=0:y=ih/2:w=iw/2:h=ih/2:color=0x404040:t=fill',
  ].join();

/** A loop of footage as the ffmpeg program codes it, for what our own encoder does not write. */
export async function codedFootage(options: {
  readonly codec: 'h264' | 'h265';
  readonly width: number;
  readonly height: number;
  /** Of FFmpeg, what is coded; default {@link quarters}. */
  readonly picture?: string;
  /** Of libx264 or libx265. */
  readonly coding?: string;
  readonly bPictures?: number;
  /** Width of a pixel by its height. */
  readonly pixelShape?: string;
}): Promise<EncodedSource> {
  const { codec, width, height, coding = '', bPictures = 0, pixelShape = '1/1' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-footage-'));
  const file = join(folder, 'footage.ts');
  const program = codec === 'h264' ? 'libx264' : 'libx265';
  const params = codec === 'h264' ? '-x264-params' : '-x265-params';
  const fixed = 'keyint=10:min-keyint=10:scenecut=0:repeat-headers=1:open-gop=0';
  try {
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', options.picture ?? quarters({ width, height })],
      ...['-vf', `setsar=${pixelShape}`, '-c:v', program, '-preset', 'ultrafast'],
      ...['-pix_fmt', 'yuv420p', '-bf', String(bPictures), '-threads', '1'],
      ...[params, [fixed, `bframes=${bPictures}`, 'log-level=0', coding].filter(Boolean).join(':')],
      ...['-muxdelay', '0', '-muxpreload', '0', '-f', 'mpegts', file],
    ]);
    const units = await readUnits(file);
    const duration = (units.length * 1000) / framesPerSecond;
    return { codec, width, height, framesPerSecond, units, duration };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readUnits(file: string): Promise<AccessUnit[]> {
  await using input = await Demuxer.open(file, { format: 'mpegts' });
  const video = input.video();
  if (video === undefined) throw new Error('there is no video in the footage');
  const units: AccessUnit[] = [];
  let start: bigint | undefined;
  for await (const packet of input.packets(video.index)) {
    if (packet === null) break;
    start ??= packet.dts;
    const ms = (ticks: bigint) => Number(ticks - (start ?? 0n)) / 90;
    units.push({
      data: Uint8Array.from(packet.data ?? []),
      key: packet.isKeyframe,
      time: ms(packet.pts),
      decodeTime: ms(packet.dts),
    });
    packet.free();
  }
  return units;
}
