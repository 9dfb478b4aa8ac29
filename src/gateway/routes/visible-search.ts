import { maySeeWatchlistId, type Principal } from '../../domain/principal.ts';
import type { FootageJobDetail } from '../../services/footage/footage-service.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { GatewayError } from '../contract/wire-error.ts';

type WithLists = { readonly lists: readonly { readonly id: string }[] };

/** Whether all lists of a search are the caller's; footage may be of any camera. */
export function maySeeSearch(principal: Principal, { lists }: WithLists): boolean {
  return principal.cameras === '*' && lists.every((list) => maySeeWatchlistId(principal, list.id));
}

/** A search of recorded footage that the caller may see. @throws GatewayError `NOT_FOUND` */
export async function visibleSearch(
  { footage }: Pick<GatewayServices, 'footage'>,
  jobId: string,
  principal: Principal,
): Promise<FootageJobDetail> {
  const job = await footage.find(jobId);
  if (job !== undefined && maySeeSearch(principal, job)) return job;
  const hidden = job !== undefined;
  throw new GatewayError('NOT_FOUND', `There is no search of footage ${jobId}`, { hidden });
}
