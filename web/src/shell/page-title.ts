import { Store } from '../live/store.ts';

/** The heading of the page that is shown, for the window's title. */
export const pageTitle = new Store('');
