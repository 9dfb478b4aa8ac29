import type { Outfit, Passer } from './scene.ts';

/** Somebody of the demo; does not exist. */
export interface DemoPerson {
  /** Seed of the face. */
  readonly seed: number;
  /** Made up. */
  readonly name: string;
  readonly outfit: Outfit;
}

/** The people of the demo, by part. */
export interface DemoCast {
  /** On the watchlist. */
  readonly wanted: DemoPerson;
  readonly others: readonly [DemoPerson, DemoPerson, DemoPerson];
}

const outfits = {
  wanted: {
    height: 1.8,
    coat: [58, 66, 82],
    shirt: [206, 204, 198],
    trousers: [44, 44, 52],
    hair: 'short',
    hairColour: [38, 29, 24],
  },
  first: {
    height: 1.72,
    coat: [132, 62, 52],
    shirt: [226, 220, 206],
    trousers: [52, 56, 74],
    hair: 'short',
    hairColour: [92, 66, 42],
  },
  second: {
    height: 1.68,
    coat: [88, 104, 82],
    shirt: [70, 72, 76],
    trousers: [38, 38, 42],
    hair: 'short',
    hairColour: [26, 24, 25],
  },
  third: {
    height: 1.7,
    coat: [150, 142, 128],
    shirt: [92, 112, 140],
    trousers: [60, 54, 48],
    hair: 'long',
    hairColour: [74, 50, 36],
  },
} as const satisfies Record<string, Outfit>;

/**
 * Faces of the shipped generator that look most natural, and unlike each
 * other, to our eyes; taken where the manifest lists them.
 */
const preferredSeeds = [38, 2, 29, 110];

/** Looks without harsh light, by eye. */
const looks = {
  even: 1_000_103,
  warm: 1_000_104,
  soft: 1_000_111,
  plain: 1_000_112,
  bright: 1_000_114,
  pale: 1_000_102,
} as const;

/** Looks of the pictures that are enrolled. */
export const portraitLooks: readonly number[] = [looks.even, looks.warm, looks.bright, looks.pale];

/**
 * Orders the seeds that a manifest offers for the demo: the preferred ones if
 * it has all of them, otherwise as they come.
 */
export function chooseSeeds(offered: readonly number[]): readonly number[] {
  return preferredSeeds.every((seed) => offered.includes(seed)) ? preferredSeeds : offered;
}

/** Gives parts to face seeds: the first one is on the watchlist. Seeds missing are made up. */
export function castDemo(seeds: readonly number[]): DemoCast {
  const seed = (index: number): number => seeds[index] ?? 101 + index;
  return {
    wanted: { seed: seed(0), name: 'Robin Sample', outfit: outfits.wanted },
    others: [
      { seed: seed(1), name: 'Kim Example', outfit: outfits.first },
      { seed: seed(2), name: 'Sascha Muster', outfit: outfits.second },
      { seed: seed(3), name: 'Toni Beispiel', outfit: outfits.third },
    ],
  };
}

/** Who passes the lobby when: 16 seconds. */
export function lobbyPassers(cast: DemoCast): Passer[] {
  const [first, second] = cast.others;
  return [
    passer(
      cast.wanted,
      [looks.even, looks.warm, looks.bright],
      [
        [0, -2.5, 6.9],
        [1.2, -1.2, 6.2],
        [2.4, -0.15, 4.9],
        [4.2, 0.15, 2.7],
        [5.4, 0.3, 1.55],
        [6.3, 0.75, 0.95],
        [6.8, 1.2, 0.7],
      ],
    ),
    passer(
      first,
      [looks.soft, looks.even, looks.plain],
      [
        [3.2, 2.6, 7.9],
        [4.6, 1.2, 7.2],
        [7.6, -0.7, 4.4],
        [9.2, -1.18, 3.7],
        [10.4, -0.6, 2.5],
        [11.9, -0.32, 1.5],
        [12.8, -0.8, 0.95],
        [13.3, -1.2, 0.7],
      ],
    ),
    passer(
      second,
      [looks.warm, looks.plain, looks.even],
      [
        [6.4, -2.5, 6.9],
        [7.6, -1.3, 6.3],
        [9.8, 0.5, 4.2],
        [11.8, 0.62, 2.2],
        [13, 0.5, 1.75],
        [14, 0.52, 1.7],
        [15.2, 1.0, 1.0],
        [15.8, 1.5, 0.7],
      ],
    ),
  ];
}

/** Who passes the corridor when: somebody in view for 6 of 60 seconds. */
export function corridorPassers(cast: DemoCast): Passer[] {
  return [
    passer(
      cast.wanted,
      [looks.even, looks.warm, looks.bright],
      [
        [27, -2.2, 6.8],
        [28, -1.2, 6.2],
        [29.1, -0.15, 4.9],
        [30.7, 0.15, 2.7],
        [31.8, 0.3, 1.55],
        [32.6, 0.75, 0.95],
        [33, 1.2, 0.7],
      ],
    ),
  ];
}

/** Who passes the side entrance when: 14 seconds. */
export function yardPassers(cast: DemoCast): Passer[] {
  const [first, , third] = cast.others;
  return [
    passer(
      third,
      [looks.plain, looks.soft, looks.warm],
      [
        [0, -2.9, 6.3],
        [1.2, -1.3, 5.6],
        [3, -0.3, 3.9],
        [4.6, -0.1, 2.3],
        [5.6, -0.35, 1.5],
        [6.3, -0.85, 0.95],
        [6.7, -1.3, 0.7],
      ],
    ),
    passer(
      cast.wanted,
      [looks.plain, looks.warm, looks.even],
      [
        [3.6, -2.9, 6.4],
        [5, -1, 5.6],
        [7, 0.62, 4],
        [8.4, 1.02, 2.95],
        [9.6, 0.45, 2],
        [10.6, 0.05, 1.45],
        [11.6, 0.3, 1.35],
        [12.3, 0.9, 0.95],
        [12.7, 1.4, 0.7],
      ],
    ),
    passer(
      first,
      [looks.even, looks.soft, looks.warm],
      [
        [6.6, -2.9, 6.3],
        [8, -1.2, 5.5],
        [9.8, -0.75, 3.9],
        [11.4, -0.5, 2.4],
        [12.5, -0.6, 1.5],
        [13.2, -1, 0.95],
        [13.6, -1.5, 0.7],
      ],
    ),
  ];
}

function passer(
  person: DemoPerson,
  looks: readonly number[],
  way: readonly (readonly [number, number, number])[],
): Passer {
  return {
    identitySeed: person.seed,
    outfit: person.outfit,
    looks,
    path: way.map(([time, x, z]) => ({ time, x, z })),
  };
}
