import { z } from 'zod';

/** Where cloud machines ask for their own credentials: no camera is there. */
const metadataServices = ['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254'];

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address or network',
});

/** What cameras added while the program runs may point at. */
export const cameraTargetsConfig = {
  /** IP addresses and networks; names are resolved and held against them too. */
  refuse: z.array(network).max(256).default(metadataServices),
};
