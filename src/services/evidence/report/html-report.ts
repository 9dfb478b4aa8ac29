import type {
  ReportAppearance,
  ReportContent,
  ReportPicture,
  ReportRow,
  ReportSection,
  ReportWords,
} from './report-content.ts';
import { reportHeadings } from './report-content.ts';

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{border-top:2px solid;padding-top:1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.2rem .6rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}.lines{white-space:pre-line}
tr{border-bottom:1px solid #8884}figure{display:inline-block;margin:.4rem .8rem .4rem 0;vertical-align:top}
img{max-width:20rem;max-height:16rem;min-height:6rem}figcaption{max-width:20rem}`;

/**
 * A case to read, in English and Chinese: one page without scripts, whose pictures lie beside it in
 * the archive and which asks no other place for anything.
 */
export function htmlReport({
  title,
  heading,
  facts,
  words,
  sections,
  records,
}: ReportContent): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>${style}</style></head><body>
<h1>${escaped(heading)}</h1>
${table(facts)}
${paragraphs(words)}
${sections.map(section).join('\n')}
<h2>${escaped(records.heading)}</h2>
${paragraphs(records.words)}
${table(records.rows)}
</body></html>
`;
}

function section(section: ReportSection): string {
  const { heading, words = [], facts, appearances, partsHeading, reviews } = section;
  const parts = [`<h2>${escaped(heading)}</h2>`];
  if (words.length > 0) parts.push(paragraphs(words));
  // What is nothing but words has no table.
  if (facts.length > 0 || words.length === 0) parts.push(table(facts));
  if (appearances.length > 0) {
    parts.push(`<h3>${escaped(partsHeading ?? reportHeadings.appearances)}</h3>`);
    parts.push(...appearances.map(appearance));
  }
  if (reviews !== null) parts.push(`<h3>${reportHeadings.reviews}</h3>`, table(reviews));
  return parts.join('\n');
}

function appearance({ heading, words, facts, pictures, clip }: ReportAppearance): string {
  const link =
    clip === null
      ? ''
      : `<p>${reportHeadings.clip}: <a href="${escaped(clip)}">${escaped(clip)}</a></p>`;
  return `<h4>${escaped(heading)}</h4>
${paragraphs(words)}
${facts.length === 0 ? '' : table(facts)}
<div>${pictures.map(figure).join('')}</div>
${link}`;
}

function figure({ path, caption }: ReportPicture): string {
  const text = escaped(caption);
  return `<figure><img src="${escaped(path)}" alt="${text}"><figcaption>${text}</figcaption></figure>`;
}

function paragraphs(words: readonly ReportWords[]): string {
  return words
    .flatMap(({ language, sentences }) =>
      sentences.map((sentence) => `<p lang="${language}">${escaped(sentence)}</p>`),
    )
    .join('\n');
}

function table(rows: readonly ReportRow[]): string {
  const cells = rows.map(
    ({ isLined, label, value }) =>
      `<tr><th scope="row">${escaped(label)}</th><td${isLined ? ' class="lines"' : ''}>${escaped(value)}</td></tr>`,
  );
  return cells.length === 0 ? '<p>–</p>' : `<table>${cells.join('')}</table>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? `&#${found.charCodeAt(0)};`);
}
