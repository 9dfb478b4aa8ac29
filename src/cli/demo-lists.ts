/**
 * The demo's watchlists: one for each camera, with the threshold that its light
 * allows, as an operator would set it. Rendered people are more alike than real ones.
 */
export const demoLists = [
  { id: 'demo-watchlist', name: 'Demo watchlist', camera: 'lobby', threshold: 0.62 },
  { id: 'demo-night', name: 'Demo watchlist, night', camera: 'side-entrance', threshold: 0.45 },
] as const;
