import type { Text } from '../dictionaries.ts';
import type { system as english } from '../en/system.ts';

export const system: Record<keyof typeof english, Text> = {
  title: '系统',
};
