export const wall = {
  title: 'Wall',
} as const;
