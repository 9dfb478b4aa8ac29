import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Probed {
  readonly format: { readonly duration: string; readonly tags?: Readonly<Record<string, string>> };
  readonly streams: readonly {
    readonly codec_name: string;
    readonly codec_type: string;
    readonly width?: number;
    readonly height?: number;
    readonly nb_read_packets?: string;
    readonly side_data_list?: readonly { readonly rotation?: number }[];
  }[];
  readonly packets: readonly {
    readonly codec_type: string;
    readonly pts_time: string;
    readonly dts_time: string;
    readonly flags: string;
  }[];
}

/** What an independent reader finds in a clip, and the words of its track of faces. */
export function probeClip(bytes: Uint8Array): Probed & {
  /** Faces by the second at which they begin. */
  readonly texts: readonly { readonly time: number; readonly words: string }[];
  /** What its decoder complains of; nothing of a sound file. */
  readonly complaints: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-clip-'));
  const file = join(folder, 'clip.mp4');
  try {
    writeFileSync(file, bytes);
    const asked = ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-show_packets'];
    const probed: Probed = JSON.parse(
      execFileSync('ffprobe', [...asked, '-count_packets', file], {
        maxBuffer: 2 ** 26,
      }).toString(),
    );
    const texts = execFileSync(
      'ffmpeg',
      ['-v', 'error', '-i', file, '-map', '0:s:0', '-f', 'srt', '-'],
      { maxBuffer: 2 ** 26 },
    ).toString();
    const complaints = execFileSync(
      'ffmpeg',
      ['-v', 'warning', '-i', file, '-map', '0:v:0', '-f', 'null', '-'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    ).toString();
    return { ...probed, texts: readTexts(texts), complaints };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readTexts(srt: string): { time: number; words: string }[] {
  return srt.split(/\r?\n\r?\n/).flatMap((block) => {
    const [, times = '', ...words] = block.trim().split(/\r?\n/);
    const [, h, m, s, ms] = /^(\d+):(\d+):(\d+),(\d+)/.exec(times) ?? [];
    if (h === undefined || words.length === 0) return [];
    const time = Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
    return [{ time, words: words.join('\n') }];
  });
}
