import { dictionaries, type TextKey } from './dictionaries.ts';
import type { Text } from './en/text.ts';
import { formatNumber } from './format.ts';
import { language } from './language.ts';

export type TextParams = Readonly<Record<string, string | number>>;

/**
 * A text in the page's language. Numbers among `params` are written as the
 * language writes them; `count` chooses between the two forms of a text.
 */
export function t(key: TextKey, params: TextParams = {}): string {
  const dot = key.indexOf('.');
  const area = dictionaries[language.value][key.slice(0, dot) as 'shell'] as Record<string, Text>;
  const text = area[key.slice(dot + 1)];
  if (text === undefined) return key;
  const form = typeof text === 'string' ? text : params['count'] === 1 ? text.one : text.other;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatNumber(value) : value;
  });
}
