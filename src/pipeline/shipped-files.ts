import { fileURLToPath } from 'node:url';

// `src` and the built `dist` stand beside these folders alike.

/** The manifest of the models that ship with Nightglass. */
export const shippedManifest = fileURLToPath(
  new URL('../../models/manifest.json', import.meta.url),
);

/** The built dashboard. */
export const shippedDashboard = fileURLToPath(new URL('../../web/dist', import.meta.url));
