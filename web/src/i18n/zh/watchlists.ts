import type { Text } from '../dictionaries.ts';
import type { watchlists as english } from '../en/watchlists.ts';

export const watchlists: Record<keyof typeof english, Text> = {
  title: '关注名单',
};
