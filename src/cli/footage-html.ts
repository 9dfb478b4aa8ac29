import { basename } from 'node:path';
import type { FootagePictureKind, FootageSighting } from '../domain/footage.ts';
import { type FootageOut, picturePath } from './footage-out.ts';
import { byPerson, clockText, type FootageResult, runText, sightingText } from './footage-text.ts';

const width = 1000;
const row = 26;

const captions: readonly (readonly [FootagePictureKind, string])[] = [
  ['enrolled', 'enrolled'],
  ['face', 'as recorded'],
  ['enhanced', 'made by a machine: never evidence'],
];

/** What was found as one page beside its pictures, without scripts and without anything from outside. */
export function footageHtml(result: FootageResult, out: Pick<FootageOut, 'has'>): string {
  const { job } = result;
  const people = byPerson(result.sightings).map((group) => personSection(group, result, out));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Recorded footage, ${escaped(new Date(job.startedAt).toISOString())}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1a1f27 }
svg { width: 100%; height: auto; background: #f1f4f8 }
article { border-top: 1px solid #c9d1db; padding: 0.75rem 0 }
article div { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end }
figure { margin: 0 } figcaption, footer { font-size: 0.85rem; color: #4d5866 }
figure img { height: 11rem; max-width: 100%; image-rendering: pixelated }
.enhanced img { outline: 3px dashed #b0551b }
</style>
<h1>Recorded footage</h1>
<p>Reason: ${escaped(job.reason)}</p>
${people.join('\n') || '<p>Nobody was found.</p>'}
<footer><p>A match is a hint for a person to judge, never a decision. An enhanced picture is a plausible inference, never evidence on its own.</p>
<p>${escaped(runText(result))}</p>
<ul>${result.files.map(({ path, sha256 }) => `<li>${escaped(path)}<br><code>SHA-256 ${sha256}</code></li>`).join('')}</ul></footer>
</html>
`;
}

function personSection(
  group: readonly FootageSighting[],
  result: FootageResult,
  out: Pick<FootageOut, 'has'>,
): string {
  const { personName, watchlistName } = group[0] as FootageSighting;
  const cards = group.map((each) => card(each, result, out)).join('\n');
  return `<section><h2>${escaped(personName)} <small>${escaped(watchlistName)}</small></h2>
${timeLine(group, result)}
${cards}</section>`;
}

/** A row a file in which the person was seen, a mark a sighting that leads to its pictures. */
function timeLine(group: readonly FootageSighting[], { files }: FootageResult): string {
  const rows = [...Map.groupBy(group, ({ file }) => file)].map(([file, seen], index) => {
    const name = basename(files[file]?.path ?? '');
    const end = Math.max(files[file]?.seconds ?? 0, ...seen.map(({ until }) => until), 1);
    const y = index * row;
    const marks = seen.map(({ id, at, until }) => {
      const from = (at / end) * width;
      const long = Math.max(4, ((until - at) / end) * width);
      return `<a href="#s-${id}"><rect x="${from.toFixed(1)}" y="${y + 14}" width="${long.toFixed(1)}" height="10" fill="#b0551b"><title>${clockText(at, 1)}</title></rect></a>`;
    });
    return `<text x="4" y="${y + 11}" font-size="11" fill="#4d5866">${escaped(name)}, ${clockText(end)}</text>${marks.join('')}`;
  });
  return `<svg viewBox="0 0 ${width} ${rows.length * row}" role="group" aria-label="time line">${rows.join('')}</svg>`;
}

function card(
  sighting: FootageSighting,
  { files }: FootageResult,
  out: Pick<FootageOut, 'has'>,
): string {
  const { id, file } = sighting;
  const pictures = captions
    .filter(([kind]) => out.has(id, kind))
    .map(
      ([kind, caption]) =>
        `<figure class="${kind}"><img src="${picturePath(id, kind)}" alt="${caption}" loading="lazy"><figcaption>${caption}</figcaption></figure>`,
    );
  return `<article id="s-${id}"><p>${escaped(basename(files[file]?.path ?? ''))}: ${escaped(sightingText(sighting))}</p><div>${pictures.join('')}</div></article>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
