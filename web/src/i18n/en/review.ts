export const review = {
  title: 'Review queue',
} as const;
