import type { Text } from '../dictionaries.ts';
import type { alerts as english } from '../en/alerts.ts';

export const alerts: Record<keyof typeof english, Text> = {
  title: '警报',
};
