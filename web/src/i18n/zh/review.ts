import type { Text } from '../dictionaries.ts';
import type { review as english } from '../en/review.ts';

export const review: Record<keyof typeof english, Text> = {
  title: '复核队列',
};
