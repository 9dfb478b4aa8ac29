/** A piece of a report. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** What a person still has to write; `why` says what is asked for. */
  | { readonly kind: 'open'; readonly why: string }
  /** Names and values; null is open. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, string | null])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly (string | null)[])[];
      /** What stands there without rows. */
      readonly none: string;
    };

/** A report as sections, whatever it is written as. */
export interface ReportDocument {
  readonly title: string;
  readonly intro: readonly string[];
  readonly sections: readonly { readonly title: string; readonly blocks: readonly Block[] }[];
}

const openMark = 'TO BE FILLED IN';

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}
.facts th{width:30%;min-width:7rem;font-weight:600}.open{border:2px dashed #b45309;padding:.4rem .8rem;margin:1rem 0}.open strong{color:#b45309}
td{overflow-wrap:anywhere}section{overflow-x:auto}h2{margin-top:2.2rem}@media print{body{max-width:none}}`;

/** As one page without scripts. */
export function documentAsHtml({ intro, sections, title }: ReportDocument): string {
  const body = sections
    .map(
      (section) =>
        `<section><h2>${escapeHtml(section.title)}</h2>\n${section.blocks.map(htmlOf).join('\n')}</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${intro.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${body}
</body></html>
`;
}

function htmlOf(block: Block): string {
  const cell = (text: string | null) =>
    text === null ? `<strong>${openMark}</strong>` : escapeHtml(text).replaceAll('\n', '<br>');
  switch (block.kind) {
    case 'text':
      return `<p>${cell(block.text)}</p>`;
    case 'open':
      return `<p class="open"><strong>${openMark}:</strong> ${escapeHtml(block.why)}</p>`;
    case 'facts':
      return `<table class="facts"><tbody>${block.rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${cell(value)}</td></tr>`).join('')}</tbody></table>`;
    case 'table': {
      const head = block.head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
      const rows = block.rows.map(
        (row) => `<tr>${row.map((c) => `<td>${cell(c)}</td>`).join('')}</tr>`,
      );
      if (rows.length === 0) return `<p>${escapeHtml(block.none)}</p>`;
      return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
    }
  }
}

/** As Markdown (CommonMark with tables), for an editor. */
export function documentAsMarkdown({ intro, sections, title }: ReportDocument): string {
  const parts = [
    `# ${plain(title)}`,
    ...intro.map(plain),
    ...sections.flatMap((section) => [
      `## ${plain(section.title)}`,
      ...section.blocks.map(markdownOf),
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  const cell = (text: string | null) =>
    text === null ? `**${openMark}**` : plain(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  switch (block.kind) {
    case 'text':
      return plain(block.text);
    case 'open':
      return `> **${openMark}:** ${plain(block.why)}`;
    case 'facts':
      return [
        '| | |',
        '|---|---|',
        ...block.rows.map(([name, value]) => line([plain(name), cell(value)])),
      ].join('\n');
    case 'table':
      return block.rows.length === 0
        ? plain(block.none)
        : [
            line(block.head.map(plain)),
            `|${'---|'.repeat(block.head.length)}`,
            ...block.rows.map((row) => line(row.map(cell))),
          ].join('\n');
  }
}

/** What people wrote is text, whatever Markdown would make of it. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#]/g, (found) => `\\${found}`);
}

/** For HTML's text and attributes. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replaceAll(/[&<>"']/g, (found) => entities[found] ?? `&#${found.charCodeAt(0)};`);
}
