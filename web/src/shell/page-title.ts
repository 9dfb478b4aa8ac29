import { signal } from '@preact/signals';

/** The heading of the page that is shown, for the window's title. */
export const pageTitle = signal('');
