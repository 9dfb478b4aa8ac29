/** What forms, pictures and tables say on every page. */
export const forms = {
  saving: 'Saving…',
  remove: 'Remove',
  loadMore: 'Load more',
  all: 'All',
  required: 'Please fill this in.',
  tooShort: {
    one: 'At least {count} character, please.',
    other: 'At least {count} characters, please.',
  },
  invalidNumber: 'Please give a number between {least} and {most}.',
  pastTime: 'This moment has passed already.',
  notSent: {
    one: '{count} field needs your attention.',
    other: '{count} fields need your attention.',
  },
  typeToConfirm: 'Type “{word}” to confirm',
  retryAfter: { one: 'Try again in {count} second.', other: 'Try again in {count} seconds.' },
  noPicture: 'No picture',
  pictureFailed: 'The picture could not be loaded',
  pickFace: 'Choose a face from an alert',
  pickNone: 'There are no alerts yet.',
  pickFrame: 'Recorded faces of this track; the alert says that it is {name}.',
  pickShown: 'As shown in the alert',
  pickBest: 'Frame {count}',
  pickOther: 'Another alert',
  optional: '{label} (optional)',
} as const;
