import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TextKey } from '../i18n/dictionaries.ts';

export interface Shortcut {
  /** As `KeyboardEvent.key`; two keys in a row are parted by a space (`g w`). */
  readonly keys: string;
  readonly label: TextKey;
  readonly run: () => void;
}

export interface ShortcutGroup {
  readonly title: TextKey;
  readonly shortcuts: readonly Shortcut[];
}

const storageKey = 'nightglass.shortcuts';
/** A first key of two waits this long for the second, milliseconds. */
const sequenceMs = 1_500;

/** Groups that are in force now, for the dialog that lists them. */
export const activeGroups = signal<readonly ShortcutGroup[]>([]);

/** Single keys can be turned off: they get in the way of speech input (WCAG 2.1.4). */
export const shortcutsOn = signal(localStorage.getItem(storageKey) !== 'off');
shortcutsOn.subscribe((on) => localStorage.setItem(storageKey, on ? 'on' : 'off'));

let pending: { readonly key: string; readonly at: number } | undefined;

document.addEventListener('keydown', (event) => {
  if (!shortcutsOn.value || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!acceptsShortcut(event.target)) return;
  const first =
    pending !== undefined && event.timeStamp - pending.at < sequenceMs ? pending : undefined;
  pending = undefined;
  const keys = first === undefined ? event.key : `${first.key} ${event.key}`;
  const known = activeGroups.value.toReversed().flatMap(({ shortcuts }) => shortcuts);
  const found = known.find((shortcut) => shortcut.keys === keys);
  if (found !== undefined) {
    event.preventDefault();
    found.run();
  } else if (known.some((shortcut) => shortcut.keys.startsWith(`${event.key} `))) {
    pending = { key: event.key, at: event.timeStamp };
  }
});

/** Keys belong to a field that is written in, and to an open dialog. */
function acceptsShortcut(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  if (document.querySelector('dialog[open]') !== null) return false;
  return target.closest('input:not([type=checkbox],[type=radio]), textarea, select') === null;
}

/** Puts shortcuts in force while the component is there; later groups go before earlier ones. */
export function useShortcuts(title: TextKey, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map(({ keys, label }) => `${keys}=${label}`).join('|');
  // Not after the paint: keys count from the moment the page is to be seen.
  useLayoutEffect(() => {
    const group: ShortcutGroup = {
      title,
      shortcuts: latest.current.map(({ keys, label }) => ({
        keys,
        label,
        run: () => latest.current.find((shortcut) => shortcut.keys === keys)?.run(),
      })),
    };
    activeGroups.value = [...activeGroups.value, group];
    return () => {
      activeGroups.value = activeGroups.value.filter((known) => known !== group);
    };
  }, [title, names]);
}
