import type { Text } from '../dictionaries.ts';
import type { forms as english } from '../en/forms.ts';

export const forms: Record<keyof typeof english, Text> = {
  close: '关闭',
};
