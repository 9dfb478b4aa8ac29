import type { ComponentChildren } from 'preact';
import { t } from '../i18n/t.ts';
import './widgets.css';

export interface TableRoomProps {
  /** What the table tells of. */
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** Room for a table that may be wider than the page: it scrolls, by keyboard too. */
export function TableRoom({ label, class: extra = '', children }: TableRoomProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class={`table-room ${extra}`} tabIndex={0} aria-label={t('forms.table', { label })}>
      {children}
    </section>
  );
}
