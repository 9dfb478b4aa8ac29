export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const item = /^\s*(?:[-*]|(\d+)\.)\s+(.*)$/;
const heading = /^(#{1,6})\s+(.*)$/;
const tableRule = /^\s*\|?\s*:?-{3,}/;

/** Blocks of the Markdown that model cards use: headings, paragraphs, lists, tables, fenced code. */
export function parseMarkdown(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (goes: (line: string) => boolean) => {
    const from = at;
    while (at < lines.length && goes(lines[at] ?? '')) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const head = heading.exec(line);
    if (line.trim() === '') {
      at += 1;
    } else if (head !== null) {
      blocks.push({ kind: 'heading', level: head[1]?.length ?? 1, text: head[2] ?? '' });
      at += 1;
    } else if (line.startsWith('```')) {
      at += 1;
      blocks.push({ kind: 'code', text: take((one) => !one.startsWith('```')).join('\n') });
      at += 1;
    } else if (line.includes('|') && tableRule.test(lines[at + 1] ?? '')) {
      const [first = '', , ...rows] = take((one) => one.includes('|'));
      blocks.push({ kind: 'table', head: cells(first), rows: rows.map(cells) });
    } else if (item.test(line)) {
      const ordered = item.exec(line)?.[1] !== undefined;
      const taken = take((one) => item.test(one) || (/^\s+\S/.test(one) && !heading.test(one)));
      blocks.push({ kind: 'list', ordered, items: items(taken) });
    } else {
      const plain = take((one) => one.trim() !== '' && !heading.test(one) && !item.test(one));
      blocks.push({ kind: 'text', text: plain.map((one) => one.trim()).join(' ') });
    }
  }
  return blocks;
}

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** An indented line goes on with the item above it. */
function items(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const text = item.exec(line)?.[2];
    if (text !== undefined) found.push(text);
    else found.push(`${found.pop() ?? ''} ${line.trim()}`);
  }
  return found;
}
