import { answerQuirks } from './answer-quirks.ts';
import { descriptionQuirks } from './description-quirks.ts';
import { packetQuirks } from './packet-quirks.ts';
import { pictureQuirks } from './picture-quirks.ts';
import type { Quirk } from './quirk.ts';

/** All quirks that are known to be out there. */
export const allQuirks: readonly Quirk[] = [
  ...answerQuirks,
  ...descriptionQuirks,
  ...packetQuirks,
  ...pictureQuirks,
];
