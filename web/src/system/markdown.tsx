import type { ComponentChildren, JSX } from 'preact';
import { Table } from '../kit/table.tsx';
import { type Block, parseMarkdown } from './parse-markdown.ts';

/** The Markdown of model cards as elements: text is only ever text, links stay words. */
export function Markdown({ text }: { text: string }) {
  return (
    <div class="markdown">
      {parseMarkdown(text).map((block, i, all) => (
        <BlockView
          key={i}
          block={block}
          table={all.slice(0, i + 1).filter(({ kind }) => kind === 'table').length}
        />
      ))}
    </div>
  );
}

/** @param table the number of the table, since several may have the same head */
function BlockView({ block, table }: { block: Block; table: number }): JSX.Element {
  if (block.kind === 'heading') {
    // The dialog's own heading stands above.
    return block.level <= 1 ? <h3>{inline(block.text)}</h3> : <h4>{inline(block.text)}</h4>;
  }
  if (block.kind === 'code') return <pre class="mono">{block.text}</pre>;
  if (block.kind === 'list') {
    const items = block.items.map((item) => <li key={item}>{inline(item)}</li>);
    return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
  }
  if (block.kind === 'table') {
    return (
      <Table
        label={`${table}. ${block.head.join(', ')}`}
        rows={block.rows}
        keyOf={(_, i) => i}
        columns={block.head.map((head, at) => ({
          head: inline(head),
          cell: (row: readonly string[]) => inline(row[at] ?? ''),
        }))}
      />
    );
  }
  return <p>{inline(block.text)}</p>;
}

/** Code, strong words and links within a line. */
function inline(text: string): ComponentChildren {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/);
  return parts.map((part, i) => {
    const key = `${i}`;
    if (part.startsWith('`')) return <code key={key}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('[')) return part.slice(1, part.indexOf(']'));
    return part;
  });
}
