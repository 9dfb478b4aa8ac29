/** From this long before its end on, a list warns of it. */
export const warnsBeforeMs = 14 * 86_400_000;

export type Expiry = 'never' | 'fine' | 'soon' | 'expired';

export function expiryOf({ expiresAt }: { expiresAt: number | null }, now: number): Expiry {
  if (expiresAt === null) return 'never';
  if (expiresAt <= now) return 'expired';
  return expiresAt - now < warnsBeforeMs ? 'soon' : 'fine';
}
