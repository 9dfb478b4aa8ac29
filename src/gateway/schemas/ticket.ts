import { z } from 'zod';

/** Of a sign-in that waits for its second step. */
export const ticket = z.string().min(1).max(100);
