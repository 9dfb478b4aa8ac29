import { allQuirks } from './all-quirks.ts';

/** What came of one quirk. */
export interface QuirkVerdict {
  readonly client: string;
  readonly ffmpeg: boolean;
}

/** The table of docs/quirks.md, from one run of the test. */
export function quirkReport(verdicts: ReadonlyMap<string, QuirkVerdict>): string {
  const rows = allQuirks.map(({ id, what, from }) => {
    const verdict = verdicts.get(id);
    const theirs = verdict?.ffmpeg === true ? 'yes' : 'no';
    return `| \`${id}\` | ${what} | ${from} | ${verdict?.client ?? '–'} | ${theirs} |`;
  });
  const played = [...verdicts.values()].filter(({ ffmpeg }) => ffmpeg).length;
  return `# Quirks

Status: written by \`QUIRK_REPORT=docs/quirks.md node --test test/integration/streams/quirks.test.ts\`; a test holds its rows equal to the code.

What cameras do that no standard has, or that standards have and clients do not expect, each played by a virtual camera (\`demo/rtsp\`, hooks in \`quirks.ts\`) and pulled at the same time by our client and by FFmpeg's (libavformat 8, through \`node-av\`, as the ffmpeg program uses it). Ours gets at least 15 pictures of each of the ${allQuirks.length}, FFmpeg's of ${played}. \`own\`: our client; \`compatible\`: FFmpeg's behind it ([cameras.md](cameras.md)).

| quirk | what the camera does | from | client | FFmpeg plays it |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
