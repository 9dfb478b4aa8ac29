/**
 * Why something of a person's data is not in what they are given, in the order in which it is looked
 * at: `controller`: whoever answers says so, with their reason. `another_person`: it shows somebody
 * else, or is about them. `unjudged`: nobody has said that it shows this person. `under_review`:
 * people judge it without the machine's view. `names_another`: it names somebody else who is
 * enrolled. `rights`: whoever exported may not read embeddings. `undecodable`: faces of others
 * cannot be hidden in it. `too_large`: neither, as it is larger than what is looked through.
 * `staff`: names of those who work with the program are replaced. `internal`: about others than the
 * person. `pending`: its recording is not finished. `at_site`: a site of this centre owns it and gives it.
 */
export const subjectWithheldReasons = [
  'controller',
  'another_person',
  'unjudged',
  'under_review',
  'names_another',
  'rights',
  'undecodable',
  'too_large',
  'staff',
  'internal',
  'pending',
  'at_site',
] as const;
export type SubjectWithheldReason = (typeof subjectWithheldReasons)[number];

/** Under which law somebody asks: Regulation (EU) 2016/679 or Directive (EU) 2016/680. */
export const subjectLaws = ['gdpr', 'led'] as const;
export type SubjectLaw = (typeof subjectLaws)[number];

/** How people who work with the program are named in what leaves. */
export const staffNamings = ['numbered', 'named'] as const;
export type StaffNaming = (typeof staffNamings)[number];

/** Something that is not to leave, in the words of whoever answers for it; they leave instead. */
export interface Withholding {
  /** Place in the document: `alerts/ID`, `alerts/ID/notes/1`, `people/ID/note` … */
  readonly what: string;
  readonly why: string;
}
