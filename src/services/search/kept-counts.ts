import type { KeptList } from './part-keeper.ts';

/** Templates of all parts: the threshold follows from the whole list. */
export function templatesOf({ parts }: KeptList, model: string): number {
  return parts.reduce((sum, { copy }) => sum + (copy?.state?.templates[model] ?? 0), 0);
}

/** People of all parts. */
export function peopleOf({ parts }: KeptList): number {
  return parts.reduce((sum, { copy }) => sum + (copy?.state?.people ?? 0), 0);
}
