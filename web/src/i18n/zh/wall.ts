import type { Text } from '../dictionaries.ts';
import type { wall as english } from '../en/wall.ts';

export const wall: Record<keyof typeof english, Text> = {
  title: '监控墙',
};
