import { z } from 'zod';
import { footageBounds } from '../domain/bounds.ts';

const { atOnce, roots, running, waiting } = footageBounds;

/** Searches of recorded footage by the running program. */
export const footageConfig = {
  /** Folders below which footage may be searched, relative to the configuration; none: nowhere. */
  roots: z.array(z.string().min(1).max(1_000)).max(roots).default([]),
  /** Searches that run at once; others wait for their turn. */
  atOnce: z.int().min(1).max(running).default(1),
  /** Files of one search that are read side by side. */
  parallel: z.int().min(1).max(atOnce).default(1),
  /** Searches that may wait, rest, or ask for a second person. */
  waiting: z.int().min(1).max(waiting).default(20),
};
