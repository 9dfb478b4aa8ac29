import type { Text } from '../dictionaries.ts';
import type { search as english } from '../en/search.ts';

export const search: Record<keyof typeof english, Text> = {
  title: '搜索',
};
