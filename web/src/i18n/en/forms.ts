/** Words of forms, lists and pictures that several pages share. */
export const forms = {
  close: 'Close',
} as const;
