import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** The manifest of the models that ship with Nightglass. */
export const shippedManifest: string = join(packageRoot, 'models/manifest.json');

/** The built dashboard. */
export const shippedDashboard: string = join(packageRoot, 'web/dist');

/** The demo's rendered footage. */
export const shippedFootage: string = join(packageRoot, 'demo/clips');
