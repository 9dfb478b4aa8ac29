import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

/** The heading of the page that is shown, for the window's title. */
export const pageTitle = signal('');

export interface PageFrameProps {
  readonly title: string;
  /** Beside the title: switches, filters, buttons. */
  readonly tools?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** The frame of a page: its heading, its tools, and what scrolls below. */
export function Page({ title, tools, children }: PageFrameProps) {
  useEffect(() => {
    pageTitle.value = title;
  }, [title]);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{title}</h1>
        {tools}
      </header>
      <div class="page-body">{children}</div>
    </div>
  );
}
