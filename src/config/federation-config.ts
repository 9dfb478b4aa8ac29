import { z } from 'zod';
import { durations, federationBounds } from '../domain/bounds.ts';
import { siteIdPattern } from '../domain/federation.ts';
import { boundedDuration } from './duration.ts';
import { checkNatsKeys, natsKeys } from './nats-config.ts';
import { secretReference } from './secret.ts';

const siteId = z.string().regex(siteIdPattern, {
  error: 'must be letters, digits, "-" and "_", at most 63',
});

/** A site that works alone and gets lists from a control room, or that control room. */
export const federationConfig = z
  .strictObject({
    ...natsKeys,
    /** Ed25519, private, PEM: what this end signs with. */
    key: secretReference,
    /** This installation is a site. */
    site: z
      .strictObject({
        id: siteId,
        /** File with the public key of the centre, PEM. */
        centre: z.string().min(1),
        /** What this site and the centre share. */
        secret: secretReference,
        /** Which alerts the centre hears of. */
        alerts: z
          .strictObject({
            /** Those of lists that came from the centre. */
            received: z.boolean().default(true),
            /** Those of these lists of the site's own, by id. */
            own: z.union([z.literal('*'), z.array(z.string().min(1)).max(1_000)]).default([]),
            /** Whether their pictures go there too. */
            pictures: z.boolean().default(true),
          })
          .prefault({}),
      })
      .optional(),
    /** This installation is the centre of these sites. */
    sites: z
      .array(
        z.strictObject({
          id: siteId,
          /** File with the public key of the site, PEM. */
          publicKey: z.string().min(1),
          secret: secretReference,
        }),
      )
      .min(1)
      .max(federationBounds.sites)
      .optional(),
    /** At a centre: how long alerts of sites are kept after they came; less where a list says so. */
    keepAlerts: boundedDuration(...durations.retention).prefault('90d'),
  })
  .superRefine((federation, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    checkNatsKeys(federation, fault);
    const { site, sites } = federation;
    if ((site === undefined) === (sites === undefined)) {
      fault('site', 'either "site" or "sites" must be there, and not both');
    }
    const ids = sites?.map(({ id }) => id) ?? [];
    if (new Set(ids).size < ids.length) fault('sites', 'each id must be there once');
  });

export type FederationConfig = z.output<typeof federationConfig>;
