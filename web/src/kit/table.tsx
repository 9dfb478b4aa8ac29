import type { ComponentChildren } from 'preact';
import { t } from '../i18n/t.ts';
import './table.css';

export interface Column<Row> {
  readonly head: ComponentChildren;
  readonly cell: (row: Row, index: number) => ComponentChildren;
  /** `header` for what names the row, `number` for figures, `plain` for all else. */
  readonly kind?: 'header' | 'number' | 'plain';
  /** Of the cells, not of the head. */
  readonly class?: string;
}

export interface TableProps<Row> {
  /** What the table is about. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  /** Shown above, where nothing else says it. */
  readonly caption?: string;
  readonly class?: string;
  /** Of the room that the table stands in. */
  readonly roomClass?: string;
}

/** A table in a room of its own: where it is wider than the page it scrolls, by keyboard too. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, keyOf, caption, class: extra = '', roomClass = '' } = props;
  return (
    <section
      class={`table-room ${roomClass}`.trim()}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('forms.table', { label })}
    >
      {/* With roles of its own it stays a table where a phone lays it out as cards. */}
      <table class={`table ${extra}`.trim()} role={role('table')}>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr role={role('row')}>
            {columns.map(({ head, kind }, i) => (
              <th
                key={i}
                scope="col"
                role={role('columnheader')}
                class={kind === 'number' ? 'number' : undefined}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf(row, i)} role={role('row')}>
              {columns.map(({ head, cell, kind, class: column }, at) =>
                kind === 'header' ? (
                  <th key={at} scope="row" role={role('rowheader')} class={column}>
                    {cell(row, i)}
                  </th>
                ) : (
                  <td
                    key={at}
                    role={role('cell')}
                    class={classOf(kind, column)}
                    data-head={typeof head === 'string' && head !== '' ? head : undefined}
                  >
                    {cell(row, i)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type TableRole = 'table' | 'row' | 'columnheader' | 'rowheader' | 'cell';

/** Said where the element implies it: `display: block` takes the implied one away. */
function role(name: TableRole): TableRole {
  return name;
}

function classOf(kind: Column<never>['kind'], extra: string | undefined): string | undefined {
  const classes = [kind === 'number' ? 'number' : '', extra ?? ''].filter(Boolean).join(' ');
  return classes === '' ? undefined : classes;
}
